// NoiseEstimator: power spectral density of the background noise, tracked through speech.
//   T. Gerkmann, R. C. Hendriks, "Unbiased MMSE-based noise power estimation with low complexity
//   and low tracking delay", IEEE Trans. Audio, Speech, Language Processing 20(4), 2012: equations
//   (18), (22)-(24).
#pragma once

#include <span>

#include "denoise/spectrum.h"

namespace earshot {

/// One power spectrum in, one estimate out, every kFrameSize samples. Real-time safe.
class NoiseEstimator {
 public:
  NoiseEstimator() { Reset(); }

  /// `power`: |Y|² of the frame, each value finite and at least kPowerFloor. Frames of digital
  /// silence (all at the floor) say nothing about the noise and are passed over.
  void Update(const Spectrum& power);

  /// Expected |N|² per bin, at least kPowerFloor.
  const Spectrum& psd() const { return psd_; }

  void Reset();

 private:
  void Start(const Spectrum& power);

  Spectrum psd_;
  Spectrum
      presence_;  // recursive mean of the speech presence probability: the guard against stagnation
  int frames_seen_ = 0;
};

}  // namespace earshot
