#include "video/orient_plane.h"

#include <algorithm>
#include <cstring>

#include "video/simd.h"

namespace earshot {
namespace {

/// Rows and columns taken at a time, so that both sides stay in the cache.
constexpr int kBlock = 16;

/// Columns of 16 × 16 samples become rows. Strides may be negative.
void TransposeBlock(const uint8_t* source, int64_t source_stride, uint8_t* target,
                    int64_t target_stride) {
  U8x16 rows[kBlock];
  for (int i = 0; i < kBlock; ++i) rows[i] = Load<U8x16>(source + i * source_stride);
  // Each round zips the first with the second half: four times, and a sample's column is its row.
  for (int round = 0; round < 4; ++round) {
    U8x16 zipped[kBlock];
    for (int i = 0; i < kBlock / 2; ++i) {
      zipped[2 * i] = ZipLow(rows[i], rows[i + kBlock / 2]);
      zipped[2 * i + 1] = ZipHigh(rows[i], rows[i + kBlock / 2]);
    }
    std::copy_n(zipped, kBlock, rows);
  }
  for (int i = 0; i < kBlock; ++i) Store(target + i * target_stride, rows[i]);
}

}  // namespace

void OrientPlane(const uint8_t* source, int width, int height, Orientation orientation,
                 uint8_t* target) {
  const auto source_row = [&](int y) {
    return source + static_cast<int64_t>(orientation.reverse_y ? height - 1 - y : y) * width;
  };
  if (!orientation.swap) {
    for (int y = 0; y < height; ++y) {
      const uint8_t* const row = source_row(y);
      if (orientation.reverse_x) {
        std::reverse_copy(row, row + width, target);
      } else {
        std::memcpy(target, row, static_cast<size_t>(width));
      }
      target += width;
    }
    return;
  }
  // Row y of the target is column y of the source, counted from the right if that is reversed.
  const auto target_row = [&](int column) {
    const int y = orientation.reverse_x ? width - 1 - column : column;
    return target + static_cast<int64_t>(y) * height;
  };
  const int64_t source_stride = orientation.reverse_y ? -width : width;
  const int64_t target_stride = orientation.reverse_x ? -height : height;
  for (int left = 0; left < width; left += kBlock) {
    for (int top = 0; top < height; top += kBlock) {
      const int right = std::min(left + kBlock, width);
      const int bottom = std::min(top + kBlock, height);
      if (kVectors && right - left == kBlock && bottom - top == kBlock) {
        TransposeBlock(source_row(top) + left, source_stride, target_row(left) + top,
                       target_stride);
        continue;
      }
      for (int column = left; column < right; ++column) {
        uint8_t* const row = target_row(column);
        for (int y = top; y < bottom; ++y) row[y] = source_row(y)[column];
      }
    }
  }
}

}  // namespace earshot
