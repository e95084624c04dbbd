// The gain of one bin: log-MMSE under speech presence uncertainty.
//   Y. Ephraim, D. Malah, "Speech enhancement using a minimum mean-square error log-spectral
//   amplitude estimator", IEEE Trans. ASSP 33(2), 1985: equation (20). I. Cohen, "Optimal speech
//   enhancement under signal presence uncertainty using log-spectral amplitude estimator", IEEE
//   Signal Processing Letters 9(4), 2002: equations (7) and (12).
// xi is the a-priori and gamma the a-posteriori signal-to-noise ratio, both of power.
#pragma once

#include "denoise/fast_math.h"

namespace earshot {

/// Exponential integral E1(v) = ∫_v^∞ e^-t / t dt for v > 0, given e^-v; error below 3e-6 absolute
/// up to v = 1 and 1e-4 relative above. Abramowitz & Stegun, 5.1.53 and 5.1.56.
inline float ExponentialIntegral(float v, float exp_minus_v) {
  constexpr float kLn2 = 0.693147181F;
  float series = 0.00107857F;
  series = series * v - 0.00976004F;
  series = series * v + 0.05519968F;
  series = series * v - 0.24991055F;
  series = series * v + 0.99999193F;
  series = series * v - 0.57721566F - kLn2 * FastLog2(v);
  const float numerator = (v + 2.334733F) * v + 0.250621F;
  const float denominator = ((v + 3.330657F) * v + 1.681534F) * v;
  const float tail = exp_minus_v * numerator / denominator;
  return v < 1.0F ? series : tail;
}

/// v = xi·gamma / (1 + xi), the argument of the functions below, which all take e^-v beside it
/// so that it is computed once.
inline float GainArgument(float xi, float gamma) { return xi * gamma / (1.0F + xi); }

/// log2 of the log-MMSE amplitude gain xi / (1 + xi) · exp(½·E1(v)).
inline float Log2SpeechGain(float xi, float v, float exp_minus_v) {
  constexpr float kHalfLog2E = 0.721347520F;
  return FastLog2(xi / (1.0F + xi)) + kHalfLog2E * ExponentialIntegral(v, exp_minus_v);
}

/// Probability that the bin holds speech, given that it does with probability `prior` before
/// looking; 0 … 1, rising with gamma.
inline float SpeechPresence(float xi, float exp_minus_v, float prior) {
  const float absence = (1.0F - prior) * (1.0F + xi) * exp_minus_v;
  return prior / (prior + absence);
}

}  // namespace earshot
