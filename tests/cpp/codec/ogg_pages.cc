#include "codec/ogg_pages.h"

#include <utility>

namespace earshot {
namespace {

// RFC 3533 §6: polynomial 0x04c11db7, not reflected, initial value and final XOR 0, with the
// checksum field zero.
uint32_t Checksum(std::span<const uint8_t> page) {
  uint32_t crc = 0;
  for (size_t i = 0; i < page.size(); ++i) {
    const uint8_t byte = i >= 22 && i < 26 ? 0 : page[i];
    crc ^= static_cast<uint32_t>(byte) << 24;
    for (int bit = 0; bit < 8; ++bit)
      crc = crc << 1 ^ ((crc & 0x80000000U) != 0 ? 0x04c11db7U : 0U);
  }
  return crc;
}

uint64_t Read(std::span<const uint8_t> bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i > 0; --i) value = value << 8 | bytes[i - 1];
  return value;
}

void Append(std::vector<uint8_t>& out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

}  // namespace

std::vector<OggPage> ParseOggPages(std::span<const uint8_t> file) {
  std::vector<OggPage> pages;
  while (!file.empty()) {
    if (file.size() < 27 || Read(file.first(4)) != 0x5367674F || file[4] != 0) return {};
    const size_t segments = file[26];
    if (file.size() < 27 + segments) return {};
    OggPage page;
    page.continued = (file[5] & 1) != 0;
    page.first = (file[5] & 2) != 0;
    page.last = (file[5] & 4) != 0;
    page.granule_position = static_cast<int64_t>(Read(file.subspan(6, 8)));
    page.serial = static_cast<uint32_t>(Read(file.subspan(14, 4)));
    page.sequence = static_cast<uint32_t>(Read(file.subspan(18, 4)));
    size_t body = 0;
    for (const uint8_t lacing : file.subspan(27, segments)) {
      page.lacing.push_back(lacing);
      body += lacing;
    }
    const size_t size = 27 + segments + body;
    if (file.size() < size || Checksum(file.first(size)) != Read(file.subspan(22, 4))) return {};
    const auto content = file.subspan(27 + segments, body);
    page.body.assign(content.begin(), content.end());
    pages.push_back(std::move(page));
    file = file.subspan(size);
  }
  return pages;
}

std::vector<uint8_t> SerializeOggPage(const OggPage& page) {
  std::vector<uint8_t> out = {'O', 'g', 'g', 'S', 0};
  out.push_back(
      static_cast<uint8_t>((page.continued ? 1 : 0) | (page.first ? 2 : 0) | (page.last ? 4 : 0)));
  Append(out, static_cast<uint64_t>(page.granule_position), 8);
  Append(out, page.serial, 4);
  Append(out, page.sequence, 4);
  Append(out, 0, 4);
  out.push_back(static_cast<uint8_t>(page.lacing.size()));
  out.insert(out.end(), page.lacing.begin(), page.lacing.end());
  out.insert(out.end(), page.body.begin(), page.body.end());
  const uint32_t crc = Checksum(out);
  for (size_t i = 0; i < 4; ++i) out[22 + i] = static_cast<uint8_t>(crc >> (8 * i));
  return out;
}

OggPage MakeOggPage(const std::vector<std::vector<uint8_t>>& packets, int64_t granule_position,
                    uint32_t serial, uint32_t sequence) {
  OggPage page;
  page.granule_position = granule_position;
  page.serial = serial;
  page.sequence = sequence;
  for (const auto& packet : packets) {
    page.lacing.insert(page.lacing.end(), packet.size() / 255, 255);
    page.lacing.push_back(static_cast<uint8_t>(packet.size() % 255));
    page.body.insert(page.body.end(), packet.begin(), packet.end());
  }
  return page;
}

std::vector<std::vector<uint8_t>> PacketsOf(const std::vector<OggPage>& pages) {
  std::vector<std::vector<uint8_t>> packets;
  std::vector<uint8_t> packet;
  for (const OggPage& page : pages) {
    size_t at = 0;
    for (const uint8_t lacing : page.lacing) {
      packet.insert(packet.end(), page.body.begin() + static_cast<ptrdiff_t>(at),
                    page.body.begin() + static_cast<ptrdiff_t>(at + lacing));
      at += lacing;
      if (lacing < 255) packets.push_back(std::exchange(packet, {}));
    }
  }
  return packets;
}

}  // namespace earshot
