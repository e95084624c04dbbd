// RedPayload: what a payload of redundant audio data holds (RFC 2198, `audio/red`): a packet's own
// payload, the primary, and copies of earlier ones.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/status.h"

namespace earshot {

/// Blocks in one payload at most, the primary included; senders use two or three.
inline constexpr int kMaxRedBlocks = 32;

struct RedBlock {
  int payload_type = 0;           ///< Of the codec, 0 … 127.
  uint32_t timestamp_offset = 0;  ///< To subtract from the packet's RTP timestamp, 14 bits.
  std::span<const uint8_t> data;  ///< Empty: legal, nothing was sent in this place.
};

/// A parsed payload. Holds no bytes of its own: the blocks point into what was parsed.
class RedPayload {
 public:
  /// Reads the block headers (RFC 2198 §3) of bytes from the network: kCorruptData if a header or
  /// a block reaches beyond the end, or if there are more than kMaxRedBlocks. Real-time safe.
  static StatusOr<RedPayload> Parse(std::span<const uint8_t> payload);

  const RedBlock& primary() const { return blocks_[num_redundant_]; }
  /// In the order of the payload, by custom the oldest first.
  std::span<const RedBlock> redundant() const { return {blocks_.data(), num_redundant_}; }

 private:
  std::array<RedBlock, kMaxRedBlocks> blocks_;
  std::size_t num_redundant_ = 0;
};

}  // namespace earshot
