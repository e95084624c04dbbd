// Linear prediction by the autocorrelation method: what a stretch of sound is expected to go on
// with, and the shape of its spectrum.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace earshot {

/// Order used for telephone speech: a pole pair per kHz and one for the slope.
inline constexpr int kPredictionOrder = 10;

using Autocorrelation = std::array<float, kPredictionOrder + 1>;

/// x[n] ≈ Σ coefficients[i] · x[n − 1 − i], and the power of what remains.
struct LinearPredictor {
  std::array<float, kPredictionOrder> coefficients = {};
  float residual_power = 0;

  /// Prediction from the kPredictionOrder samples that end before `end`.
  float Predict(const float* end) const {
    float sum = 0;
    for (std::size_t i = 0; i < coefficients.size(); ++i)
      sum += coefficients[i] * end[-1 - static_cast<std::ptrdiff_t>(i)];
    return sum;
  }
};

/// Longest sound analysed at once: 30 ms at 8 kHz.
inline constexpr int kMaxAnalysisSamples = 240;

/// Of the start of `sound` (kMaxAnalysisSamples) under a Hann window, per sample. Real-time safe.
Autocorrelation WindowedAutocorrelation(std::span<const float> sound);

/// The predictor of least error, always stable (Levinson-Durbin recursion: J. Makhoul, "Linear
/// prediction: a tutorial review", Proc. IEEE 63 (4), 1975, eq. 38). Silence gives zeros.
/// Real-time safe.
LinearPredictor SolvePredictor(const Autocorrelation& correlation);

}  // namespace earshot
