// earshot-audio.wasm: Opus encoder and decoder and G.711, for the worker and the command line.
// Handles and buffers belong to C++ and stay valid until the matching destroy or free. Counts are
// samples per channel; negative results are StatusCodes.
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <new>

#include "bindings/boundary.h"
#include "codec/g711.h"
#include "codec/opus_decoder.h"
#include "codec/opus_encoder.h"

using earshot::StatusCode;
using earshot::ToInt;

namespace {

// 120 ms of stereo at 48 kHz; static arrays in the handles keep the layout fixed and nothing to
// free apart.
using PcmBuffer = std::array<float, 2 * earshot::abi::kMaxOpusPacketFrames>;
using PacketBuffer = std::array<uint8_t, earshot::abi::kMaxOpusPacketBytes>;

struct Encoder {
  std::unique_ptr<earshot::OpusStreamEncoder> opus;
  PcmBuffer input;
  PacketBuffer packet;
};

struct Decoder {
  std::unique_ptr<earshot::OpusStreamDecoder> opus;
  PacketBuffer packet;
  PcmBuffer output;

  std::span<const uint8_t> Payload(int bytes) const {
    return std::span(packet).first(
        static_cast<size_t>(std::clamp(bytes, 0, static_cast<int>(packet.size()))));
  }
};

}  // namespace

extern "C" {

int abi_version() { return earshot::abi::kAbiVersion; }
const char* library_version() { return earshot::OpusLibraryVersion(); }

Encoder* encoder_create(int sample_rate_hz, int num_channels, int application) {
  auto opus = earshot::OpusStreamEncoder::Create(
      {sample_rate_hz, num_channels, static_cast<earshot::OpusApplication>(application)});
  if (!opus.ok()) return nullptr;
  auto* encoder = new (std::nothrow) Encoder;
  if (encoder != nullptr) encoder->opus = std::move(opus).value();
  return encoder;
}

void encoder_destroy(Encoder* encoder) { delete encoder; }
/// Interleaved, room for 120 ms.
float* encoder_input(Encoder* encoder) { return encoder->input.data(); }
uint8_t* encoder_packet(Encoder* encoder) { return encoder->packet.data(); }

int encoder_set(Encoder* encoder, int param, double value) {
  using earshot::abi::EncoderParam;
  earshot::OpusStreamEncoder& opus = *encoder->opus;
  const int number = earshot::ToIntParam(value);
  switch (static_cast<EncoderParam>(param)) {
    case EncoderParam::kBitrate:
      return ToInt(opus.set_bitrate(number));
    case EncoderParam::kComplexity:
      return ToInt(opus.set_complexity(number));
    case EncoderParam::kFec:
      return ToInt(opus.set_inband_fec(number != 0));
    case EncoderParam::kExpectedLoss:
      return ToInt(opus.set_expected_loss_percent(number));
    case EncoderParam::kDredMs:
      return ToInt(opus.set_deep_redundancy_ms(number));
    case EncoderParam::kDtx:
      return ToInt(opus.set_dtx(number != 0));
    case EncoderParam::kMaxBandwidth:
      return ToInt(opus.set_max_bandwidth(static_cast<earshot::OpusBandwidth>(number)));
    case EncoderParam::kRateMode:
      return ToInt(opus.set_rate_mode(static_cast<earshot::OpusRateMode>(number)));
    case EncoderParam::kSignal:
      return ToInt(opus.set_signal(static_cast<earshot::OpusSignal>(number)));
  }
  return ToInt(StatusCode::kInvalidArgument);
}

/// Encodes the first `frames` of encoder_input into encoder_packet. Returns bytes.
int encoder_encode(Encoder* encoder, int frames) {
  if (frames <= 0 || frames > earshot::abi::kMaxOpusPacketFrames) {
    return ToInt(StatusCode::kInvalidArgument);
  }
  const auto samples = static_cast<size_t>(frames * encoder->opus->num_channels());
  return encoder->opus->Encode(std::span(encoder->input).first(samples), encoder->packet);
}

int encoder_lookahead(Encoder* encoder) { return encoder->opus->lookahead_samples(); }
void encoder_reset(Encoder* encoder) { encoder->opus->Reset(); }

Decoder* decoder_create(int sample_rate_hz, int num_channels) {
  auto opus = earshot::OpusStreamDecoder::Create({sample_rate_hz, num_channels});
  if (!opus.ok()) return nullptr;
  auto* decoder = new (std::nothrow) Decoder;
  if (decoder != nullptr) decoder->opus = std::move(opus).value();
  return decoder;
}

void decoder_destroy(Decoder* decoder) { delete decoder; }
uint8_t* decoder_packet(Decoder* decoder) { return decoder->packet.data(); }
/// Interleaved, room for 120 ms.
float* decoder_output(Decoder* decoder) { return decoder->output.data(); }

/// Of the packet in decoder_packet.
int decoder_duration(Decoder* decoder, int bytes) {
  return decoder->opus->PacketDuration(decoder->Payload(bytes));
}

int decoder_has_redundancy(Decoder* decoder, int bytes) {
  return decoder->opus->HasRedundancy(decoder->Payload(bytes)) ? 1 : 0;
}

/// Decodes the packet in decoder_packet into decoder_output. Returns frames.
int decoder_decode(Decoder* decoder, int bytes) {
  return decoder->opus->Decode(decoder->Payload(bytes), decoder->output);
}

/// Decodes the packet before the one in decoder_packet from the redundancy in it.
int decoder_decode_redundancy(Decoder* decoder, int bytes, int frames) {
  return decoder->opus->DecodeRedundancy(decoder->Payload(bytes), frames, decoder->output);
}

int decoder_conceal(Decoder* decoder, int frames) {
  return decoder->opus->Conceal(frames, decoder->output);
}

void decoder_reset(Decoder* decoder) { decoder->opus->Reset(); }

/// In 1/256 dB, as OpusHead carries it.
int decoder_set_gain(Decoder* decoder, int gain_q8_db) {
  return ToInt(decoder->opus->set_output_gain_q8_db(gain_q8_db));
}

/// Memory for g711_encode and g711_decode; null when there is none left.
void* buffer_alloc(int bytes) {
  return bytes > 0 ? ::operator new(static_cast<size_t>(bytes), std::nothrow) : nullptr;
}
void buffer_free(void* buffer) { ::operator delete(buffer); }

void g711_encode(int law, const int16_t* pcm, uint8_t* codes, int count) {
  const auto size = static_cast<size_t>(std::max(0, count));
  earshot::EncodeG711(static_cast<earshot::G711Law>(law), std::span(pcm, size),
                      std::span(codes, size));
}

void g711_decode(int law, const uint8_t* codes, int16_t* pcm, int count) {
  const auto size = static_cast<size_t>(std::max(0, count));
  earshot::DecodeG711(static_cast<earshot::G711Law>(law), std::span(codes, size),
                      std::span(pcm, size));
}

}  // extern "C"
