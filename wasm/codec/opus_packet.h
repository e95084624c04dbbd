// What an Opus packet says about itself, read from its first bytes without decoding (RFC 6716 §3).
#pragma once

#include <cstdint>
#include <span>

#include "base/status.h"

namespace earshot {

/// Rate at which Opus counts time, whatever rate the sound is decoded at.
inline constexpr int kOpusClockHz = 48000;
/// Longest packet in time: 120 ms (RFC 6716 §3.2.5), in samples per channel at kOpusClockHz.
inline constexpr int kMaxOpusPacketFrames = 5760;

struct OpusPacketInfo {
  int num_frames = 0;           ///< Opus frames in the packet, 1 … 48.
  int frame_samples = 0;        ///< Of one frame, per channel at kOpusClockHz.
  int num_channels = 0;         ///< As coded, 1 or 2; a decoder may give out another number.
  bool has_redundancy = false;  ///< Whether in-band FEC for the packet before is inside.

  int duration() const { return num_frames * frame_samples; }
};

/// Parses and validates the framing of `packet`: kCorruptData unless it follows all of RFC 6716
/// §3.4. Real-time safe.
StatusOr<OpusPacketInfo> ParseOpusPacket(std::span<const uint8_t> packet);

}  // namespace earshot
