// The uncompressed part of a VP8 frame (RFC 6386 §9.1): what has to be known of a frame before
// anything is allocated for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/picture_size.h"
#include "base/status.h"

namespace earshot {

/// Pixels of the largest frame that is encoded or decoded: what a header may make the decoder
/// allocate is bounded by it.
inline constexpr int kMaxVp8Pixels = kMaxPicturePixels;
/// Of one side: 14 bits in the header.
inline constexpr int kMaxVp8Side = 16383;

struct Vp8FrameHeader {
  bool key_frame = false;
  bool shown = false;          ///< Frames that are not only serve as references.
  int version = 0;             ///< 0 … 3: simpler filters the higher it is.
  size_t partition_bytes = 0;  ///< Of the first partition, which follows the header.
  int width = 0;               ///< Pixels, 1 … 16383; 0 unless key_frame.
  int height = 0;              ///< Likewise.
};

/// kCorruptData when `frame` is too short, its start code is wrong, its size is zero or its first
/// partition is longer than it.
StatusOr<Vp8FrameHeader> ParseVp8FrameHeader(std::span<const uint8_t> frame);

/// Whether frames of this size are encoded and decoded.
constexpr bool IsVp8Size(int width, int height) {
  return width > 0 && height > 0 && width <= kMaxVp8Side && height <= kMaxVp8Side &&
         width <= kMaxVp8Pixels / height;
}

}  // namespace earshot
