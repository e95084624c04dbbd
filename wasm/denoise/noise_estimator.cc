#include "denoise/noise_estimator.h"

#include <algorithm>

#include "base/decibels.h"
#include "denoise/fast_math.h"
#include "denoise/tuning.h"

namespace earshot {
namespace {

// The first frames are taken for noise: at start-up nothing better is known, and a wrong guess is
// unlearned downwards within some ten frames.
constexpr int kStartFrames = 8;

bool IsSilence(const Spectrum& power) {
  return std::all_of(power.bins.begin(), power.bins.end(),
                     [](float p) { return p <= kPowerFloor; });
}

}  // namespace

void NoiseEstimator::Update(const Spectrum& power) {
  if (IsSilence(power)) return;
  if (frames_seen_ < kStartFrames) {
    Start(power);
    return;
  }
  // Equation (18) with a fixed a-priori SNR under speech presence and equal priors.
  const float prior_snr = DbToPower(kNoisePriorSnrDb);
  const float slope = prior_snr / (1.0F + prior_snr);
  for (int k = 0; k < kPaddedBins; ++k) {
    const float psd = psd_[k];
    float presence = 1.0F / (1.0F + (1.0F + prior_snr) * FastExp(-slope * power[k] / psd));
    const float mean = kPresenceSmoothing * presence_[k] + (1.0F - kPresenceSmoothing) * presence;
    const float limited = presence < kPresenceLimit ? presence : kPresenceLimit;
    presence = mean > kPresenceLimit ? limited : presence;
    const float noise = presence * psd + (1.0F - presence) * power[k];
    const float next = kNoiseSmoothing * psd + (1.0F - kNoiseSmoothing) * noise;
    presence_[k] = mean;
    psd_[k] = next > kPowerFloor ? next : kPowerFloor;
  }
}

void NoiseEstimator::Start(const Spectrum& power) {
  const float weight = 1.0F / static_cast<float>(++frames_seen_);
  for (int k = 0; k < kPaddedBins; ++k) psd_[k] += weight * (power[k] - psd_[k]);
}

void NoiseEstimator::Reset() {
  psd_.Fill(kPowerFloor);
  presence_.Fill(0.5F);
  frames_seen_ = 0;
}

}  // namespace earshot
