#include "video/color_rows.h"

#include <algorithm>
#include <utility>

#include "video/simd.h"

namespace earshot {
namespace {

// As many bits as leave the largest weight within 16: below 1 from RGB, 2.2 to it, 1.3 between.
constexpr int kFromRgbBits = 15;
constexpr int kToRgbBits = 13;
constexpr int kBetweenBits = 14;
/// Four pixels are summed up.
constexpr int kChromaBits = kFromRgbBits + 2;
constexpr int kNoColor = 128;

constexpr int Round(double value) {
  return static_cast<int>(value < 0 ? value - 0.5 : value + 0.5);
}
constexpr int Half(int bits) { return 1 << (bits - 1); }

constexpr std::array<int, 3> Fixed(const std::array<double, 3>& row, int bits) {
  return {Round(row[0] * (1 << bits)), Round(row[1] * (1 << bits)), Round(row[2] * (1 << bits))};
}

/// The weights of Y and of both chromas, so rounded that grey stays grey and white is exact: the
/// remainder goes to green, the largest.
constexpr std::array<int, 3> FixedFromRgb(const std::array<double, 3>& row) {
  auto weights = Fixed(row, kFromRgbBits);
  weights[1] = Round((row[0] + row[1] + row[2]) * (1 << kFromRgbBits)) - weights[0] - weights[2];
  return weights;
}

int Apply(const FixedRow& row, int a, int b, int c, int bits) {
  return (row.weights[0] * a + row.weights[1] * b + row.weights[2] * c + row.bias) >> bits;
}

/// A FixedRow for pixels whose bytes were parted into (first, third) and (second, fourth).
struct PixelRow {
  explicit PixelRow(const FixedRow& row)
      : outer(SplatPair(row.weights[0], row.weights[2])),
        inner(SplatPair(row.weights[1], 0)),
        bias(Splat32(row.bias)) {}

  I32x4 operator()(I16x8 first_third, I16x8 second_fourth) const {
    return Dot(first_third, outer) + Dot(second_fourth, inner) + bias;
  }

  I16x8 outer;
  I16x8 inner;
  I32x4 bias;
};

/// A FixedRow for samples of three planes.
struct PlaneRow {
  explicit PlaneRow(const FixedRow& row)
      : first_second(SplatPair(row.weights[0], row.weights[1])),
        third(SplatPair(row.weights[2], 0)),
        bias(Splat32(row.bias)) {}

  /// Eight samples: `ab` of pairs of the first two planes, `c0` of pairs of the third and anything.
  template <int Bits>
  I16x8 Apply(U8x16 ab, U8x16 c0) const {
    const auto four = [this](I16x8 pairs, I16x8 single) {
      return (Dot(pairs, first_second) + Dot(single, third) + bias) >> Bits;
    };
    return Narrow(four(WidenLow(ab), WidenLow(c0)), four(WidenHigh(ab), WidenHigh(c0)));
  }

  I16x8 first_second;
  I16x8 third;
  I32x4 bias;
};

/// Sixteen samples of three planes in pairs.
struct PairedPlanes {
  PairedPlanes(U8x16 a, U8x16 b, U8x16 c)
      : ab_low(ZipLow(a, b)),
        ab_high(ZipHigh(a, b)),
        c_low(ZipLow(c, U8x16{})),
        c_high(ZipHigh(c, U8x16{})) {}

  template <int Bits>
  U8x16 Apply(const PlaneRow& row) const {
    return Narrow(row.Apply<Bits>(ab_low, c_low), row.Apply<Bits>(ab_high, c_high));
  }

