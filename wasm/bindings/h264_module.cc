// earshot-h264.wasm: H.264 decoder and encoder. Its memory grows with the size of the pictures,
// which the classes below bound. Pictures are I420; negative results are StatusCodes.
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "base/i420.h"
#include "bindings/boundary.h"
#include "codec/h264_bitstream.h"
#include "codec/h264_decoder.h"
#include "codec/h264_encoder.h"

using earshot::StatusCode;
using earshot::ToInt;

static_assert(earshot::abi::kMaxH264Pixels == earshot::kMaxH264Pixels);

namespace {

struct Encoder {
  std::unique_ptr<earshot::H264Encoder> h264;
  std::vector<uint8_t> input;
  earshot::StatArray<earshot::abi::H264EncoderStat> stats;
};

struct Decoder {
  std::unique_ptr<earshot::H264Decoder> h264;
  std::vector<uint8_t> payload;
  earshot::StatArray<earshot::abi::H264PictureField> fields;
};

// Whether h264_decoder_reserve was asked for as many.
bool HasReserved(const Decoder& decoder, int bytes) {
  return bytes >= 0 && static_cast<size_t>(bytes) <= decoder.payload.size();
}

}  // namespace

extern "C" {

int abi_version() { return earshot::abi::kAbiVersion; }
const char* library_version() { return earshot::H264LibraryVersion(); }

Encoder* h264_encoder_create(int width, int height, int frame_rate_num, int frame_rate_den,
                             int bitrate_kbps, int complexity, int max_key_frame_interval,
                             int temporal_layers, int format) {
  auto h264 = earshot::H264Encoder::Create(
      {width, height, frame_rate_num, frame_rate_den, bitrate_kbps, complexity,
       max_key_frame_interval, temporal_layers, static_cast<earshot::H264Format>(format)});
  if (!h264.ok()) return nullptr;
  auto* encoder = new (std::nothrow) Encoder;
  if (encoder == nullptr) return nullptr;
  encoder->h264 = std::move(h264).value();
  encoder->input.resize(earshot::I420Bytes(width, height));
  return encoder;
}

void h264_encoder_destroy(Encoder* encoder) { delete encoder; }
/// Of the size of one picture.
uint8_t* h264_encoder_input(Encoder* encoder) { return encoder->input.data(); }

int h264_encoder_set_rates(Encoder* encoder, int bitrate_kbps, int frame_rate_num,
                           int frame_rate_den) {
  return ToInt(encoder->h264->SetRates(bitrate_kbps, frame_rate_num, frame_rate_den));
}

/// Encodes the picture in h264_encoder_input. Returns the bytes at h264_encoder_packet.
int h264_encoder_encode(Encoder* encoder, int key_frame) {
  return encoder->h264->Encode(encoder->input, key_frame != 0);
}

/// Valid until the next h264_encoder_encode.
const uint8_t* h264_encoder_packet(Encoder* encoder) { return encoder->h264->packet().data(); }
/// Of the bytes in the statistics. Valid until the next h264_encoder_encode.
const uint8_t* h264_encoder_description(Encoder* encoder) {
  return encoder->h264->description().data();
}

const double* h264_encoder_stats(Encoder* encoder) {
  using Stat = earshot::abi::H264EncoderStat;
  const earshot::H264Encoder& h264 = *encoder->h264;
  const earshot::H264EncoderTotals& totals = h264.totals();
  const auto set = [encoder](Stat stat, auto value) {
    encoder->stats[static_cast<size_t>(stat)] = static_cast<double>(value);
  };
  set(Stat::kFrames, totals.frames);
  set(Stat::kKeyFrames, totals.key_frames);
  set(Stat::kBytes, totals.bytes);
  set(Stat::kSquaredErrorY, totals.squared_error_y);
  set(Stat::kSamplesY, totals.samples_y);
  set(Stat::kIsKeyFrame, h264.is_key_frame());
  set(Stat::kTemporalLayer, h264.temporal_layer());
  set(Stat::kDescriptionBytes, h264.description().size());
  return encoder->stats.data();
}

Decoder* h264_decoder_create() {
  auto h264 = earshot::H264Decoder::Create();
  if (!h264.ok()) return nullptr;
  auto* decoder = new (std::nothrow) Decoder;
  if (decoder != nullptr) decoder->h264 = std::move(h264).value();
  return decoder;
}

void h264_decoder_destroy(Decoder* decoder) { delete decoder; }

/// Where a frame or description of `bytes` goes, up to kMaxH264FrameBytes; null for more. Valid
/// until the next call.
uint8_t* h264_decoder_reserve(Decoder* decoder, int bytes) {
  if (bytes < 0 || bytes > earshot::abi::kMaxH264FrameBytes) return nullptr;
  // One more than needed: no bytes are a frame as well, though a wrong one.
  if (decoder->payload.size() <= static_cast<size_t>(bytes)) {
    decoder->payload.resize(static_cast<size_t>(bytes) + 1);
  }
  return decoder->payload.data();
}

/// The first `bytes` of h264_decoder_reserve are an AVCDecoderConfigurationRecord; 0: Annex B.
int h264_decoder_describe(Decoder* decoder, int bytes) {
  if (!HasReserved(*decoder, bytes)) return ToInt(StatusCode::kInvalidArgument);
  return ToInt(
      decoder->h264->SetDescription(std::span(decoder->payload).first(static_cast<size_t>(bytes))));
}

/// Decodes the first `bytes` of h264_decoder_reserve. Returns 1 when h264_decoder_picture is a new
/// picture, 0 when they were parameter sets alone.
int h264_decoder_decode(Decoder* decoder, int bytes) {
  if (!HasReserved(*decoder, bytes)) return ToInt(StatusCode::kInvalidArgument);
  return decoder->h264->Decode(std::span(decoder->payload).first(static_cast<size_t>(bytes)));
}

/// Valid until the next h264_decoder_decode.
const uint8_t* h264_decoder_picture(Decoder* decoder) { return decoder->h264->frame().data(); }

const double* h264_decoder_fields(Decoder* decoder) {
  using Field = earshot::abi::H264PictureField;
  const earshot::H264Decoder& h264 = *decoder->h264;
  const auto set = [decoder](Field field, auto value) {
    decoder->fields[static_cast<size_t>(field)] = static_cast<double>(value);
  };
  set(Field::kWidth, h264.width());
  set(Field::kHeight, h264.height());
  set(Field::kBytes, h264.frame().size());
  set(Field::kProfile, h264.sps().profile);
  set(Field::kConstraints, h264.sps().constraints);
  set(Field::kLevel, h264.sps().level);
  set(Field::kStreamWidth, h264.sps().width);
  set(Field::kStreamHeight, h264.sps().height);
  set(Field::kIsInterlaced, h264.sps().interlaced);
  set(Field::kIsYuv420, h264.sps().yuv420_8bit);
  return decoder->fields.data();
}

}  // extern "C"
