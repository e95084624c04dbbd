// Writes payloads of redundant audio data (RFC 2198 §3), bit by bit from the figures of the RFC.
#pragma once

#include <cstdint>
#include <vector>

namespace earshot::testing {

struct RedundantBlock {
  int payload_type = 111;
  uint32_t timestamp_offset = 0;
  std::vector<uint8_t> data = {};
};

inline std::vector<uint8_t> WriteRed(const std::vector<RedundantBlock>& redundant,
                                     int primary_payload_type,
                                     const std::vector<uint8_t>& primary) {
  std::vector<uint8_t> bytes;
  int filled_bits = 0;
  const auto put = [&](uint32_t value, int num_bits) {
    for (int bit = num_bits - 1; bit >= 0; --bit, ++filled_bits) {
      if (filled_bits % 8 == 0) bytes.push_back(0);
      bytes.back() =
          static_cast<uint8_t>(bytes.back() | ((value >> bit) & 1u) << (7 - filled_bits % 8));
    }
  };
  for (const RedundantBlock& block : redundant) {
    put(1, 1);
    put(static_cast<uint32_t>(block.payload_type), 7);
    put(block.timestamp_offset, 14);
    put(static_cast<uint32_t>(block.data.size()), 10);
  }
  put(0, 1);
  put(static_cast<uint32_t>(primary_payload_type), 7);
  for (const RedundantBlock& block : redundant) {
    bytes.insert(bytes.end(), block.data.begin(), block.data.end());
  }
  bytes.insert(bytes.end(), primary.begin(), primary.end());
  return bytes;
}

}  // namespace earshot::testing
