#include "denoise/transient_detector.h"

#include <algorithm>
#include <cstddef>

#include "denoise/fast_math.h"
#include "denoise/tuning.h"

namespace earshot {
namespace {

// Places of the features in a frame; the rest are their products and hinges.
enum Feature : std::size_t { kOnset, kRise, kCrest, kTilt, kVoiceOnset, kVoiceRise, kSharpOnset };

// log2 of a power ratio: beyond these a feature says no more.
constexpr float kLeast = -8.0F;
constexpr float kMost = 12.0F;
// Onsets and rises below 9 dB are ordinary.
constexpr float kOrdinary = 3.0F;
constexpr float kMostOnset = 6.0F;

float Mean(const std::array<float, 4>& values) {
  return 0.25F * ((values[0] + values[1]) + (values[2] + values[3]));
}

float Limit(float x) { return std::clamp(x, kLeast, kMost); }

float Excess(float x, float above) { return x > above ? x - above : 0.0F; }

}  // namespace

void TransientDetector::Update(const HopEnergies& energies) {
  if (!started_) {
    const float clicks = Mean(energies.clicks);
    const float voices = Mean(energies.voices);
    clicks_.recent.fill(clicks);
    voices_.recent.fill(voices);
    clicks_.slow_log2 = FastLog2(clicks);
    voices_.slow_log2 = FastLog2(voices);
    started_ = true;
  }
  std::copy_backward(frames_.begin(), frames_.end() - 1, frames_.end());
  frames_[0] = Measure(energies);
  for (std::size_t t = 0; t < context_.size(); ++t) {
    const float keep = kTransientContextSmoothing[t];
    const float now[] = {frames_[0][kVoiceRise], frames_[0][kRise], frames_[0][kTilt]};
    for (std::size_t i = 0; i < context_[t].size(); ++i) {
      context_[t][i] = keep * context_[t][i] + (1.0F - keep) * now[i];
    }
  }
  probability_ = 1.0F / (1.0F + FastExp(kTransientSlope * (kTransientThreshold - Evidence())));
}

TransientDetector::Features TransientDetector::Measure(const HopEnergies& energies) {
  const float clicks = Mean(energies.clicks);
  const float voices = Mean(energies.voices);
  const float peak = *std::max_element(energies.clicks.begin(), energies.clicks.end());
  const float onset = Limit(FastLog2(peak / Mean(clicks_.recent)));
  const float rise = Limit(FastLog2(peak) - clicks_.slow_log2);
  const float crest = FastLog2(peak / clicks);
  const float tilt = Limit(FastLog2(clicks / voices));
  const float voice_onset = Limit(FastLog2(voices / Mean(voices_.recent)));
  const float voice_rise = Limit(FastLog2(voices) - voices_.slow_log2);
  Learn(clicks, clicks_);
  Learn(voices, voices_);
  return {onset,
          rise,
          crest,
          tilt,
          voice_onset,
          voice_rise,
          Excess(onset, kOrdinary),
          Excess(rise, kOrdinary),
          Excess(tilt, 0.0F),
          onset * tilt,
          rise * tilt,
          std::min(onset, kMostOnset) * voice_onset};
}

float TransientDetector::Evidence() const {
  float evidence = kTransientBias;
  for (std::size_t age = 0; age < kRecentFrames; ++age) {
    for (std::size_t i = 0; i < kNumFeatures; ++i) {
      evidence += kTransientWeights[age][i] * frames_[age][i];
    }
  }
  for (std::size_t t = 0; t < context_.size(); ++t) {
    for (std::size_t i = 0; i < context_[t].size(); ++i) {
      evidence += kTransientContextWeights[t][i] * context_[t][i];
    }
  }
  for (std::size_t i = 0; i < std::size(kTransientOldWeights); ++i) {
    const Features& old = frames_[kRecentFrames + 2 * i];
    evidence += kTransientOldWeights[i][0] * old[kOnset];
    evidence += kTransientOldWeights[i][1] * old[kSharpOnset];
  }
  return evidence;
}

void TransientDetector::Learn(float mean, Background& background) {
  std::copy_backward(background.recent.begin(), background.recent.end() - 1,
                     background.recent.end());
  background.recent[0] = mean;
  background.slow_log2 = kTransientSlowSmoothing * background.slow_log2 +
                         (1.0F - kTransientSlowSmoothing) * FastLog2(mean);
}

void TransientDetector::Reset() {
  frames_.fill(Features{});
  for (auto& c : context_) c.fill(0.0F);
  probability_ = 0.0F;
  started_ = false;
}

}  // namespace earshot
