// How far two sounds are apart in their spectra.
#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

namespace earshot::testing {

/// Log-spectral distance, dB, over the frames of `frame` samples, every half one, in which the two
/// differ.
inline double LogSpectralDistanceDb(std::span<const float> reference, std::span<const float> heard,
                                    std::size_t frame) {
  constexpr double kFloor = 1e-7;
  const auto length = static_cast<double>(frame);
  std::vector<std::complex<double>> roots;
  for (std::size_t i = 0; i < frame; ++i) {
    roots.push_back(std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(i) / length));
  }
  const auto power = [&](std::span<const float> x, std::size_t bin) {
    std::complex<double> sum;
    for (std::size_t i = 0; i < frame; ++i) {
      const double window = 0.5 - 0.5 * roots[i].real();
      sum += window * static_cast<double>(x[i]) * roots[i * bin % frame];
    }
    return std::norm(sum) / length + kFloor;
  };
  double total = 0;
  int differing = 0;
  for (std::size_t at = 0; at + frame <= reference.size(); at += frame / 2) {
    const auto a = reference.subspan(at, frame);
    const auto b = heard.subspan(at, frame);
    if (std::equal(a.begin(), a.end(), b.begin())) continue;
    double sum = 0;
    for (std::size_t bin = 1; bin < frame / 2; ++bin) {
      sum += std::pow(10 * std::log10(power(a, bin) / power(b, bin)), 2);
    }
    total += std::sqrt(sum / (length / 2 - 1));
    ++differing;
  }
  return total / differing;
}

}  // namespace earshot::testing
