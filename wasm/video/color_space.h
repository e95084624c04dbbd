// What the numbers of a picture mean, and the conversions between meanings as matrices.
#pragma once

#include <array>
#include <cstddef>

namespace earshot {

/// Which primaries luma is weighted for. The values are part of the WebAssembly ABI.
enum class ColorMatrix : int {
  kBt601 = 0,  ///< ITU-R BT.601-7 §2.5.1; in WebCodecs "smpte170m", "bt470bg".
  kBt709 = 1,  ///< ITU-R BT.709-6 §3.2; in WebCodecs "bt709".
};

/// Which bytes black and white are. The values are part of the WebAssembly ABI.
enum class ColorRange : int {
  kLimited = 0,  ///< Luma 16 … 235, chroma 16 … 240.
  kFull = 1,     ///< 0 … 255.
};

struct ColorSpace {
  ColorMatrix matrix = ColorMatrix::kBt601;
  ColorRange range = ColorRange::kLimited;

  bool operator==(const ColorSpace&) const = default;
};

/// Three rows of three.
using Matrix3 = std::array<std::array<double, 3>, 3>;

constexpr Matrix3 operator*(const Matrix3& a, const Matrix3& b) {
  Matrix3 product{};
  for (size_t row = 0; row < 3; ++row) {
    for (size_t column = 0; column < 3; ++column) {
      for (size_t k = 0; k < 3; ++k) product[row][column] += a[row][k] * b[k][column];
    }
  }
  return product;
}

/// The byte that stands for black. That of no colour is 128 in every space.
constexpr int BlackLevel(ColorRange range) { return range == ColorRange::kLimited ? 16 : 0; }

struct ColorScale {
  double luma;    ///< From black to white, of 255.
  double chroma;  ///< From the lowest to the highest, of 255.
};
constexpr ColorScale ScaleOf(ColorRange range) {
  return range == ColorRange::kLimited ? ColorScale{219.0 / 255, 224.0 / 255} : ColorScale{1, 1};
}

struct LumaWeights {
  double red;
  double blue;
};
constexpr LumaWeights WeightsOf(ColorMatrix matrix) {
  return matrix == ColorMatrix::kBt601 ? LumaWeights{0.299, 0.114} : LumaWeights{0.2126, 0.0722};
}

/// From R, G, B of 0 … 255 to Y, U, V without their offsets (ITU-T H.273 §8.3, equations 20 to 42).
constexpr Matrix3 YuvFromRgb(ColorSpace space) {
  const auto [red, blue] = WeightsOf(space.matrix);
  const auto [luma, chroma] = ScaleOf(space.range);
  const double green = 1 - red - blue;
  const double u = chroma / (2 * (1 - blue));
  const double v = chroma / (2 * (1 - red));
  return {{{luma * red, luma * green, luma * blue},
           {-u * red, -u * green, chroma / 2},
           {chroma / 2, -v * green, -v * blue}}};
}

/// The inverse of YuvFromRgb().
constexpr Matrix3 RgbFromYuv(ColorSpace space) {
  const auto [red, blue] = WeightsOf(space.matrix);
  const auto [luma, chroma] = ScaleOf(space.range);
  const double green = 1 - red - blue;
  const double u = 2 * (1 - blue) / chroma;
  const double v = 2 * (1 - red) / chroma;
  return {{{1 / luma, 0, v}, {1 / luma, -u * blue / green, -v * red / green}, {1 / luma, u, 0}}};
}

}  // namespace earshot
