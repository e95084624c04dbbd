#include "codec/red_payload.h"

namespace earshot {
namespace {
constexpr std::size_t kRedundantHeaderBytes = 4;
constexpr std::size_t kPrimaryHeaderBytes = 1;
constexpr Status kCorrupt(StatusCode::kCorruptData, "not a payload of redundant audio data");
}  // namespace

StatusOr<RedPayload> RedPayload::Parse(std::span<const uint8_t> payload) {
  RedPayload red;
  std::array<std::size_t, kMaxRedBlocks> lengths;
  std::size_t count = 0;
  // The highest bit of a header says that another follows: F in RFC 2198 §3.
  for (; !payload.empty() && (payload[0] & 0x80) != 0; ++count) {
    if (payload.size() < kRedundantHeaderBytes || count == kMaxRedBlocks - 1) return kCorrupt;
    red.blocks_[count].payload_type = payload[0] & 0x7f;
    red.blocks_[count].timestamp_offset = static_cast<uint32_t>(payload[1] << 6 | payload[2] >> 2);
    lengths[count] = static_cast<std::size_t>((payload[2] & 0x03) << 8 | payload[3]);
    payload = payload.subspan(kRedundantHeaderBytes);
  }
  if (payload.empty()) return kCorrupt;
  red.num_redundant_ = count;
  red.blocks_[count].payload_type = payload[0];
  payload = payload.subspan(kPrimaryHeaderBytes);
  for (std::size_t i = 0; i < count; ++i) {
    if (lengths[i] > payload.size()) return kCorrupt;
    red.blocks_[i].data = payload.first(lengths[i]);
    payload = payload.subspan(lengths[i]);
  }
  red.blocks_[count].data = payload;
  return red;
}

}  // namespace earshot
