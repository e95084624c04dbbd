// Pictures for the tests and what they are compared with: the standards' formulas in double
// precision, apart from the code under test.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "video/color_space.h"

namespace earshot::testing {

using Bytes = std::vector<uint8_t>;
using Triple = std::array<double, 3>;

inline constexpr std::array<ColorSpace, 4> kColorSpaces = {
    ColorSpace{ColorMatrix::kBt601, ColorRange::kLimited},
    ColorSpace{ColorMatrix::kBt601, ColorRange::kFull},
    ColorSpace{ColorMatrix::kBt709, ColorRange::kLimited},
    ColorSpace{ColorMatrix::kBt709, ColorRange::kFull}};

/// All values, or only the extremes.
inline Bytes RandomBytes(size_t count, unsigned seed, bool extremes = false) {
  std::minstd_rand engine(seed + 1);
  Bytes bytes(count);
  for (uint8_t& byte : bytes) {
    const auto random = static_cast<uint8_t>(engine() >> 8);
    byte = extremes ? (random & 1 ? 255 : 0) : random;
  }
  return bytes;
}

struct Weights {
  double red, green, blue;
};
inline Weights WeightsOfMatrix(ColorMatrix matrix) {
  if (matrix == ColorMatrix::kBt601) return {0.299, 0.587, 0.114};
  return {0.2126, 0.7152, 0.0722};
}

/// Bytes of R, G, B to Y, Cb, Cr, neither rounded nor clipped: ITU-R BT.601-7 §2.5, BT.709-6 §3 and
/// for the full range ITU-T H.273 equations 29 to 31.
inline Triple ExactYuv(Triple rgb, ColorSpace space) {
  const Weights w = WeightsOfMatrix(space.matrix);
  const double y = (w.red * rgb[0] + w.green * rgb[1] + w.blue * rgb[2]) / 255;
  const double pb = (rgb[2] / 255 - y) / (2 - 2 * w.blue);
  const double pr = (rgb[0] / 255 - y) / (2 - 2 * w.red);
  if (space.range == ColorRange::kFull) return {255 * y, 255 * pb + 128, 255 * pr + 128};
  return {219 * y + 16, 224 * pb + 128, 224 * pr + 128};
}

inline Triple ExactRgb(Triple yuv, ColorSpace space) {
  const Weights w = WeightsOfMatrix(space.matrix);
  const bool full = space.range == ColorRange::kFull;
  const double y = full ? yuv[0] / 255 : (yuv[0] - 16) / 219;
  const double pb = (yuv[1] - 128) / (full ? 255 : 224);
  const double pr = (yuv[2] - 128) / (full ? 255 : 224);
  const double red = y + pr * (2 - 2 * w.red);
  const double blue = y + pb * (2 - 2 * w.blue);
  return {255 * red, 255 * (y - w.red * red - w.blue * blue) / w.green, 255 * blue};
}

inline double Clip(double value) { return std::clamp(value, 0.0, 255.0); }

/// Mean and largest distance of results from what they should be.
class ErrorMeter {
 public:
  void Add(double result, double exact) {
    sum_ += result - exact;
    largest_ = std::max(largest_, std::abs(result - exact));
    ++count_;
  }
  double mean() const { return sum_ / count_; }
  double largest() const { return largest_; }

 private:
  double sum_ = 0;
  double largest_ = 0;
  double count_ = 0;
};

}  // namespace earshot::testing
