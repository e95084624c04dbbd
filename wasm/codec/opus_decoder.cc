#include "codec/opus_decoder.h"

#include <opus.h>

#include <cstring>

#include "codec/opus_packet.h"

namespace earshot {
namespace {

int FromLibopus(int result) {
  if (result >= 0) return result;
  switch (result) {
    case OPUS_BAD_ARG:
      return ToInt(StatusCode::kInvalidArgument);
    case OPUS_BUFFER_TOO_SMALL:
      return ToInt(StatusCode::kBufferTooSmall);
    case OPUS_INVALID_PACKET:
      return ToInt(StatusCode::kCorruptData);
    default:
      return ToInt(StatusCode::kInternal);
  }
}

}  // namespace

StatusOr<std::unique_ptr<OpusStreamDecoder>> OpusStreamDecoder::Create(
    const OpusDecoderConfig& config) {
  int error = OPUS_OK;
  ::OpusDecoder* decoder = opus_decoder_create(config.sample_rate_hz, config.num_channels, &error);
  if (error == OPUS_BAD_ARG) {
    return Status(StatusCode::kInvalidArgument,
                  "Opus decodes to 8, 12, 16, 24 or 48 kHz, one or two channels");
  }
  if (decoder == nullptr) return Status(StatusCode::kInternal, "libopus made no decoder");
  return std::unique_ptr<OpusStreamDecoder>(new OpusStreamDecoder(config, decoder));
}

OpusStreamDecoder::OpusStreamDecoder(const OpusDecoderConfig& config, ::OpusDecoder* decoder)
    : config_(config),
      decoder_(decoder),
      saved_(static_cast<size_t>(opus_decoder_get_size(config.num_channels))) {}

OpusStreamDecoder::~OpusStreamDecoder() { opus_decoder_destroy(decoder_); }

int OpusStreamDecoder::PacketDuration(std::span<const uint8_t> payload) const {
  const StatusOr<OpusPacketInfo> info = ParseOpusPacket(payload);
  if (!info.ok()) return ToInt(info.status().code());
  return info.value().duration() / (kOpusClockHz / config_.sample_rate_hz);
}

bool OpusStreamDecoder::HasRedundancy(std::span<const uint8_t> payload) const {
  const StatusOr<OpusPacketInfo> info = ParseOpusPacket(payload);
  return info.ok() && info.value().has_redundancy;
}

int OpusStreamDecoder::Decode(std::span<const uint8_t> payload, std::span<float> out) {
  const int num_frames = PacketDuration(payload);
  if (num_frames < 0) return num_frames;
  if (static_cast<size_t>(num_frames) * static_cast<size_t>(config_.num_channels) > out.size()) {
    return ToInt(StatusCode::kBufferTooSmall);
  }
  return FromLibopus(opus_decode_float(decoder_, payload.data(),
                                       static_cast<opus_int32>(payload.size()), out.data(),
                                       num_frames, 0));
}

int OpusStreamDecoder::DecodeRedundancy(std::span<const uint8_t> payload, int num_frames,
                                        std::span<float> out) {
  const StatusCode code = CheckSpan(num_frames, out);
  if (code != StatusCode::kOk) return ToInt(code);
  // Without a copy inside, libopus would conceal; the caller decides about that.
  if (!HasRedundancy(payload)) return ToInt(StatusCode::kCorruptData);
  return FromLibopus(opus_decode_float(decoder_, payload.data(),
                                       static_cast<opus_int32>(payload.size()), out.data(),
                                       num_frames, 1));
}

int OpusStreamDecoder::Conceal(int num_frames, std::span<float> out) {
  const StatusCode code = CheckSpan(num_frames, out);
  if (code != StatusCode::kOk) return ToInt(code);
  return FromLibopus(opus_decode_float(decoder_, nullptr, 0, out.data(), num_frames, 0));
}

StatusCode OpusStreamDecoder::CheckSpan(int num_frames, std::span<float> out) const {
  const int quantum = config_.sample_rate_hz / 400;  // 2.5 ms
  if (num_frames <= 0 || num_frames % quantum != 0 || num_frames / quantum > 48) {
    return StatusCode::kInvalidArgument;
  }
  if (static_cast<size_t>(num_frames) * static_cast<size_t>(config_.num_channels) > out.size()) {
    return StatusCode::kBufferTooSmall;
  }
  return StatusCode::kOk;
}

// The state is one block without pointers into itself; libopus allows it to be copied.
void OpusStreamDecoder::SaveState() { std::memcpy(saved_.data(), decoder_, saved_.size()); }

void OpusStreamDecoder::RestoreState() { std::memcpy(decoder_, saved_.data(), saved_.size()); }

void OpusStreamDecoder::Reset() { opus_decoder_ctl(decoder_, OPUS_RESET_STATE); }

Status OpusStreamDecoder::set_output_gain_q8_db(int gain) {
  if (opus_decoder_ctl(decoder_, OPUS_SET_GAIN(gain)) == OPUS_OK) return {};
  return {StatusCode::kInvalidArgument, "the output gain is -32768 … 32767"};
}

}  // namespace earshot
