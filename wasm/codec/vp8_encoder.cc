#include "codec/vp8_encoder.h"

#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#include <string>
#include <utility>

#include "codec/i420.h"
#include "codec/vp8_frame_header.h"

namespace earshot {
namespace {

constexpr int kMaxRateTerm = 1'000'000'000;
constexpr int kMaxFrameRate = 1000;
constexpr int kMaxBitrateKbps = 1'000'000;
constexpr int kMaxSpeed = 16;
constexpr int kMaxKeyFrameInterval = 1'000'000;

Status Check(const Vp8EncoderConfig& config) {
  const auto within = [](int value, int low, int high) { return value >= low && value <= high; };
  if (!IsVp8Size(config.width, config.height)) {
    return {StatusCode::kInvalidArgument, "a frame has 1 … 16383 pixels a side, 9437184 in all"};
  }
  if (!within(config.frame_rate_num, 1, kMaxRateTerm) ||
      !within(config.frame_rate_den, 1, kMaxRateTerm) ||
      config.frame_rate_num / kMaxFrameRate > config.frame_rate_den) {
    return {StatusCode::kInvalidArgument, "the frame rate is up to 1000 fps"};
  }
  if (!within(config.bitrate_kbps, 1, kMaxBitrateKbps)) {
    return {StatusCode::kInvalidArgument, "the bitrate is 1 … 1000000 kbit/s"};
  }
  if (!within(config.speed, 1, kMaxSpeed)) {
    return {StatusCode::kInvalidArgument, "the speed is 1 … 16"};
  }
  if (!within(config.max_key_frame_interval, 0, kMaxKeyFrameInterval)) {
    return {StatusCode::kInvalidArgument, "key frames are 0 … 1000000 frames apart"};
  }
  return {};
}

}  // namespace

struct Vp8Encoder::Codec {
  vpx_codec_ctx_t context{};
};

StatusOr<std::unique_ptr<Vp8Encoder>> Vp8Encoder::Create(const Vp8EncoderConfig& config) {
  const Status status = Check(config);
  if (!status.ok()) return status;
  vpx_codec_enc_cfg_t settings;
  if (vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &settings, 0) != VPX_CODEC_OK) {
    return Status(StatusCode::kInternal, "libvpx has no VP8 encoder");
  }
  settings.g_w = static_cast<unsigned>(config.width);
  settings.g_h = static_cast<unsigned>(config.height);
  settings.g_timebase = {config.frame_rate_den, config.frame_rate_num};
  settings.g_threads = kMaxVp8Threads;
  settings.g_lag_in_frames = 0;
  settings.rc_end_usage = VPX_CBR;
  settings.rc_target_bitrate = static_cast<unsigned>(config.bitrate_kbps);
  settings.kf_max_dist = static_cast<unsigned>(config.max_key_frame_interval);
  auto codec = std::make_unique<Codec>();
  if (vpx_codec_enc_init(&codec->context, vpx_codec_vp8_cx(), &settings, VPX_CODEC_USE_PSNR) !=
      VPX_CODEC_OK) {
    return Status(StatusCode::kInternal, "libvpx made no encoder");
  }
  std::unique_ptr<Vp8Encoder> encoder(new Vp8Encoder(config, std::move(codec)));
  // Below zero: this speed. From zero on libvpx would follow the clock.
  if (vpx_codec_control(&encoder->codec_->context, VP8E_SET_CPUUSED, -config.speed) !=
      VPX_CODEC_OK) {
    return Status(StatusCode::kInternal, "libvpx refused the speed");
  }
  return encoder;
}

Vp8Encoder::Vp8Encoder(const Vp8EncoderConfig& config, std::unique_ptr<Codec> codec)
    : config_(config), codec_(std::move(codec)) {}

Vp8Encoder::~Vp8Encoder() { vpx_codec_destroy(&codec_->context); }

int Vp8Encoder::Encode(std::span<const uint8_t> i420, bool key_frame) {
  if (i420.size() != I420Bytes(config_.width, config_.height)) {
    return ToInt(StatusCode::kInvalidArgument);
  }
  vpx_image_t image;
  // libvpx reads of the picture only, but takes it as its own to write.
  if (vpx_img_wrap(&image, VPX_IMG_FMT_I420, static_cast<unsigned>(config_.width),
                   static_cast<unsigned>(config_.height), 1,
                   const_cast<uint8_t*>(i420.data())) == nullptr) {
    return ToInt(StatusCode::kInternal);
  }
  packet_ = {};
  const vpx_enc_frame_flags_t flags = key_frame ? VPX_EFLAG_FORCE_KF : 0;
  if (vpx_codec_encode(&codec_->context, &image, time_, 1, flags, VPX_DL_REALTIME) !=
      VPX_CODEC_OK) {
    return ToInt(StatusCode::kInternal);
  }
  ++time_;
  vpx_codec_iter_t iterator = nullptr;
  while (const vpx_codec_cx_pkt_t* made = vpx_codec_get_cx_data(&codec_->context, &iterator)) {
    if (made->kind == VPX_CODEC_CX_FRAME_PKT) {
      packet_ = {static_cast<const uint8_t*>(made->data.frame.buf), made->data.frame.sz};
      if ((made->data.frame.flags & VPX_FRAME_IS_KEY) != 0) ++totals_.key_frames;
    } else if (made->kind == VPX_CODEC_PSNR_PKT) {
      totals_.squared_error_y += static_cast<double>(made->data.psnr.sse[1]);
      totals_.samples_y += static_cast<double>(made->data.psnr.samples[1]);
    }
  }
  ++totals_.frames;
  totals_.bytes += static_cast<int64_t>(packet_.size());
  return static_cast<int>(packet_.size());
}

const char* Vp8LibraryVersion() {
  // libvpx says "v1.17.0".
  static const std::string kVersion = [] {
    const std::string text = vpx_codec_version_str();
    return "libvpx " + (text.starts_with('v') ? text.substr(1) : text);
  }();
  return kVersion.c_str();
}

}  // namespace earshot
