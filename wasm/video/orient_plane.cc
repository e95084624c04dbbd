#include "video/orient_plane.h"

#include <algorithm>
#include <cstring>

namespace earshot {
namespace {

/// Rows and columns taken at a time, so that both sides stay in the cache.
constexpr int kBlock = 16;

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
  for (int top = 0; top < width; top += kBlock) {
    for (int left = 0; left < height; left += kBlock) {
      for (int y = top; y < std::min(top + kBlock, width); ++y) {
        const int column = orientation.reverse_x ? width - 1 - y : y;
        uint8_t* const row = target + static_cast<int64_t>(y) * height;
        for (int x = left; x < std::min(left + kBlock, height); ++x) {
          row[x] = source_row(x)[column];
        }
      }
    }
  }
}

}  // namespace earshot
