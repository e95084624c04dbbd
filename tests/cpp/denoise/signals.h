// Deterministic test sounds at 48 kHz and what is measured on them.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

#include "denoise/noise_suppressor.h"

namespace earshot::testing {

using Signal = std::vector<float>;

inline constexpr int kRateHz = 48000;

constexpr std::size_t Seconds(double seconds) {
  return static_cast<std::size_t>(seconds * kRateHz);
}

/// White Gaussian noise of the given RMS. Its own generator: the standard distributions differ
/// between libraries.
inline Signal WhiteNoise(std::size_t length, double rms, uint32_t seed) {
  uint32_t state = seed;
  const auto uniform = [&state] {
    state = state * 1664525U + 1013904223U;
    return (static_cast<double>(state >> 8) + 0.5) / 16777216.0;
  };
  Signal noise(length);
  for (float& x : noise) {
    const double radius = std::sqrt(-2.0 * std::log(uniform()));
    x = static_cast<float>(rms * radius * std::cos(2.0 * std::numbers::pi * uniform()));
  }
  return noise;
}

/// Noise falling by 3 dB an octave (Paul Kellet's filter), about the given RMS.
inline Signal PinkNoise(std::size_t length, double rms, uint32_t seed) {
  Signal noise = WhiteNoise(length, 1.0, seed);
  double b0 = 0.0, b1 = 0.0, b2 = 0.0, energy = 0.0;
  for (float& x : noise) {
    b0 = 0.99765 * b0 + static_cast<double>(x) * 0.0990460;
    b1 = 0.96300 * b1 + static_cast<double>(x) * 0.2965164;
    b2 = 0.57000 * b2 + static_cast<double>(x) * 1.0526913;
    const double y = b0 + b1 + b2 + static_cast<double>(x) * 0.1848;
    energy += y * y;
    x = static_cast<float>(y);
  }
  const double scale = rms / std::sqrt(energy / static_cast<double>(length));
  for (float& x : noise) x = static_cast<float>(static_cast<double>(x) * scale);
  return noise;
}

/// A voice-like sound: harmonics of a gliding pitch under a falling spectrum, in syllables of 250
/// ms with gaps, 0.5 s of silence first. Peak about 0.3.
inline Signal Voice(std::size_t length) {
  Signal voice(length, 0.0F);
  double phase = 0.0;
  for (std::size_t n = Seconds(0.5); n < length; ++n) {
    const double t = static_cast<double>(n) / kRateHz;
    phase += 2.0 * std::numbers::pi * (140.0 + 20.0 * std::sin(2.0 * std::numbers::pi * 0.7 * t)) /
             kRateHz;
    const double syllable = std::sin(2.0 * std::numbers::pi * 2.0 * t);
    const double envelope = syllable > 0.0 ? syllable : 0.0;
    double sum = 0.0;
    for (int h = 1; h <= 24; ++h) sum += std::sin(h * phase) / (1.0 + 0.35 * h);
    voice[n] = static_cast<float>(0.1 * envelope * sum);
  }
  return voice;
}

inline Signal Sum(const Signal& a, const Signal& b) {
  Signal sum(a);
  for (std::size_t n = 0; n < sum.size(); ++n) sum[n] += b[n];
  return sum;
}

inline double Rms(const Signal& x, double from_s, double to_s) {
  double energy = 0.0;
  for (std::size_t n = Seconds(from_s); n < Seconds(to_s); ++n) {
    energy += static_cast<double>(x[n]) * static_cast<double>(x[n]);
  }
  return std::sqrt(energy / static_cast<double>(Seconds(to_s) - Seconds(from_s)));
}

inline double RmsDb(const Signal& x, double from_s, double to_s) {
  return 20.0 * std::log10(Rms(x, from_s, to_s) + 1e-12);
}

/// Scale-invariant signal-to-distortion ratio (Le Roux et al. 2019), dB.
inline double SiSdrDb(const Signal& reference, const Signal& estimate) {
  double cross = 0.0, energy = 0.0, error = 0.0;
  for (std::size_t n = 0; n < reference.size(); ++n) {
    cross += static_cast<double>(reference[n]) * static_cast<double>(estimate[n]);
    energy += static_cast<double>(reference[n]) * static_cast<double>(reference[n]);
  }
  const double scale = cross / energy;
  for (std::size_t n = 0; n < reference.size(); ++n) {
    const double e = static_cast<double>(estimate[n]) - scale * static_cast<double>(reference[n]);
    error += e * e;
  }
  return 10.0 * std::log10(scale * scale * energy / error);
}

/// Runs a mono signal through in whole frames; the output is as long as the input and
/// kLatencySamples late. `before_frame` is called with the suppressor and the index of the frame's
/// first sample.
template <typename Hook>
Signal Process(NoiseSuppressor& suppressor, Signal signal, Hook before_frame) {
  constexpr auto kFrame = static_cast<std::size_t>(NoiseSuppressor::kFrameSize);
  for (std::size_t at = 0; at + kFrame <= signal.size(); at += kFrame) {
    before_frame(at);
    float* channel = signal.data() + at;
    suppressor.Process(AudioView(&channel, 1, NoiseSuppressor::kFrameSize));
  }
  return signal;
}

inline Signal Process(NoiseSuppressor& suppressor, Signal signal) {
  return Process(suppressor, std::move(signal), [](std::size_t) {});
}

/// Moves a processed signal back by the latency; the end is filled with zeros.
inline Signal Align(Signal processed) {
  processed.erase(processed.begin(), processed.begin() + NoiseSuppressor::kLatencySamples);
  processed.resize(processed.size() + NoiseSuppressor::kLatencySamples, 0.0F);
  return processed;
}

inline NoiseSuppressor MakeSuppressor(float strength, int num_channels = 1) {
  auto suppressor = NoiseSuppressor::Create({.num_channels = num_channels});
  suppressor.value().set_strength(strength);
  return std::move(suppressor).value();
}

}  // namespace earshot::testing
