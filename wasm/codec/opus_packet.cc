#include "codec/opus_packet.h"

#include <opus.h>

namespace earshot {

StatusOr<OpusPacketInfo> ParseOpusPacket(std::span<const uint8_t> packet) {
  constexpr Status kNotOpus(StatusCode::kCorruptData, "not an Opus packet");
  if (packet.empty() || packet.size() > INT32_MAX) return kNotOpus;
  const auto size = static_cast<opus_int32>(packet.size());
  const unsigned char* frames[48];
  opus_int16 frame_sizes[48];
  const int num_frames =
      opus_packet_parse(packet.data(), size, nullptr, frames, frame_sizes, nullptr);
  if (num_frames <= 0) return kNotOpus;

  OpusPacketInfo info;
  info.num_frames = num_frames;
  info.frame_samples = opus_packet_get_samples_per_frame(packet.data(), kOpusClockHz);
  info.num_channels = opus_packet_get_nb_channels(packet.data());
  if (info.duration() > kMaxOpusPacketFrames) return kNotOpus;
  info.has_redundancy = opus_packet_has_lbrr(packet.data(), size) == 1;
  return info;
}

}  // namespace earshot
