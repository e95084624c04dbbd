// Sounds at 8 kHz for the tests of G.711's concealment, and measures of what became of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <random>
#include <span>
#include <vector>

namespace earshot::testing {

/// A vowel: seven harmonics of a voice with this period in samples, any fraction allowed. Peak 0.5
/// at most.
inline std::vector<float> Vowel(double period, int num_samples) {
  std::vector<float> out(static_cast<std::size_t>(num_samples));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double phase = 2 * std::numbers::pi * static_cast<double>(i) / period;
    double sum = 0;
    for (int k = 1; k <= 7; ++k) sum += std::sin(k * phase + k * k) / k;
    out[i] = static_cast<float>(0.5 / 2.6 * sum);
  }
  return out;
}

inline std::vector<float> WhiteNoise(float rms, int num_samples, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, rms);
  std::vector<float> out(static_cast<std::size_t>(num_samples));
  for (float& x : out) x = normal(random);
  return out;
}

inline double MeanSquare(std::span<const float> sound) {
  double sum = 0;
  for (const float x : sound) sum += static_cast<double>(x) * x;
  return sum / static_cast<double>(sound.size());
}

inline float Peak(std::span<const float> sound) {
  float peak = 0;
  for (const float x : sound) peak = std::max(peak, std::abs(x));
  return peak;
}

/// Largest second difference: a step or a kink stands out, smooth sound has little of it.
inline float Roughness(std::span<const float> sound) {
  float largest = 0;
  for (std::size_t i = 2; i < sound.size(); ++i) {
    largest = std::max(largest, std::abs(sound[i] - 2 * sound[i - 1] + sound[i - 2]));
  }
  return largest;
}

/// Energy of `reference` over that of the difference, dB.
inline double SnrDb(std::span<const float> reference, std::span<const float> sound) {
  double signal = 0, error = 1e-20;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    signal += std::pow(static_cast<double>(reference[i]), 2);
    error += std::pow(static_cast<double>(reference[i]) - static_cast<double>(sound[i]), 2);
  }
  return 10 * std::log10(signal / error);
}

}  // namespace earshot::testing
