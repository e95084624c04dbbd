#include "video/scale_filter.h"

#include <algorithm>
#include <cmath>

namespace earshot {
namespace {

constexpr double kSupport = 3;
constexpr double kPi = 3.14159265358979323846;

/// For 0 … π, to 10^-11. By products and sums alone, so that the tables are the same in every
/// build.
double Sine(double x) {
  x = std::min(x, kPi - x);
  const double square = x * x;
  double term = x;
  double sum = x;
  for (int n = 3; n <= 17; n += 2) {
    term *= -square / (n * (n - 1));
    sum += term;
  }
  return sum;
}

/// Lanczos's window of three lobes (C. E. Duchon, "Lanczos Filtering in One and Two Dimensions",
/// 1979): sinc(x)·sinc(x/3), by the sine of three times an angle.
double Kernel(double x) {
  x = std::abs(x);
  if (x >= kSupport) return 0;
  if (x < 1e-6) return 1;
  const double sine = Sine(kPi / kSupport * x);
  return kSupport * (3 - 4 * sine * sine) * sine * sine / (kPi * kPi * x * x);
}

/// Which source samples, inside and outside, have a weight.
struct Reach {
  int64_t low;
  int64_t high;
};

struct Placement {
  double center;
  double width;  ///< of the kernel, in source samples: wider than 1 where samples are thinned out

  Reach reach() const {
    const double half = kSupport * width;
    return {static_cast<int64_t>(std::floor(center - half - 0.5)) + 1,
            static_cast<int64_t>(std::ceil(center + half - 0.5)) - 1};
  }
  double Weight(int64_t sample) const {
    return Kernel((static_cast<double>(sample) + 0.5 - center) / width);
  }
};

Placement Place(const ScaleAxis& axis, int i) {
  const auto unit = static_cast<double>(axis.unit);
  return {static_cast<double>(axis.first + i * axis.step) / unit,
          std::max(1.0, static_cast<double>(axis.step) / unit)};
}

}  // namespace

void ScaleFilter::Configure(const ScaleAxis& axis, int multiple) {
  const auto inside = [&axis](int64_t sample) {
    return static_cast<int>(std::clamp<int64_t>(sample, axis.begin, axis.end - 1));
  };
  taps_ = 1;
  for (int i = 0; i < axis.size; ++i) {
    const Reach reach = Place(axis, i).reach();
    taps_ = std::max(taps_, inside(reach.high) - inside(reach.low) + 1);
  }
  taps_ = (taps_ + multiple - 1) / multiple * multiple;
  starts_.resize(static_cast<size_t>(axis.size));
  weights_.assign(static_cast<size_t>(axis.size) * static_cast<size_t>(taps_), 0);

  for (int i = 0; i < axis.size; ++i) {
    const Placement placement = Place(axis, i);
    const Reach reach = placement.reach();
    double total = 0;
    for (int64_t k = reach.low; k <= reach.high; ++k) total += placement.Weight(k);
    const int start = inside(reach.low);
    starts_[static_cast<size_t>(i)] = start;
    int16_t* const weights = &weights_[static_cast<size_t>(i) * static_cast<size_t>(taps_)];
    // What is rounded is the sum so far: the whole is exact, and so is the shape of many small
    // weights.
    double sum = 0;
    int64_t fixed_sum = 0;
    for (int64_t k = reach.low; k <= reach.high; ++k) {
      sum += placement.Weight(k);
      const auto fixed = static_cast<int64_t>(std::floor(sum / total * (1 << kBits) + 0.5));
      weights[inside(k) - start] =
          static_cast<int16_t>(weights[inside(k) - start] + fixed - fixed_sum);
      fixed_sum = fixed;
    }
  }
}

}  // namespace earshot
