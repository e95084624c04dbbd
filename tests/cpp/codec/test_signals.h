// Sounds to code.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

namespace earshot {

/// A voice-like sound: harmonics of a gliding pitch under two formants, in syllables of 200 ms with
/// pauses between them.
inline std::vector<float> VoiceLike(int sample_rate_hz, int num_samples) {
  std::vector<float> out(static_cast<size_t>(num_samples));
  double phase = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    const double t = static_cast<double>(i) / sample_rate_hz;
    const double pitch = 140 + 20 * std::sin(2 * std::numbers::pi * 1.3 * t);
    phase += 2 * std::numbers::pi * pitch / sample_rate_hz;
    double sum = 0;
    for (int k = 1; k * pitch < std::min(3500, sample_rate_hz / 2 - 500); ++k) {
      const double f = k * pitch;
      const double formants =
          1 / (1 + std::pow((f - 600) / 150, 2)) + 0.5 / (1 + std::pow((f - 1800) / 250, 2));
      sum += formants * std::sin(k * phase);
    }
    const double syllable = std::fmod(t, 0.25);
    const double envelope = syllable < 0.2 ? std::sin(std::numbers::pi * syllable / 0.2) : 0;
    out[i] = static_cast<float>(0.12 * envelope * sum);
  }
  return out;
}

inline double Energy(std::span<const float> x) {
  double sum = 0;
  for (const float v : x) sum += static_cast<double>(v) * v;
  return sum;
}

/// Lag of `b` behind `a` at the largest cross-correlation, 0 … max_lag.
inline int BestLag(std::span<const float> a, std::span<const float> b, int max_lag) {
  int best = 0;
  double best_sum = -1;
  const size_t length = std::min(a.size(), b.size()) - static_cast<size_t>(max_lag);
  for (int lag = 0; lag <= max_lag; ++lag) {
    double sum = 0;
    for (size_t i = 0; i < length; ++i)
      sum += static_cast<double>(a[i]) * b[i + static_cast<size_t>(lag)];
    if (sum > best_sum) {
      best_sum = sum;
      best = lag;
    }
  }
  return best;
}

}  // namespace earshot
