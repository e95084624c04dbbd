// SpeechPresenceEstimator: the probability, before looking at a single bin, that it holds speech.
//   I. Cohen, "Optimal speech enhancement under signal presence uncertainty using log-spectral
//   amplitude estimator", IEEE Signal Processing Letters 9(4), 2002: section III.
// Speech fills neighbouring bins, wide bands and whole frames; noise that slips through the noise
// estimate does not.
#pragma once

#include "denoise/spectrum.h"

namespace earshot {

/// Real-time safe.
class SpeechPresenceEstimator {
 public:
  SpeechPresenceEstimator() { Reset(); }

  /// `prior_snr`: a-priori SNR per bin of the frame before.
  void Update(const Spectrum& prior_snr);

  /// Prior probability per bin, kMinPresencePrior … 1.
  const Spectrum& prior() const { return prior_; }
  /// Of the whole frame, 0 … 1.
  float frame_probability() const { return frame_; }

  void Reset();

 private:
  Spectrum smoothed_;  // recursive mean of the SNR over time
  Spectrum prior_;
  float frame_;
};

}  // namespace earshot
