// How pictures lie in memory: the formats of WebCodecs (VideoPixelFormat) with 8 bits a sample, as
// VideoFrame.copyTo() delivers them: planes one after another, rows without padding.
#pragma once

#include <cstddef>

#include "base/i420.h"

namespace earshot {

/// The values are part of the WebAssembly ABI.
enum class PictureFormat : int {
  kI420 = 0,   ///< Y, then U and V of half width and height, rounded up.
  kI420A = 1,  ///< I420, then alpha of the size of Y.
  kI422 = 2,   ///< Y, then U and V of half width, rounded up.
  kI444 = 3,   ///< Y, U and V of one size.
  kNv12 = 4,   ///< Y, then pairs of U and V of half width and height, rounded up.
  kNv21 = 5,   ///< Likewise with V before U.
  kRgba = 6,   ///< Four bytes a pixel, in the order of the name.
  kRgbx = 7,
  kBgra = 8,
  kBgrx = 9,
};

constexpr bool IsPictureFormat(int number) {
  return number >= static_cast<int>(PictureFormat::kI420) &&
         number <= static_cast<int>(PictureFormat::kBgrx);
}

constexpr bool IsRgb(PictureFormat format) { return format >= PictureFormat::kRgba; }

/// Whether blue comes before red.
constexpr bool IsBlueFirst(PictureFormat format) {
  return format == PictureFormat::kBgra || format == PictureFormat::kBgrx;
}

/// Whether U and V alternate in one plane.
constexpr bool HasChromaPairs(PictureFormat format) {
  return format == PictureFormat::kNv12 || format == PictureFormat::kNv21;
}

/// Of a format that is not RGB: by how many bits its chroma is narrower, and lower, than luma.
constexpr int ChromaShiftX(PictureFormat format) { return format == PictureFormat::kI444 ? 0 : 1; }
constexpr int ChromaShiftY(PictureFormat format) {
  return format == PictureFormat::kI444 || format == PictureFormat::kI422 ? 0 : 1;
}

/// Samples of a side of a plane that is narrower by `shift` bits.
constexpr int ShiftedSide(int side, int shift) { return (side + (1 << shift) - 1) >> shift; }

/// Bytes of a picture of `width` × `height` pixels.
constexpr size_t PictureBytes(PictureFormat format, int width, int height) {
  const size_t pixels = static_cast<size_t>(width) * static_cast<size_t>(height);
  if (IsRgb(format)) return 4 * pixels;
  const auto chroma = 2 * static_cast<size_t>(ShiftedSide(width, ChromaShiftX(format))) *
                      static_cast<size_t>(ShiftedSide(height, ChromaShiftY(format)));
  return (format == PictureFormat::kI420A ? 2 * pixels : pixels) + chroma;
}

static_assert(PictureBytes(PictureFormat::kI420, 5, 3) == I420Bytes(5, 3));

}  // namespace earshot
