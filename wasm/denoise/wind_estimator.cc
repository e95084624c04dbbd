#include "denoise/wind_estimator.h"

#include <algorithm>

#include "denoise/fast_math.h"
#include "denoise/tuning.h"

namespace earshot {
namespace {

constexpr int kCentroidEnd = BinOf(3000.0F);
constexpr int kWindEnd = BinOf(400.0F);
constexpr float kLeastPause = 0.32F;
// The mean of the logarithm of an exponentially distributed power lies this far below the logarithm
// of its mean (Euler's constant over ln 2).
constexpr float kLogBiasLog2 = 0.83F;

float CentroidHz(const Spectrum& power) {
  float weighted = 0.0F;
  float sum = kPowerFloor;
  for (int k = 0; k < kCentroidEnd; ++k) {
    weighted += static_cast<float>(k) * power[k];
    sum += power[k];
  }
  return kBinHz * weighted / sum;
}

// 1 for a centroid at or below `sure_hz`, 0 at and above `none_hz`.
float Likeness(float centroid_hz, float sure_hz, float none_hz) {
  return std::clamp((none_hz - centroid_hz) / (none_hz - sure_hz), 0.0F, 1.0F);
}

}  // namespace

void WindEstimator::Update(const Spectrum& power, float speech_probability, Spectrum& noise) {
  const float level_log2 = FastLog2(power[0] + power[1]);
  if (!started_) level_log2_ = level_log2;
  // Strong gusts may pass for speech, but no voice has as low a centroid as they have. Without any
  // pause at all a wind that ended is forgotten ten times more slowly.
  const float centroid_hz = CentroidHz(power);
  const float likeness = Likeness(centroid_hz, kWindCentroidHz, kNoWindCentroidHz);
  const float gust = Likeness(centroid_hz, kGustCentroidHz, kWindCentroidHz);
  const float pause = std::max({1.0F - speech_probability, gust, kLeastPause});
  const float weight = started_ ? kWindLearn * pause * pause : 1.0F;
  likeness_ += weight * (likeness - likeness_);
  presence_ = std::clamp((likeness_ - kWindDoubt) / (1.0F - 2.0F * kWindDoubt), 0.0F, 1.0F);
  for (int k = 0; k < kWindEnd; ++k) {
    shape_log2_[k] += weight * (FastLog2(power[k]) - level_log2 - shape_log2_[k]);
  }
  usual_log2_ += weight * (level_log2 - usual_log2_);
  started_ = true;
  // A low voice spills into the lowest bins too, higher above the pauses than any gust.
  const float gust_log2 = std::min(level_log2, usual_log2_ + kMostGustLog2);
  level_log2_ += kWindFollow * (gust_log2 - level_log2_);
  if (presence_ <= 0.0F) return;
  for (int k = 0; k < kWindEnd; ++k) {
    const float wind = presence_ * FastExp2(level_log2_ + shape_log2_[k] + kLogBiasLog2);
    noise[k] = std::max(noise[k], std::min(wind, power[k]));
  }
}

void WindEstimator::Reset() {
  shape_log2_.Fill(0.0F);
  level_log2_ = 0.0F;
  usual_log2_ = 0.0F;
  likeness_ = 0.0F;
  presence_ = 0.0F;
  started_ = false;
}

}  // namespace earshot
