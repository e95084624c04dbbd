// The gain of one bin: the amplitude estimator that weighs errors as the ear does, more in spectral
// valleys than under peaks that mask them, with speech presence uncertainty.
//   P. C. Loizou, "Speech enhancement based on perceptually motivated Bayesian estimators of the
//   magnitude spectrum", IEEE Trans. Speech and Audio Processing 13(5), 2005: weighted Euclidean
//   distortion, p = -1. I. Cohen, "Optimal speech enhancement under signal presence uncertainty
//   using log-spectral amplitude estimator", IEEE Signal Processing Letters 9(4), 2002: equations
//   (7) and (12).
// xi is the a-priori and gamma the a-posteriori signal-to-noise ratio, both of power.
#pragma once

#include "denoise/fast_math.h"

namespace earshot {

/// π·v·e^-v·I0(v/2)² for v > 0, given e^-v; I0 is the modified Bessel function. Rises to 1.
/// Relative error below 3e-6. Abramowitz & Stegun, 9.8.1 and 9.8.2.
inline float SquaredBesselTerm(float v, float exp_minus_v) {
  constexpr float kPi = 3.14159265F;
  constexpr float kSplit = 7.5F;
  const float ratio = (v < kSplit ? v : kSplit) / kSplit;
  const float t = ratio * ratio;
  float series = 0.0045813F;
  series = series * t + 0.0360768F;
  series = series * t + 0.2659732F;
  series = series * t + 1.2067492F;
  series = series * t + 3.0899424F;
  series = series * t + 3.5156229F;
  series = series * t + 1.0F;
  const float u = kSplit / (v > kSplit ? v : kSplit);
  float tail = 0.00392377F;
  tail = tail * u - 0.01647633F;
  tail = tail * u + 0.02635537F;
  tail = tail * u - 0.02057706F;
  tail = tail * u + 0.00916281F;
  tail = tail * u - 0.00157565F;
  tail = tail * u + 0.00225319F;
  tail = tail * u + 0.01328592F;
  tail = tail * u + 0.39894228F;
  const float below = kPi * v * exp_minus_v * series * series;
  const float above = 2.0F * kPi * tail * tail;
  return v < kSplit ? below : above;
}

/// v = xi·gamma / (1 + xi), the argument of the functions below, which all take e^-v beside it
/// so that it is computed once.
inline float GainArgument(float xi, float gamma) { return xi * gamma / (1.0F + xi); }

/// log2 of the amplitude gain 1 / (|Y|·E[1/A | Y]) = xi / (1 + xi) / (√(πv)·e^(-v/2)·I0(v/2)),
/// where A is the amplitude of the speech.
inline float Log2SpeechGain(float xi, float v, float exp_minus_v) {
  const float wiener = xi / (1.0F + xi);
  return 0.5F * FastLog2(wiener * wiener / SquaredBesselTerm(v, exp_minus_v));
}

/// Probability that the bin holds speech, given that it does with probability `prior` before
/// looking; 0 … 1, rising with gamma.
inline float SpeechPresence(float xi, float exp_minus_v, float prior) {
  const float absence = (1.0F - prior) * (1.0F + xi) * exp_minus_v;
  return prior / (prior + absence);
}

}  // namespace earshot
