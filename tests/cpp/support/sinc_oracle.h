// SincOracle: the true peak of a whole signal, straight from the interpolation formula. An oracle
// for tests: slow, double precision, and independent of the library's interpolators.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace earshot::testing {

/// `points` per sample by a sinc under a Hann-like window (cos²) of `flank` samples to each side.
class SincOracle {
 public:
  SincOracle(int points, int flank) : points_(points), flank_(flank) {
    for (int p = 1; p < points; ++p) {
      double sum = 0.0;
      const std::size_t begin = kernels_.size();
      for (int k = -flank + 1; k <= flank; ++k) {
        const double t = k - static_cast<double>(p) / points;
        const double window = std::cos(std::numbers::pi * t / (2.0 * flank));
        const double x = std::numbers::pi * t;
        kernels_.push_back(std::sin(x) / x * window * window);
        sum += kernels_.back();
      }
      std::for_each(kernels_.begin() + static_cast<std::ptrdiff_t>(begin), kernels_.end(),
                    [sum](double& value) { value /= sum; });
    }
  }

  double TruePeakDb(const std::vector<float>& samples) const {
    double peak = 0.0;
    const int length = static_cast<int>(samples.size());
    const auto taps = static_cast<std::size_t>(2 * flank_);
    for (int i = 0; i < length; ++i) {
      peak = std::max(peak, std::fabs(static_cast<double>(samples[static_cast<std::size_t>(i)])));
      if (i < flank_ - 1 || i + flank_ >= length) continue;
      const float* const window = samples.data() + i - flank_ + 1;
      for (std::size_t p = 0; p + 1 < static_cast<std::size_t>(points_); ++p) {
        double point = 0.0;
        for (std::size_t k = 0; k < taps; ++k) {
          point += kernels_[p * taps + k] * static_cast<double>(window[k]);
        }
        peak = std::max(peak, std::fabs(point));
      }
    }
    return 20.0 * std::log10(peak + 1e-12);
  }

 private:
  int points_;
  int flank_;
  std::vector<double> kernels_;
};

}  // namespace earshot::testing
