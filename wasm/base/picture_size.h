// Which sizes of pictures there are: what a page or the network may make the video parts allocate
// is bounded by it.
#pragma once

namespace earshot {

/// Pixels of the largest picture, 4096 × 2304.
inline constexpr int kMaxPicturePixels = 4096 * 2304;
/// Of one side.
inline constexpr int kMaxPictureSide = 16383;

constexpr bool IsPictureSize(int width, int height) {
  return width > 0 && height > 0 && width <= kMaxPictureSide && height <= kMaxPictureSide &&
         width <= kMaxPicturePixels / height;
}

}  // namespace earshot
