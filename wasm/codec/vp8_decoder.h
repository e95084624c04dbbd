// Vp8Decoder: VP8 frames (RFC 6386) to I420.
//
//   auto decoder = Vp8Decoder::Create();
//   if (decoder.value()->Decode(payload) == 1) Show(decoder.value()->frame());
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/status.h"

namespace earshot {

/// Frames of one stream, in order. Memory follows the size that key frames give, up to
/// kMaxVp8Pixels; a frame without a change of size allocates nothing.
class Vp8Decoder {
 public:
  static StatusOr<std::unique_ptr<Vp8Decoder>> Create();
  ~Vp8Decoder();
  Vp8Decoder(const Vp8Decoder&) = delete;
  Vp8Decoder& operator=(const Vp8Decoder&) = delete;

  /// Decodes one frame. Returns 1 when frame() is a new picture, 0 when the frame is not to be
  /// shown, kCorruptData for a frame that does not follow the format (what follows may be decoded,
  /// from pictures that are wrong until the next key frame), kFailedPrecondition before the first
  /// key frame, kUnsupported for a key frame of more than kMaxVp8Pixels, or kInternal.
  int Decode(std::span<const uint8_t> payload);

  /// The newest picture as I420, valid until the next Decode; empty before the first.
  std::span<const uint8_t> frame() const { return frame_; }
  int width() const { return width_; }    ///< Of frame(), pixels.
  int height() const { return height_; }  ///< Of frame(), pixels.

 private:
  struct Codec;
  explicit Vp8Decoder(std::unique_ptr<Codec> codec);

  std::unique_ptr<Codec> codec_;
  bool started_ = false;
  std::vector<uint8_t> frame_;
  int width_ = 0;
  int height_ = 0;
};

}  // namespace earshot
