#include "codec/vp8_decoder.h"

#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

#include <cstring>
#include <limits>
#include <utility>

#include "base/i420.h"
#include "codec/vp8_frame_header.h"

namespace earshot {
namespace {

int FromLibvpx(vpx_codec_err_t error) {
  switch (error) {
    case VPX_CODEC_OK:
      return 0;
    // Its decoder reports a failed allocation as an error of its own and damage in several ways.
    case VPX_CODEC_MEM_ERROR:
    case VPX_CODEC_ABI_MISMATCH:
    case VPX_CODEC_INCAPABLE:
      return ToInt(StatusCode::kInternal);
    default:
      return ToInt(StatusCode::kCorruptData);
  }
}

// One plane without padding behind `out`; returns where the next one goes.
uint8_t* CopyPlane(const uint8_t* plane, int stride, int width, int height, uint8_t* out) {
  for (int y = 0; y < height; ++y) {
    std::memcpy(out, plane, static_cast<size_t>(width));
    plane += stride;
    out += width;
  }
  return out;
}

}  // namespace

struct Vp8Decoder::Codec {
  vpx_codec_ctx_t context{};
};

StatusOr<std::unique_ptr<Vp8Decoder>> Vp8Decoder::Create() {
  auto codec = std::make_unique<Codec>();
  if (vpx_codec_dec_init(&codec->context, vpx_codec_vp8_dx(), nullptr, 0) != VPX_CODEC_OK) {
    return Status(StatusCode::kInternal, "libvpx made no decoder");
  }
  return std::unique_ptr<Vp8Decoder>(new Vp8Decoder(std::move(codec)));
}

Vp8Decoder::Vp8Decoder(std::unique_ptr<Codec> codec) : codec_(std::move(codec)) {}

Vp8Decoder::~Vp8Decoder() { vpx_codec_destroy(&codec_->context); }

int Vp8Decoder::Decode(std::span<const uint8_t> payload) {
  const StatusOr<Vp8FrameHeader> header = ParseVp8FrameHeader(payload);
  if (!header.ok()) return ToInt(header.status().code());
  const Vp8FrameHeader& info = header.value();
  // libvpx allocates what a key frame asks for before it looks at the rest of it.
  if (info.key_frame && !IsVp8Size(info.width, info.height)) {
    return ToInt(StatusCode::kUnsupported);
  }
  if (!started_ && !info.key_frame) return ToInt(StatusCode::kFailedPrecondition);
  if (payload.size() > std::numeric_limits<unsigned>::max()) {
    return ToInt(StatusCode::kInvalidArgument);
  }
  const vpx_codec_err_t error = vpx_codec_decode(&codec_->context, payload.data(),
                                                 static_cast<unsigned>(payload.size()), nullptr, 0);
  if (error != VPX_CODEC_OK) return FromLibvpx(error);
  started_ = true;
  vpx_codec_iter_t iterator = nullptr;
  const vpx_image_t* image = vpx_codec_get_frame(&codec_->context, &iterator);
  if (image == nullptr) return 0;

  width_ = static_cast<int>(image->d_w);
  height_ = static_cast<int>(image->d_h);
  frame_.resize(I420Bytes(width_, height_));
  const int chroma_width = (width_ + 1) / 2;
  const int chroma_height = (height_ + 1) / 2;
  uint8_t* out = frame_.data();
  out = CopyPlane(image->planes[VPX_PLANE_Y], image->stride[VPX_PLANE_Y], width_, height_, out);
  out = CopyPlane(image->planes[VPX_PLANE_U], image->stride[VPX_PLANE_U], chroma_width,
                  chroma_height, out);
  CopyPlane(image->planes[VPX_PLANE_V], image->stride[VPX_PLANE_V], chroma_width, chroma_height,
            out);
  return 1;
}

}  // namespace earshot
