// The gain of one bin: log-MMSE under speech presence uncertainty.
//   Y. Ephraim, D. Malah, "Speech enhancement using a minimum mean-square error log-spectral
//   amplitude estimator", IEEE Trans. ASSP 33(2), 1985: equation (20). I. Cohen, "Optimal speech
//   enhancement under signal presence uncertainty using log-spectral amplitude estimator", IEEE
//   Signal Processing Letters 9(4), 2002: equations (7) and (12).
// xi is the a-priori and gamma the a-posteriori signal-to-noise ratio, both of power.
#pragma once

#include "denoise/fast_math.h"

namespace earshot {

/// Exponential integral E1(v) = ∫_v^∞ e^-t / t dt for v > 0; error below 1e-6 absolute up to v = 1
/// and 1e-4 relative above. Abramowitz & Stegun, 5.1.53 and 5.1.56.
inline float ExponentialIntegral(float v) {
  constexpr float kLn2 = 0.693147181F;
  const float small = v < 1.0F ? v : 1.0F;
  float series = 0.00107857F;
  series = series * small - 0.00976004F;
  series = series * small + 0.05519968F;
  series = series * small - 0.24991055F;
  series = series * small + 0.99999193F;
  series = series * small - 0.57721566F - kLn2 * FastLog2(small);
  const float large = v > 1.0F ? v : 1.0F;
  const float numerator = (large + 2.334733F) * large + 0.250621F;
  const float denominator = ((large + 3.330657F) * large + 1.681534F) * large;
  const float tail = FastExp(-large) * numerator / denominator;
  return v < 1.0F ? series : tail;
}

/// v = xi·gamma / (1 + xi), the argument of both functions below.
inline float GainArgument(float xi, float gamma) { return xi * gamma / (1.0F + xi); }

/// log2 of the log-MMSE amplitude gain xi / (1 + xi) · exp(½·E1(v)).
inline float Log2SpeechGain(float xi, float v) {
  constexpr float kHalfLog2E = 0.721347520F;
  return FastLog2(xi / (1.0F + xi)) + kHalfLog2E * ExponentialIntegral(v);
}

/// Probability that the bin holds speech, given that it does with probability `prior` before
/// looking; 0 … 1, rising with gamma.
inline float SpeechPresence(float xi, float v, float prior) {
  const float absence = (1.0F - prior) * (1.0F + xi) * FastExp(-v);
  return prior / (prior + absence);
}

}  // namespace earshot
