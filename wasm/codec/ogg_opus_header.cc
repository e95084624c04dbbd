#include "codec/ogg_opus_header.h"

#include <algorithm>

namespace earshot {
namespace {

constexpr std::string_view kHeadMagic = "OpusHead";
constexpr std::string_view kTagsMagic = "OpusTags";
constexpr size_t kHeadBytes = 19;  // Mapping family 0 has no table behind it.

bool BeginsWith(std::span<const uint8_t> packet, std::string_view magic) {
  return packet.size() >= magic.size() && std::equal(magic.begin(), magic.end(), packet.begin());
}

void AppendText(std::vector<uint8_t>& out, std::string_view text) {
  for (const char c : text) out.push_back(static_cast<uint8_t>(c));
}

void AppendLittleEndian(std::vector<uint8_t>& out, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

uint32_t ReadLittleEndian(std::span<const uint8_t> bytes) {
  uint32_t value = 0;
  for (size_t i = bytes.size(); i > 0; --i) value = value << 8 | bytes[i - 1];
  return value;
}

}  // namespace

StatusOr<OggOpusHeader> ParseOpusHead(std::span<const uint8_t> packet) {
  if (!BeginsWith(packet, kHeadMagic) || packet.size() < kHeadBytes) {
    return Status(StatusCode::kCorruptData, "no complete OpusHead");
  }
  // The upper four bits count incompatible versions (§5.1, item 2).
  if ((packet[8] & 0xF0) != 0)
    return Status(StatusCode::kUnsupported, "OpusHead of a later version");
  OggOpusHeader header;
  header.num_channels = packet[9];
  header.pre_skip = static_cast<int>(ReadLittleEndian(packet.subspan(10, 2)));
  header.input_sample_rate_hz = ReadLittleEndian(packet.subspan(12, 4));
  header.output_gain_q8_db = static_cast<int16_t>(ReadLittleEndian(packet.subspan(16, 2)));
  if (packet[18] != 0 || header.num_channels < 1 || header.num_channels > 2) {
    return Status(StatusCode::kUnsupported, "more than two channels");
  }
  return header;
}

std::vector<uint8_t> BuildOpusHead(const OggOpusHeader& header) {
  std::vector<uint8_t> packet;
  AppendText(packet, kHeadMagic);
  packet.push_back(1);
  packet.push_back(static_cast<uint8_t>(header.num_channels));
  AppendLittleEndian(packet, static_cast<uint32_t>(header.pre_skip), 2);
  AppendLittleEndian(packet, header.input_sample_rate_hz, 4);
  AppendLittleEndian(packet, static_cast<uint32_t>(header.output_gain_q8_db), 2);
  packet.push_back(0);
  return packet;
}

bool IsOpusTags(std::span<const uint8_t> packet) { return BeginsWith(packet, kTagsMagic); }

std::vector<uint8_t> BuildOpusTags(std::string_view vendor, std::string_view comment) {
  std::vector<uint8_t> packet;
  AppendText(packet, kTagsMagic);
  AppendLittleEndian(packet, static_cast<uint32_t>(vendor.size()), 4);
  AppendText(packet, vendor);
  AppendLittleEndian(packet, comment.empty() ? 0 : 1, 4);
  if (!comment.empty()) {
    AppendLittleEndian(packet, static_cast<uint32_t>(comment.size()), 4);
    AppendText(packet, comment);
  }
  return packet;
}

}  // namespace earshot
