#include "denoise/speech_presence.h"

#include "denoise/fast_math.h"
#include "denoise/tuning.h"

namespace earshot {
namespace {

constexpr int kLowBin = BinOf(200.0F);
constexpr int kHighBin = BinOf(5000.0F);

// Mean over ±reach bins, by one running sum; the ends repeat the edge value.
void BoxSmooth(const Spectrum& in, int reach, Spectrum& out) {
  const auto clamp = [](int k) { return k < 0 ? 0 : (k < kNumBins ? k : kNumBins - 1); };
  const float scale = 1.0F / static_cast<float>(2 * reach + 1);
  float sum = 0.0F;
  for (int k = -reach; k <= reach; ++k) sum += in[clamp(k)];
  for (int k = 0; k < kNumBins; ++k) {
    out[k] = sum * scale;
    sum += in[clamp(k + reach + 1)] - in[clamp(k - reach)];
  }
}

// 0 below the lower bound, 1 above the upper, linear in dB between.
float Ramp(float snr) {
  const float x =
      (FastPowerToDb(snr + 1e-10F) - kPresenceLowDb) / (kPresenceHighDb - kPresenceLowDb);
  return x < 0.0F ? 0.0F : (x < 1.0F ? x : 1.0F);
}

}  // namespace

void SpeechPresenceEstimator::Update(const Spectrum& prior_snr) {
  for (int k = 0; k < kPaddedBins; ++k) {
    smoothed_[k] = kPresenceSnrSmoothing * smoothed_[k] +
                   (1.0F - kPresenceSnrSmoothing) * (prior_snr[k] < 100.0F ? prior_snr[k] : 100.0F);
  }
  Spectrum local, wide;
  BoxSmooth(smoothed_, 1, local);
  BoxSmooth(smoothed_, 10, wide);
  float sum = 0.0F;
  for (int k = kLowBin; k < kHighBin; ++k) sum += smoothed_[k];
  frame_ = Ramp(sum / static_cast<float>(kHighBin - kLowBin));
  for (int k = 0; k < kNumBins; ++k) {
    const float p = Ramp(local[k]) * Ramp(wide[k]) * frame_;
    prior_[k] = p > kMinPresencePrior ? p : kMinPresencePrior;
  }
}

void SpeechPresenceEstimator::Reset() {
  smoothed_.Fill(0.0F);
  prior_.Fill(kMinPresencePrior);
  frame_ = 0.0F;
}

}  // namespace earshot
