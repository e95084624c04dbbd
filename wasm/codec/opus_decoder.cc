#include "codec/opus_decoder.h"

#include <opus.h>

#include <algorithm>
#include <cstring>

#include "codec/opus_packet.h"

namespace earshot {
namespace {

// Of libopus's decoder: from 5 on lost packets are concealed by networks, from 6 on speech of low
// bitrate is enhanced as well (OSCE: LACE, NoLACE from 7 on).
constexpr int kDeepComplexity = 6;

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

bool HasDeepOpus() { return opus_dred_get_size() > 0; }

void OpusStreamDecoder::Free::operator()(::OpusDecoder* decoder) const {
  opus_decoder_destroy(decoder);
}
void OpusStreamDecoder::Free::operator()(::OpusDREDDecoder* decoder) const {
  opus_dred_decoder_destroy(decoder);
}
void OpusStreamDecoder::Free::operator()(::OpusDRED* redundancy) const {
  opus_dred_free(redundancy);
}

StatusOr<std::unique_ptr<OpusStreamDecoder>> OpusStreamDecoder::Create(
    const OpusDecoderConfig& config) {
  int error = OPUS_OK;
  ::OpusDecoder* decoder = opus_decoder_create(config.sample_rate_hz, config.num_channels, &error);
  if (error == OPUS_BAD_ARG) {
    return Status(StatusCode::kInvalidArgument,
                  "Opus decodes to 8, 12, 16, 24 or 48 kHz, one or two channels");
  }
  if (decoder == nullptr) return Status(StatusCode::kInternal, "libopus made no decoder");
  std::unique_ptr<OpusStreamDecoder> stream(new OpusStreamDecoder(config, decoder));
  if (config.deep) {
    const Status status = stream->GoDeep();
    if (!status.ok()) return status;
  }
  return stream;
}

OpusStreamDecoder::OpusStreamDecoder(const OpusDecoderConfig& config, ::OpusDecoder* decoder)
    : config_(config),
      decoder_(decoder),
      saved_(static_cast<size_t>(opus_decoder_get_size(config.num_channels))) {}

OpusStreamDecoder::~OpusStreamDecoder() = default;

Status OpusStreamDecoder::GoDeep() {
  if (!HasDeepOpus()) {
    return {StatusCode::kUnsupported, "this build's libopus is without its networks"};
  }
  redundancy_decoder_.reset(opus_dred_decoder_create(nullptr));
  redundancy_.reset(opus_dred_alloc(nullptr));
  if (!redundancy_decoder_ || !redundancy_ ||
      opus_decoder_ctl(decoder_.get(), OPUS_SET_COMPLEXITY(kDeepComplexity)) != OPUS_OK) {
    return {StatusCode::kInternal, "libopus made no decoder of deep redundancy"};
  }
  return {};
}

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
  return FromLibopus(opus_decode_float(decoder_.get(), payload.data(),
                                       static_cast<opus_int32>(payload.size()), out.data(),
                                       num_frames, 0));
}

int OpusStreamDecoder::DecodeRedundancy(std::span<const uint8_t> payload, int num_frames,
                                        std::span<float> out) {
  const StatusCode code = CheckSpan(num_frames, out);
  if (code != StatusCode::kOk) return ToInt(code);
  // Without a copy inside, libopus would conceal; the caller decides about that.
  if (!HasRedundancy(payload)) return ToInt(StatusCode::kCorruptData);
  return FromLibopus(opus_decode_float(decoder_.get(), payload.data(),
                                       static_cast<opus_int32>(payload.size()), out.data(),
                                       num_frames, 1));
}

int OpusStreamDecoder::LoadDeepRedundancy(std::span<const uint8_t> payload, int max_frames) {
  if (!redundancy_decoder_ || payload.empty() || payload.size() > INT32_MAX) return 0;
  // libopus counts from the end of the newest description, which lies up to 40 ms, the length of
  // one, beyond the beginning of the packet.
  const int wanted =
      std::clamp(max_frames, 0, config_.sample_rate_hz) + config_.sample_rate_hz / 25;
  int end = 0;
  const int reach = opus_dred_parse(redundancy_decoder_.get(), redundancy_.get(), payload.data(),
                                    static_cast<opus_int32>(payload.size()), wanted,
                                    config_.sample_rate_hz, &end, 0);
  // What begins `end` before the packet or later is not described; packets may say anything of it.
  return end < wanted ? std::clamp(reach, 0, wanted) : 0;
}

int OpusStreamDecoder::DecodeDeepRedundancy(int frames_before, int num_frames,
                                            std::span<float> out) {
  if (!redundancy_) return Conceal(num_frames, out);
  const StatusCode code = CheckSpan(num_frames, out);
  if (code != StatusCode::kOk) return ToInt(code);
  return FromLibopus(opus_decoder_dred_decode_float(decoder_.get(), redundancy_.get(),
                                                    frames_before, out.data(), num_frames));
}

int OpusStreamDecoder::Conceal(int num_frames, std::span<float> out) {
  const StatusCode code = CheckSpan(num_frames, out);
  if (code != StatusCode::kOk) return ToInt(code);
  return FromLibopus(opus_decode_float(decoder_.get(), nullptr, 0, out.data(), num_frames, 0));
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
void OpusStreamDecoder::SaveState() { std::memcpy(saved_.data(), decoder_.get(), saved_.size()); }

void OpusStreamDecoder::RestoreState() {
  std::memcpy(decoder_.get(), saved_.data(), saved_.size());
}

void OpusStreamDecoder::Reset() { opus_decoder_ctl(decoder_.get(), OPUS_RESET_STATE); }

Status OpusStreamDecoder::set_output_gain_q8_db(int gain) {
  if (opus_decoder_ctl(decoder_.get(), OPUS_SET_GAIN(gain)) == OPUS_OK) return {};
  return {StatusCode::kInvalidArgument, "the output gain is -32768 … 32767"};
}

}  // namespace earshot
