#include "codec/linear_prediction.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace earshot {
namespace {
// Power of white noise added before solving, relative to the sound (−40 dB, as ITU-T G.728 §3.3
// does): keeps the filter well-conditioned and its ringing short.
constexpr float kWhiteNoise = 1e-4f;
// Squared samples; quieter sound than this is rounding, not a signal.
constexpr float kLeastPower = 1e-12f;
}  // namespace

Autocorrelation WindowedAutocorrelation(std::span<const float> sound) {
  const std::size_t count = std::min<std::size_t>(sound.size(), kMaxAnalysisSamples);
  std::array<float, kMaxAnalysisSamples> windowed;
  float window_power = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const float phase = (static_cast<float>(i) + 0.5f) / static_cast<float>(count);
    const float window = 0.5f - 0.5f * std::cos(2 * std::numbers::pi_v<float> * phase);
    window_power += window * window;
    windowed[i] = window * sound[i];
  }
  Autocorrelation correlation = {};
  for (std::size_t lag = 0; lag < correlation.size() && lag < count; ++lag) {
    float sum = 0;
    for (std::size_t i = lag; i < count; ++i) sum += windowed[i] * windowed[i - lag];
    correlation[lag] = sum / window_power;
  }
  return correlation;
}

LinearPredictor SolvePredictor(const Autocorrelation& correlation) {
  LinearPredictor predictor;
  float error = correlation[0] * (1 + kWhiteNoise);
  if (error < kLeastPower) return predictor;
  std::array<float, kPredictionOrder>& a = predictor.coefficients;
  for (std::size_t m = 0; m < a.size(); ++m) {
    float unexplained = correlation[m + 1];
    for (std::size_t i = 0; i < m; ++i) unexplained -= a[i] * correlation[m - i];
    const float reflection = unexplained / error;
    for (std::size_t low = 0, high = m; low < high--; ++low) {
      const float a_low = a[low];
      a[low] -= reflection * a[high];
      if (low != high) a[high] -= reflection * a_low;
    }
    a[m] = reflection;
    error *= 1 - reflection * reflection;
  }
  predictor.residual_power = error;
  return predictor;
}

}  // namespace earshot
