// I420: the planes Y, U and V one after the other without padding, 8 bits a sample. Chroma has half
// the width and height, rounded up.
#pragma once

#include <cstddef>

namespace earshot {

/// Bytes of a frame of `width` × `height` pixels.
constexpr size_t I420Bytes(int width, int height) {
  const auto w = static_cast<size_t>(width);
  const auto h = static_cast<size_t>(height);
  return w * h + 2 * ((w + 1) / 2) * ((h + 1) / 2);
}

}  // namespace earshot
