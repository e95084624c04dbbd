#include "codec/vp8_frame_header.h"

namespace earshot {
namespace {

constexpr size_t kTagBytes = 3;
constexpr size_t kKeyFrameBytes = 10;
constexpr int kMaxVersion = 3;

// 14 bits of size; the two above them are a wish for scaling, which concerns who shows the frame.
int Side(uint8_t low, uint8_t high) { return (low | high << 8) & 0x3fff; }

}  // namespace

StatusOr<Vp8FrameHeader> ParseVp8FrameHeader(std::span<const uint8_t> frame) {
  if (frame.size() < kTagBytes) return Status(StatusCode::kCorruptData, "a VP8 frame is cut off");
  Vp8FrameHeader header;
  header.key_frame = (frame[0] & 1) == 0;
  header.version = frame[0] >> 1 & 7;
  header.shown = (frame[0] & 16) != 0;
  header.partition_bytes = static_cast<size_t>(frame[0] >> 5) | static_cast<size_t>(frame[1]) << 3 |
                           static_cast<size_t>(frame[2]) << 11;
  if (header.version > kMaxVersion) {
    return Status(StatusCode::kCorruptData, "a VP8 frame is of an unknown version");
  }
  const size_t header_bytes = header.key_frame ? kKeyFrameBytes : kTagBytes;
  if (frame.size() < header_bytes || header.partition_bytes > frame.size() - header_bytes) {
    return Status(StatusCode::kCorruptData, "a VP8 frame is cut off");
  }
  if (!header.key_frame) return header;
  if (frame[3] != 0x9d || frame[4] != 0x01 || frame[5] != 0x2a) {
    return Status(StatusCode::kCorruptData, "a VP8 key frame is without its start code");
  }
  header.width = Side(frame[6], frame[7]);
  header.height = Side(frame[8], frame[9]);
  if (header.width == 0 || header.height == 0) {
    return Status(StatusCode::kCorruptData, "a VP8 key frame has no size");
  }
  return header;
}

}  // namespace earshot
