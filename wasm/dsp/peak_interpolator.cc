#include "dsp/peak_interpolator.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "dsp/simd.h"
#include "dsp/window.h"

namespace earshot {
namespace {

// BS.1770-4, Annex 2, table of the order 48, 4-phase FIR; the third and fourth phase are the second
// and first reversed.
constexpr int kBs1770Taps = 12;
constexpr float kBs1770First[kBs1770Taps] = {
    0.0017089843750F,  0.0109863281250F,  -0.0196533203125F, 0.0332031250000F,
    -0.0594482421875F, 0.1373291015625F,  0.9721679687500F,  -0.1022949218750F,
    0.0476074218750F,  -0.0266113281250F, 0.0148925781250F,  -0.0083007812500F};
constexpr float kBs1770Second[kBs1770Taps] = {
    -0.0291748046875F, 0.0292968750000F,  -0.0517578125000F, 0.0891113281250F,
    -0.1665039062500F, 0.4650878906250F,  0.7797851562500F,  -0.2003173828125F,
    0.1015625000000F,  -0.0582275390625F, 0.0330810546875F,  -0.0189208984375F};

constexpr double kSincBeta = 5.0;  // of the Kaiser window: -3 dB at 0.47 of the rate for 24 taps
constexpr int kSincPhases = 4;

Float4 Magnitude4(Float4 v) {
  const Float4 negated = -v;
  return v > negated ? v : negated;
}

}  // namespace

PeakInterpolator PeakInterpolator::Bs1770() {
  std::vector<float> coefficients;
  for (const float* phase : {kBs1770First, kBs1770Second}) {
    coefficients.insert(coefficients.end(), phase, phase + kBs1770Taps);
    std::vector<float> mirrored(phase, phase + kBs1770Taps);
    std::reverse(mirrored.begin(), mirrored.end());
    coefficients.insert(coefficients.end(), mirrored.begin(), mirrored.end());
  }
  return PeakInterpolator(kBs1770Taps, std::move(coefficients));
}

PeakInterpolator PeakInterpolator::Sinc(int half_taps) {
  const double beta = kSincBeta;
  std::vector<float> coefficients;
  for (int phase = 1; phase < kSincPhases; ++phase) {
    std::vector<double> row;
    double sum = 0.0;
    for (int tap = 0; tap < 2 * half_taps; ++tap) {
      const double t = tap - (half_taps - 1) - static_cast<double>(phase) / kSincPhases;
      const double x = std::numbers::pi * t;
      row.push_back(std::sin(x) / x * Kaiser(t / half_taps, beta));
      sum += row.back();
    }
    for (const double value : row) {
      coefficients.push_back(static_cast<float>(value / sum));  // a constant keeps its level
    }
  }
  return PeakInterpolator(2 * half_taps, std::move(coefficients));
}

PeakInterpolator::PeakInterpolator(int num_taps, std::vector<float> coefficients)
    : num_taps_(num_taps), coefficients_(std::move(coefficients)) {
  for (std::size_t at = 0; at < coefficients_.size(); at += static_cast<std::size_t>(num_taps)) {
    float sum = 0.0F;
    for (int k = 0; k < num_taps; ++k) {
      sum += std::fabs(coefficients_[at + static_cast<std::size_t>(k)]);
    }
    largest_gain_ = std::max(largest_gain_, sum);
  }
}

// Four neighbouring points at once; the rest one by one, with the same order of additions, so that
// how a signal is cut into blocks does not change a bit.
void PeakInterpolator::RaisePeaks(const float* samples, int count, float* peaks) const {
  const float* const end = coefficients_.data() + coefficients_.size();
  int i = 0;
  for (; i + kFloat4Lanes <= count; i += kFloat4Lanes) {
    Float4 peak = Load4(peaks + i);
    for (const float* phase = coefficients_.data(); phase != end; phase += num_taps_) {
      Float4 point{};
      for (int k = 0; k < num_taps_; ++k) {
        point += Splat4(phase[k]) * Load4(samples + i + k);
      }
      const Float4 magnitude = Magnitude4(point);
      peak = magnitude > peak ? magnitude : peak;
    }
    Store4(peaks + i, peak);
  }
  for (; i < count; ++i) {
    for (const float* phase = coefficients_.data(); phase != end; phase += num_taps_) {
      float point = 0.0F;
      for (int k = 0; k < num_taps_; ++k) {
        point += phase[k] * samples[i + k];
      }
      peaks[i] = std::max(peaks[i], std::fabs(point));
    }
  }
}

}  // namespace earshot
