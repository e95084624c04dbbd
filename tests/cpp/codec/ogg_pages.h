// Ogg pages taken apart and put together by the letter of RFC 3533, without libogg: the oracle of
// the reader and writer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace earshot {

struct OggPage {
  bool continued = false;
  bool first = false;
  bool last = false;
  int64_t granule_position = 0;
  uint32_t serial = 0;
  uint32_t sequence = 0;
  std::vector<uint8_t> lacing;  // segment lengths
  std::vector<uint8_t> body;
};

/// Empty when `file` is not a sequence of whole pages with right checksums.
std::vector<OggPage> ParseOggPages(std::span<const uint8_t> file);

std::vector<uint8_t> SerializeOggPage(const OggPage& page);

/// A page of whole packets.
OggPage MakeOggPage(const std::vector<std::vector<uint8_t>>& packets, int64_t granule_position,
                    uint32_t serial, uint32_t sequence);

/// The packets that `pages` of one stream hold.
std::vector<std::vector<uint8_t>> PacketsOf(const std::vector<OggPage>& pages);

}  // namespace earshot
