#include "denoise/speech_detector.h"

#include <cmath>

#include "denoise/fast_math.h"
#include "denoise/tuning.h"

namespace earshot {
namespace {

// Log SNR and log likelihood ratio of one bin may not outvote a whole band.
constexpr float kMaxLog2Likelihood = 6.0F;
constexpr float kLog2E = 1.44269504F;
// Just above 8 kHz: the highest bin any feature looks at, as a multiple of four.
constexpr int kEndBin = 172;

float Mean(const Spectrum& values, float low_hz, float high_hz) {
  const int low = BinOf(low_hz);
  const int high = BinOf(high_hz);
  float sum = 0.0F;
  for (int k = low; k < high; ++k) sum += values[k];
  return sum / static_cast<float>(high - low);
}

SpeechDetector::Features Measure(const Spectrum& prior_snr, const Spectrum& posterior_snr,
                                 float pitch_strength) {
  Spectrum snr_log2, likelihood_log2, excess_log2;
  for (int k = 0; k < kEndBin; ++k) {
    const float xi = prior_snr[k];
    const float bits = FastLog2(1.0F + xi);
    const float likelihood = kLog2E * xi * posterior_snr[k] / (1.0F + xi) - bits;
    snr_log2[k] = bits;
    likelihood_log2[k] = likelihood < kMaxLog2Likelihood ? likelihood : kMaxLog2Likelihood;
    excess_log2[k] = FastLog2(posterior_snr[k] + 0.1F);
  }
  const float mean_excess = Mean(excess_log2, 150.0F, 4000.0F);
  for (int k = 0; k < kEndBin; ++k) {
    const float deviation = excess_log2[k] - mean_excess;
    excess_log2[k] = deviation * deviation;
  }
  return {FastLog2(0.02F + Mean(snr_log2, 150.0F, 1000.0F)),
          FastLog2(0.02F + Mean(snr_log2, 1000.0F, 4000.0F)),
          FastLog2(0.02F + Mean(snr_log2, 4000.0F, 8000.0F)),
          Mean(likelihood_log2, 150.0F, 4000.0F),
          pitch_strength,
          Mean(excess_log2, 150.0F, 4000.0F)};
}

}  // namespace

void SpeechDetector::Update(const Spectrum& prior_snr, const Spectrum& posterior_snr,
                            float pitch_strength, float transient) {
  const Features features = Measure(prior_snr, posterior_snr, pitch_strength);
  float evidence = kDetectorBias;
  for (std::size_t t = 0; t < kNumTimeConstants; ++t) {
    const float keep = std::lerp(kDetectorSmoothing[t], 1.0F, transient);
    for (std::size_t i = 0; i < kNumFeatures; ++i) {
      smoothed_[t][i] = keep * smoothed_[t][i] + (1.0F - keep) * features[i];
      evidence += kDetectorWeights[t][i] * smoothed_[t][i];
    }
  }
  probability_ = 1.0F / (1.0F + FastExp(kDetectorSlope * (kDetectorThreshold - evidence)));
}

void SpeechDetector::Reset() {
  for (Features& f : smoothed_) f.fill(0.0F);
  probability_ = 0.0F;
}

}  // namespace earshot
