// SpeechDetector: the probability that a frame holds speech, from what the gain computation knows
// anyway. A logistic regression on six features, each at several time constants: speech is loud
// where voices are, has a pitch, and comes in syllables. The coefficients (tuning.h) were fitted on
// the tuning set of npm run quality.
#pragma once

#include <array>

#include "denoise/spectrum.h"

namespace earshot {

/// One call a frame. Real-time safe.
class SpeechDetector {
 public:
  static constexpr std::size_t kNumFeatures = 6;
  static constexpr std::size_t kNumTimeConstants = 4;
  using Features = std::array<float, kNumFeatures>;

  SpeechDetector() { Reset(); }

  /// `prior_snr`, `posterior_snr`: of this frame, positive and finite. `pitch_strength`: height of
  /// the cepstrum's pitch peak, 0 when there is none.
  /// `transient`: probability that the frame is ruled by a stroke or click, 0 … 1; by so much it
  /// says nothing, and what was known before stays.
  void Update(const Spectrum& prior_snr, const Spectrum& posterior_snr, float pitch_strength,
              float transient);

  /// 0 … 1.
  float probability() const { return probability_; }

  void Reset();

 private:
  std::array<Features, kNumTimeConstants> smoothed_;
  float probability_ = 0.0F;
};

}  // namespace earshot