  U8x16 ab_low;
  U8x16 ab_high;
  U8x16 c_low;
  U8x16 c_high;
};

}  // namespace

RgbToYuv MakeRgbToYuv(ColorSpace to, bool blue_first) {
  const Matrix3 matrix = YuvFromRgb(to);
  RgbToYuv color = {
      .y = {FixedFromRgb(matrix[0]), (BlackLevel(to.range) << kFromRgbBits) + Half(kFromRgbBits)},
      .u = {FixedFromRgb(matrix[1]), (kNoColor << kChromaBits) + Half(kChromaBits)},
      .v = {FixedFromRgb(matrix[2]), (kNoColor << kChromaBits) + Half(kChromaBits)}};
  if (blue_first) {
    for (FixedRow* row : {&color.y, &color.u, &color.v}) {
      std::swap(row->weights[0], row->weights[2]);
    }
  }
  return color;
}

void RgbToLumaRow(const uint8_t* rgb, int width, RgbToYuv color, uint8_t* y) {
  int x = 0;
  const PixelRow row(color.y);
  const auto eight = [&row](const uint8_t* pixels) {
    const auto four = [&row](U8x16 v) { return row(WidenEven(v), WidenOdd(v)) >> kFromRgbBits; };
    return Narrow(four(Load<U8x16>(pixels)), four(Load<U8x16>(pixels + 16)));
  };
  for (; kVectors && x + 16 <= width; x += 16) {
    const uint8_t* pixels = rgb + 4 * x;
    Store(y + x, Narrow(eight(pixels), eight(pixels + 32)));
  }
  for (; x < width; ++x) {
    const uint8_t* pixel = rgb + 4 * x;
    y[x] = ToByte(Apply(color.y, pixel[0], pixel[1], pixel[2], kFromRgbBits));
  }
}

void RgbToChromaRow(const uint8_t* rgb0, const uint8_t* rgb1, int width, RgbToYuv color, uint8_t* u,
                    uint8_t* v) {
  const PixelRow row_u(color.u);
  const PixelRow row_v(color.v);
  const auto eight = [&](int x) {
    I32x4 sums_u[2];
    I32x4 sums_v[2];
    for (int half = 0; half < 2; ++half) {
      const int at = 4 * (x + 8 * half);
      const auto a0 = Load<U8x16>(rgb0 + at);
      const auto a1 = Load<U8x16>(rgb1 + at);
      const auto b0 = Load<U8x16>(rgb0 + at + 16);
      const auto b1 = Load<U8x16>(rgb1 + at + 16);
      // Neighbours one above the other, then side by side: a pixel is one lane of 32 bits.
      const auto pairs = [](I16x8 a, I16x8 b) {
        return (I16x8)__builtin_shufflevector((I32x4)a, (I32x4)b, 0, 2, 4, 6) +
               (I16x8)__builtin_shufflevector((I32x4)a, (I32x4)b, 1, 3, 5, 7);
      };
      const I16x8 outer = pairs(WidenEven(a0) + WidenEven(a1), WidenEven(b0) + WidenEven(b1));
      const I16x8 inner = pairs(WidenOdd(a0) + WidenOdd(a1), WidenOdd(b0) + WidenOdd(b1));
      sums_u[half] = row_u(outer, inner) >> kChromaBits;
      sums_v[half] = row_v(outer, inner) >> kChromaBits;
    }
    return std::pair(Narrow(sums_u[0], sums_u[1]), Narrow(sums_v[0], sums_v[1]));
  };
  int x = 0;
  for (; kVectors && x + 32 <= width; x += 32) {
    const auto [u_low, v_low] = eight(x);
    const auto [u_high, v_high] = eight(x + 16);
    Store(u + x / 2, Narrow(u_low, u_high));
    Store(v + x / 2, Narrow(v_low, v_high));
  }
  for (; x < width; x += 2) {
    const int left = 4 * x;
    const int right = 4 * std::min(x + 1, width - 1);
    const auto sum = [&](int byte) {
      return rgb0[left + byte] + rgb0[right + byte] + rgb1[left + byte] + rgb1[right + byte];
    };
    const int first = sum(0);
    const int second = sum(1);
    const int third = sum(2);
    u[x / 2] = ToByte(Apply(color.u, first, second, third, kChromaBits));
    v[x / 2] = ToByte(Apply(color.v, first, second, third, kChromaBits));
  }
}

YuvToRgb MakeYuvToRgb(ColorSpace from, bool blue_first) {
  const Matrix3 matrix = RgbFromYuv(from);
  YuvToRgb color;
  for (size_t i = 0; i < 3; ++i) {
    const auto weights = Fixed(matrix[blue_first ? 2 - i : i], kToRgbBits);
    color.bytes[i] = {weights, Half(kToRgbBits) - BlackLevel(from.range) * weights[0] -
                                   kNoColor * (weights[1] + weights[2])};
  }
  return color;
}

void YuvToRgbRow(const uint8_t* y, const uint8_t* u, const uint8_t* v, int width, YuvToRgb color,
                 uint8_t* rgb) {
  const PlaneRow first(color.bytes[0]);
  const PlaneRow second(color.bytes[1]);
  const PlaneRow third(color.bytes[2]);
  const U8x16 opaque = U8x16{} + uint8_t{255};
  int x = 0;
  for (; kVectors && x + 16 <= width; x += 16) {
    const PairedPlanes planes(Load<U8x16>(y + x), Load<U8x16>(u + x), Load<U8x16>(v + x));
    const U8x16 a = planes.Apply<kToRgbBits>(first);
    const U8x16 b = planes.Apply<kToRgbBits>(second);
    const U8x16 c = planes.Apply<kToRgbBits>(third);
    const U8x16 ab_low = ZipLow(a, b);
    const U8x16 ab_high = ZipHigh(a, b);
    const U8x16 c_low = ZipLow(c, opaque);
    const U8x16 c_high = ZipHigh(c, opaque);
    Store(rgb + 4 * x, ZipPairsLow(ab_low, c_low));
    Store(rgb + 4 * x + 16, ZipPairsHigh(ab_low, c_low));
    Store(rgb + 4 * x + 32, ZipPairsLow(ab_high, c_high));
    Store(rgb + 4 * x + 48, ZipPairsHigh(ab_high, c_high));
  }
  for (; x < width; ++x) {
    for (int i = 0; i < 3; ++i) {
      const FixedRow& row = color.bytes[static_cast<size_t>(i)];
      rgb[4 * x + i] = ToByte(Apply(row, y[x], u[x], v[x], kToRgbBits));
    }
    rgb[4 * x + 3] = 255;
  }
}

YuvToYuv MakeYuvToYuv(ColorSpace from, ColorSpace to) {
  const Matrix3 matrix = YuvFromRgb(to) * RgbFromYuv(from);
  const auto luma = Fixed(matrix[0], kBetweenBits);
  // Grey is grey in both spaces: luma has no part in chroma.
  const auto u = Fixed({0, matrix[1][1], matrix[1][2]}, kBetweenBits);
  const auto v = Fixed({0, matrix[2][1], matrix[2][2]}, kBetweenBits);
  const auto bias = [](int offset, const std::array<int, 3>& weights) {
    return (offset << kBetweenBits) + Half(kBetweenBits) - kNoColor * (weights[1] + weights[2]);
  };
  return {.y = {luma, bias(BlackLevel(to.range), luma) - BlackLevel(from.range) * luma[0]},
          .u = {u, bias(kNoColor, u)},
          .v = {v, bias(kNoColor, v)}};
}

void ConvertLumaRow(uint8_t* y, const uint8_t* u, const uint8_t* v, int width, YuvToYuv color) {
  const PlaneRow row(color.y);
  int x = 0;
  for (; kVectors && x + 16 <= width; x += 16) {
    const PairedPlanes planes(Load<U8x16>(y + x), Load<U8x16>(u + x), Load<U8x16>(v + x));
    Store(y + x, planes.Apply<kBetweenBits>(row));
  }
  for (; x < width; ++x) y[x] = ToByte(Apply(color.y, y[x], u[x], v[x], kBetweenBits));
}

void ConvertChromaRow(uint8_t* u, uint8_t* v, int width, YuvToYuv color) {
  // U and V are the first pair here; luma, of no weight, is left out.
  const auto without_luma = [](const FixedRow& row) {
    return PlaneRow({{row.weights[1], row.weights[2], 0}, row.bias});
  };
  const PlaneRow row_u = without_luma(color.u);
  const PlaneRow row_v = without_luma(color.v);
  int x = 0;
  for (; kVectors && x + 16 <= width; x += 16) {
    const PairedPlanes planes(Load<U8x16>(u + x), Load<U8x16>(v + x), U8x16{});
    Store(u + x, planes.Apply<kBetweenBits>(row_u));
    Store(v + x, planes.Apply<kBetweenBits>(row_v));
  }
  for (; x < width; ++x) {
    const int old_u = u[x];
    const int old_v = v[x];
    u[x] = ToByte(Apply(color.u, 0, old_u, old_v, kBetweenBits));
    v[x] = ToByte(Apply(color.v, 0, old_u, old_v, kBetweenBits));
  }
}

}  // namespace earshot
