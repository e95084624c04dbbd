// The two header packets of an Ogg Opus stream (RFC 7845 §5).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace earshot {

/// OpusHead (§5.1) of channel mapping family 0: mono or stereo.
struct OggOpusHeader {
  int num_channels = 1;  ///< 1 or 2.
  int pre_skip = 0;      ///< Decoded samples to drop at the start, at 48 kHz, 0 … 65535.
  uint32_t input_sample_rate_hz =
      0;                      ///< Of the sound before encoding, for information; 0 when unknown.
  int output_gain_q8_db = 0;  ///< Gain the decoder applies, in 1/256 dB.
};

/// kCorruptData when `packet` is no OpusHead, kUnsupported for other versions and channel mappings.
StatusOr<OggOpusHeader> ParseOpusHead(std::span<const uint8_t> packet);
std::vector<uint8_t> BuildOpusHead(const OggOpusHeader& header);

/// Whether `packet` begins as OpusTags (§5.2). What the tags say has no influence on decoding.
bool IsOpusTags(std::span<const uint8_t> packet);
/// `vendor`: the encoder library; `comment`: one "NAME=value" or empty.
std::vector<uint8_t> BuildOpusTags(std::string_view vendor, std::string_view comment);

}  // namespace earshot
