#include "dsp/window.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace earshot {
namespace {

double SineAt(std::size_t n, std::size_t length) {
  return std::sin(std::numbers::pi * (static_cast<double>(n) + 0.5) / static_cast<double>(length));
}

/// Modified Bessel function of the first kind, order zero, by its power series.
double BesselI0(double x) {
  double term = 1.0;
  double sum = 1.0;
  for (int k = 1; term > sum * 1e-17; ++k) {
    const double factor = x / (2.0 * k);
    term *= factor * factor;
    sum += term;
  }
  return sum;
}

}  // namespace

void FillHann(std::span<float> window) {
  for (std::size_t n = 0; n < window.size(); ++n) {
    const double sine = SineAt(n, window.size());
    window[n] = static_cast<float>(sine * sine);
  }
}

void FillSqrtHann(std::span<float> window) {
  for (std::size_t n = 0; n < window.size(); ++n) {
    window[n] = static_cast<float>(SineAt(n, window.size()));
  }
}

Status FillLowDelayPair(int hop, std::span<float> analysis, std::span<float> synthesis) {
  const std::size_t short_size = synthesis.size();
  if (hop <= 0 || analysis.size() < short_size || analysis.size() % 2 != 0 || short_size % 2 != 0 ||
      short_size % static_cast<std::size_t>(hop) != 0 ||
      short_size / static_cast<std::size_t>(hop) < 2) {
    return {StatusCode::kInvalidArgument,
            "need an even synthesis window of two hops or more, and an analysis window at least as "
            "long"};
  }
  // The rising half of a long root-Hann window, then the falling half of a short one.
  const std::size_t fall = short_size / 2;
  const std::size_t rise = analysis.size() - fall;
  for (std::size_t n = 0; n < rise; ++n) analysis[n] = static_cast<float>(SineAt(n, 2 * rise));
  for (std::size_t n = 0; n < fall; ++n) {
    analysis[rise + n] = static_cast<float>(SineAt(fall + n, 2 * fall));
  }
  // R = size/hop shifts of a Hann window sum to R/2.
  const double scale = 2.0 * hop / static_cast<double>(short_size);
  const std::span<const float> newest = analysis.last(short_size);
  for (std::size_t n = 0; n < short_size; ++n) {
    const double sine = SineAt(n, short_size);
    synthesis[n] = static_cast<float>(scale * sine * sine / static_cast<double>(newest[n]));
  }
  return {};
}

double ReconstructionError(std::span<const float> analysis, std::span<const float> synthesis,
                           int hop) {
  const auto step = static_cast<std::size_t>(hop);
  const std::size_t overlap = std::min(analysis.size(), synthesis.size());
  const std::span<const float> a = analysis.last(overlap);
  const std::span<const float> s = synthesis.last(overlap);
  double worst = 0.0;
  for (std::size_t start = 0; start < step; ++start) {
    double sum = 0.0;
    for (std::size_t n = start; n < overlap; n += step) {
      sum += static_cast<double>(a[n]) * static_cast<double>(s[n]);
    }
    worst = std::max(worst, std::abs(sum - 1.0));
  }
  return worst;
}

double Kaiser(double position, double beta) {
  const double under_root = 1.0 - position * position;
  return under_root < 0.0 ? 0.0 : BesselI0(beta * std::sqrt(under_root)) / BesselI0(beta);
}

double KaiserBeta(double stop_band_db) { return 0.1102 * (stop_band_db - 8.7); }

double KaiserLength(double stop_band_db, double transition_cycles_per_sample) {
  return (stop_band_db - 7.95) / (2.285 * 2.0 * std::numbers::pi * transition_cycles_per_sample);
}

}  // namespace earshot
