// KWeighting: the frequency weighting of loudness, for one channel at any rate.
//   ITU-R BS.1770-4, Annex 1: a high shelf (the head) and a high-pass (RLB), given there as the
//   coefficients of two biquads at 48 kHz.
#pragma once

#include <span>

#include "base/status.h"
#include "dsp/biquad.h"

namespace earshot {

/// The two sections at `sample_rate_hz`, above 4000. At 48 kHz they are those of the standard; at
/// other rates their analogue prototype is transformed with the same bilinear law, as EBU Tech 3341
/// asks (same response at every rate).
BiquadCoefficients KWeightingShelf(double sample_rate_hz);
BiquadCoefficients KWeightingHighPass(double sample_rate_hz);

/// Real-time safe.
class KWeighting {
 public:
  explicit KWeighting(double sample_rate_hz);

  /// Sum of the squares of the weighted samples.
  double Energy(std::span<const float> samples);
  void Reset();

 private:
  struct Section {
    BiquadCoefficients c;
    double s1 = 0.0;
    double s2 = 0.0;
  };
  Section shelf_;
  Section high_pass_;
};

}  // namespace earshot
