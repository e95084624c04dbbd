// The VP8 decoder across the boundary. Pictures are I420; negative results are StatusCodes.
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "bindings/boundary.h"
#include "codec/vp8_decoder.h"

using earshot::StatusCode;
using earshot::ToInt;

namespace {

struct Decoder {
  std::unique_ptr<earshot::Vp8Decoder> vp8;
  std::vector<uint8_t> payload;
  earshot::StatArray<earshot::abi::Vp8PictureField> fields;
};

}  // namespace

extern "C" {

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
