#include "codec/opus_encoder.h"

#include <opus.h>

#include <algorithm>
#include <array>

namespace earshot {
namespace {

constexpr int kMinBitrate = 6000;    // RFC 6716 §2.1.1
constexpr int kMaxBitrate = 510000;  // RFC 6716 §2.1.1
constexpr int kMaxDeepRedundancyMs = 1000;

int ToLibopus(OpusApplication application) {
  switch (application) {
    case OpusApplication::kVoip:
      return OPUS_APPLICATION_VOIP;
    case OpusApplication::kAudio:
      return OPUS_APPLICATION_AUDIO;
    case OpusApplication::kLowDelay:
      return OPUS_APPLICATION_RESTRICTED_LOWDELAY;
  }
  return OPUS_BAD_ARG;
}

Status FromCtl(int result) {
  if (result == OPUS_OK) return {};
  if (result == OPUS_UNIMPLEMENTED) {
    return {StatusCode::kUnsupported, "this build's libopus is without its networks"};
  }
  return {result == OPUS_BAD_ARG ? StatusCode::kInvalidArgument : StatusCode::kInternal,
          "libopus refused the setting"};
}

}  // namespace

StatusOr<std::unique_ptr<OpusStreamEncoder>> OpusStreamEncoder::Create(
    const OpusEncoderConfig& config) {
  int error = OPUS_OK;
  ::OpusEncoder* encoder = opus_encoder_create(config.sample_rate_hz, config.num_channels,
                                               ToLibopus(config.application), &error);
  if (error == OPUS_BAD_ARG) {
    return Status(StatusCode::kInvalidArgument,
                  "Opus encodes 8, 12, 16, 24 or 48 kHz, one or two channels");
  }
  if (encoder == nullptr) return Status(StatusCode::kInternal, "libopus made no encoder");
  return std::unique_ptr<OpusStreamEncoder>(new OpusStreamEncoder(config, encoder));
}

OpusStreamEncoder::~OpusStreamEncoder() { opus_encoder_destroy(encoder_); }

Status OpusStreamEncoder::set_bitrate(int bits_per_second) {
  // libopus clamps silently, and takes negative values for modes of its own.
  if (bits_per_second < kMinBitrate || bits_per_second > kMaxBitrate) {
    return {StatusCode::kInvalidArgument, "the bitrate of Opus is 6000 … 510000 bit/s"};
  }
  return FromCtl(opus_encoder_ctl(encoder_, OPUS_SET_BITRATE(bits_per_second)));
}

Status OpusStreamEncoder::set_complexity(int complexity) {
  return FromCtl(opus_encoder_ctl(encoder_, OPUS_SET_COMPLEXITY(complexity)));
}

Status OpusStreamEncoder::set_inband_fec(bool enabled) {
  return FromCtl(opus_encoder_ctl(encoder_, OPUS_SET_INBAND_FEC(enabled ? 1 : 0)));
}

Status OpusStreamEncoder::set_expected_loss_percent(int percent) {
  return FromCtl(opus_encoder_ctl(encoder_, OPUS_SET_PACKET_LOSS_PERC(percent)));
}

Status OpusStreamEncoder::set_deep_redundancy_ms(int milliseconds) {
  if (milliseconds < 0 || milliseconds > kMaxDeepRedundancyMs) {
    return {StatusCode::kInvalidArgument, "deep redundancy describes 0 … 1000 ms"};
  }
  // libopus counts 10 ms.
  return FromCtl(opus_encoder_ctl(encoder_, OPUS_SET_DRED_DURATION((milliseconds + 9) / 10)));
}

Status OpusStreamEncoder::set_dtx(bool enabled) {
  return FromCtl(opus_encoder_ctl(encoder_, OPUS_SET_DTX(enabled ? 1 : 0)));
}

Status OpusStreamEncoder::set_max_bandwidth(OpusBandwidth bandwidth) {
  constexpr std::array kBandwidths = {OPUS_BANDWIDTH_NARROWBAND, OPUS_BANDWIDTH_MEDIUMBAND,
                                      OPUS_BANDWIDTH_WIDEBAND, OPUS_BANDWIDTH_SUPERWIDEBAND,
                                      OPUS_BANDWIDTH_FULLBAND};
  const auto index = static_cast<size_t>(bandwidth);
  if (index >= kBandwidths.size()) return FromCtl(OPUS_BAD_ARG);
  return FromCtl(opus_encoder_ctl(encoder_, OPUS_SET_MAX_BANDWIDTH(kBandwidths[index])));
}

Status OpusStreamEncoder::set_rate_mode(OpusRateMode mode) {
  if (mode != OpusRateMode::kConstant && mode != OpusRateMode::kConstrained &&
      mode != OpusRateMode::kVariable) {
    return FromCtl(OPUS_BAD_ARG);
  }
  const int vbr = mode == OpusRateMode::kConstant ? 0 : 1;
  const int constrained = mode == OpusRateMode::kConstrained ? 1 : 0;
  const Status status = FromCtl(opus_encoder_ctl(encoder_, OPUS_SET_VBR(vbr)));
  if (!status.ok()) return status;
  return FromCtl(opus_encoder_ctl(encoder_, OPUS_SET_VBR_CONSTRAINT(constrained)));
}

Status OpusStreamEncoder::set_signal(OpusSignal signal) {
  constexpr std::array kSignals = {OPUS_AUTO, OPUS_SIGNAL_VOICE, OPUS_SIGNAL_MUSIC};
  const auto index = static_cast<size_t>(signal);
  if (index >= kSignals.size()) return FromCtl(OPUS_BAD_ARG);
  return FromCtl(opus_encoder_ctl(encoder_, OPUS_SET_SIGNAL(kSignals[index])));
}

int OpusStreamEncoder::Encode(std::span<const float> pcm, std::span<uint8_t> packet) {
  const auto channels = static_cast<size_t>(config_.num_channels);
  // 120 ms is the longest packet; the exact durations are libopus's to check.
  const size_t max_frames = static_cast<size_t>(config_.sample_rate_hz) * 120 / 1000;
  const size_t frames = pcm.size() / channels;
  if (frames == 0 || frames > max_frames || frames * channels != pcm.size()) {
    return ToInt(StatusCode::kInvalidArgument);
  }
  if (packet.empty()) return ToInt(StatusCode::kBufferTooSmall);
  const auto capacity = static_cast<opus_int32>(std::min<size_t>(packet.size(), INT32_MAX));
  const opus_int32 bytes =
      opus_encode_float(encoder_, pcm.data(), static_cast<int>(frames), packet.data(), capacity);
  if (bytes >= 0) return bytes;
  if (bytes == OPUS_BAD_ARG) return ToInt(StatusCode::kInvalidArgument);
  if (bytes == OPUS_BUFFER_TOO_SMALL) return ToInt(StatusCode::kBufferTooSmall);
  return ToInt(StatusCode::kInternal);
}

int OpusStreamEncoder::lookahead_samples() const {
  opus_int32 samples = 0;
  opus_encoder_ctl(encoder_, OPUS_GET_LOOKAHEAD(&samples));
  return samples;
}

void OpusStreamEncoder::Reset() { opus_encoder_ctl(encoder_, OPUS_RESET_STATE); }

const char* OpusLibraryVersion() { return opus_get_version_string(); }

}  // namespace earshot
