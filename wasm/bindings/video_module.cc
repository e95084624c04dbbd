// earshot-video.wasm: VP8 encoder and decoder. Its memory grows with the size of the pictures,
// which the classes below bound. Pictures are I420; negative results are StatusCodes.
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "bindings/boundary.h"
#include "codec/i420.h"
#include "codec/vp8_decoder.h"
#include "codec/vp8_encoder.h"
#include "codec/vp8_frame_header.h"

using earshot::StatusCode;
using earshot::ToInt;

static_assert(earshot::abi::kMaxVp8Pixels == earshot::kMaxVp8Pixels);
static_assert(earshot::abi::kMaxVideoThreads == earshot::kMaxVp8Threads);

namespace {

struct Encoder {
  std::unique_ptr<earshot::Vp8Encoder> vp8;
  std::vector<uint8_t> input;
  earshot::StatArray<earshot::abi::Vp8EncoderStat> stats;
};

struct Decoder {
  std::unique_ptr<earshot::Vp8Decoder> vp8;
  std::vector<uint8_t> payload;
  earshot::StatArray<earshot::abi::Vp8PictureField> fields;
};

}  // namespace

extern "C" {

int abi_version() { return earshot::abi::kAbiVersion; }
const char* library_version() { return earshot::Vp8LibraryVersion(); }

Encoder* vp8_encoder_create(int width, int height, int frame_rate_num, int frame_rate_den,
                            int bitrate_kbps, int speed, int max_key_frame_interval) {
  auto vp8 = earshot::Vp8Encoder::Create(
      {width, height, frame_rate_num, frame_rate_den, bitrate_kbps, speed, max_key_frame_interval});
  if (!vp8.ok()) return nullptr;
  auto* encoder = new (std::nothrow) Encoder;
  if (encoder == nullptr) return nullptr;
  encoder->vp8 = std::move(vp8).value();
  encoder->input.resize(earshot::I420Bytes(width, height));
  return encoder;
}

void vp8_encoder_destroy(Encoder* encoder) { delete encoder; }
/// Of the size of one picture.
uint8_t* vp8_encoder_input(Encoder* encoder) { return encoder->input.data(); }

/// Encodes the picture in vp8_encoder_input. Returns the bytes at vp8_encoder_packet.
int vp8_encoder_encode(Encoder* encoder, int key_frame) {
  return encoder->vp8->Encode(encoder->input, key_frame != 0);
}

/// Valid until the next vp8_encoder_encode.
const uint8_t* vp8_encoder_packet(Encoder* encoder) { return encoder->vp8->packet().data(); }

const double* vp8_encoder_stats(Encoder* encoder) {
  using Stat = earshot::abi::Vp8EncoderStat;
  const earshot::Vp8EncoderTotals& totals = encoder->vp8->totals();
  const auto set = [encoder](Stat stat, auto value) {
    encoder->stats[static_cast<size_t>(stat)] = static_cast<double>(value);
  };
  set(Stat::kFrames, totals.frames);
  set(Stat::kKeyFrames, totals.key_frames);
  set(Stat::kBytes, totals.bytes);
  set(Stat::kSquaredErrorY, totals.squared_error_y);
  set(Stat::kSamplesY, totals.samples_y);
  return encoder->stats.data();
}

Decoder* vp8_decoder_create() {
  auto vp8 = earshot::Vp8Decoder::Create();
  if (!vp8.ok()) return nullptr;
  auto* decoder = new (std::nothrow) Decoder;
  if (decoder != nullptr) decoder->vp8 = std::move(vp8).value();
  return decoder;
}

void vp8_decoder_destroy(Decoder* decoder) { delete decoder; }

/// Where a frame of `bytes` goes, up to kMaxVp8FrameBytes; null for more. Valid until the next
/// call.
uint8_t* vp8_decoder_reserve(Decoder* decoder, int bytes) {
  if (bytes < 0 || bytes > earshot::abi::kMaxVp8FrameBytes) return nullptr;
  // One more than needed: no bytes are a frame as well, though a wrong one.
  if (decoder->payload.size() <= static_cast<size_t>(bytes)) {
    decoder->payload.resize(static_cast<size_t>(bytes) + 1);
  }
  return decoder->payload.data();
}

/// Decodes the first `bytes` of vp8_decoder_reserve. Returns 1 when vp8_decoder_picture is a new
/// picture, 0 when the frame is not to be shown.
int vp8_decoder_decode(Decoder* decoder, int bytes) {
  if (bytes < 0 || static_cast<size_t>(bytes) > decoder->payload.size()) {
    return ToInt(StatusCode::kInvalidArgument);
  }
  return decoder->vp8->Decode(std::span(decoder->payload).first(static_cast<size_t>(bytes)));
}

/// Valid until the next vp8_decoder_decode.
const uint8_t* vp8_decoder_picture(Decoder* decoder) { return decoder->vp8->frame().data(); }

const double* vp8_decoder_fields(Decoder* decoder) {
  using Field = earshot::abi::Vp8PictureField;
  const earshot::Vp8Decoder& vp8 = *decoder->vp8;
  const auto set = [decoder](Field field, auto value) {
    decoder->fields[static_cast<size_t>(field)] = static_cast<double>(value);
  };
  set(Field::kWidth, vp8.width());
  set(Field::kHeight, vp8.height());
  set(Field::kBytes, vp8.frame().size());
  return decoder->fields.data();
}

}  // extern "C"
