#include "video/plane_scaler.h"

#include <algorithm>
#include <cstring>

#include "video/simd.h"

namespace earshot {
namespace {

/// Fraction bits of the row in between: with the overshoot of the filter it fits into 16 bits.
constexpr int kRowBits = 6;
constexpr int kDownShift = ScaleFilter::kBits - kRowBits;
constexpr int kAlongShift = ScaleFilter::kBits + kRowBits;
/// Taps come in pairs down the columns, in vectors along the rows.
constexpr int kDownMultiple = 2;
constexpr int kAlongMultiple = kVectors ? 8 : 1;

/// `width` samples, each the sum of `num_taps` rows by their weights.
void FilterDown(const uint8_t* const* rows, const int16_t* weights, int num_taps, int width,
                int16_t* out) {
  constexpr int kHalf = 1 << (kDownShift - 1);
  int x = 0;
  for (; kVectors && x + 16 <= width; x += 16) {
    I32x4 sums[4] = {Splat32(kHalf), Splat32(kHalf), Splat32(kHalf), Splat32(kHalf)};
    for (int k = 0; k < num_taps; k += 2) {
      const I16x8 pair = SplatPair(weights[k], weights[k + 1]);
      const auto a = Load<U8x16>(rows[k] + x);
      const auto b = Load<U8x16>(rows[k + 1] + x);
      const U8x16 low = ZipLow(a, b);
      const U8x16 high = ZipHigh(a, b);
      sums[0] += Dot(WidenLow(low), pair);
      sums[1] += Dot(WidenHigh(low), pair);
      sums[2] += Dot(WidenLow(high), pair);
      sums[3] += Dot(WidenHigh(high), pair);
    }
    Store(out + x, Narrow(sums[0] >> kDownShift, sums[1] >> kDownShift));
    Store(out + x + 8, Narrow(sums[2] >> kDownShift, sums[3] >> kDownShift));
  }
  // Two at a time, for the sake of builds that have nothing else.
  for (; x + 2 <= width; x += 2) {
    int left = kHalf;
    int right = kHalf;
    for (int k = 0; k < num_taps; ++k) {
      left += rows[k][x] * weights[k];
      right += rows[k][x + 1] * weights[k];
    }
    out[x] = static_cast<int16_t>(left >> kDownShift);
    out[x + 1] = static_cast<int16_t>(right >> kDownShift);
  }
  if (x < width) {
    int sum = kHalf;
    for (int k = 0; k < num_taps; ++k) sum += rows[k][x] * weights[k];
    out[x] = static_cast<int16_t>(sum >> kDownShift);
  }
}

/// One sample as four sums of products.
I32x4 Products(const int16_t* row, const int16_t* weights, int num_taps) {
  I32x4 sums = Dot(Load<I16x8>(row), Load<I16x8>(weights));
  for (int k = 8; k < num_taps; k += 8) {
    sums += Dot(Load<I16x8>(row + k), Load<I16x8>(weights + k));
  }
  return sums;
}

/// `row` begins with source sample `begin`.
void FilterAlong(const int16_t* row, int begin, const ScaleFilter& filter, int width,
                 uint8_t* out) {
  constexpr int kHalf = 1 << (kAlongShift - 1);
  const int num_taps = filter.taps();
  const auto four = [&](int x) {
    const auto one = [&](int i) {
      return Products(row + (filter.start(i) - begin), filter.weights(i), num_taps);
    };
    return (Sums(one(x), one(x + 1), one(x + 2), one(x + 3)) + kHalf) >> kAlongShift;
  };
  int x = 0;
  for (; kVectors && x + 16 <= width; x += 16) {
    Store(out + x, Narrow(Narrow(four(x), four(x + 4)), Narrow(four(x + 8), four(x + 12))));
  }
  for (; x < width; ++x) {
    const int16_t* const samples = row + (filter.start(x) - begin);
    const int16_t* const weights = filter.weights(x);
    int sum = kHalf;
    for (int k = 0; k < num_taps; ++k) sum += samples[k] * weights[k];
    out[x] = ToByte(sum >> kAlongShift);
  }
}

}  // namespace

void PlaneScaler::Configure(const ScaleAxis& x, const ScaleAxis& y) {
  if (!(x == x_)) {
    x_ = x;
    rows_.Configure(x, kAlongMultiple);
    // With zeros behind the end, for the weights that only fill up.
    row_.assign(static_cast<size_t>(x.end - x.begin + rows_.taps()), 0);
  }
  if (!(y == y_)) {
    y_ = y;
    columns_.Configure(y, kDownMultiple);
    taps_.resize(static_cast<size_t>(columns_.taps()));
  }
}

void PlaneScaler::Scale(const uint8_t* source, int source_stride, uint8_t* target,
                        int target_stride) {
  const auto row_of = [&](int64_t y) { return source + y * source_stride; };
  if (x_.is_copy() && y_.is_copy() && x_.offset() >= x_.begin && x_.offset() + x_.size <= x_.end &&
      y_.offset() >= y_.begin && y_.offset() + y_.size <= y_.end) {
    for (int y = 0; y < y_.size; ++y) {
      std::memcpy(target + static_cast<int64_t>(y) * target_stride,
                  row_of(y + y_.offset()) + x_.offset(), static_cast<size_t>(x_.size));
    }
    return;
  }
  for (int y = 0; y < y_.size; ++y) {
    for (int k = 0; k < columns_.taps(); ++k) {
      const int row = std::min(columns_.start(y) + k, y_.end - 1);
      taps_[static_cast<size_t>(k)] = row_of(row) + x_.begin;
    }
    FilterDown(taps_.data(), columns_.weights(y), columns_.taps(), x_.end - x_.begin, row_.data());
    FilterAlong(row_.data(), x_.begin, rows_, x_.size,
                target + static_cast<int64_t>(y) * target_stride);
  }
}

}  // namespace earshot
