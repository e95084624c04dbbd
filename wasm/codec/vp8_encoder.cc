#include "codec/vp8_encoder.h"

#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/i420.h"
#include "codec/vp8_frame_header.h"

namespace earshot {
namespace {

constexpr int kMaxRateTerm = 1'000'000'000;
constexpr int kMaxFrameRate = 1000;
constexpr int kMaxBitrateKbps = 1'000'000;
constexpr int kMaxSpeed = 16;
constexpr int kMaxKeyFrameInterval = 1'000'000;
constexpr int kMaxThreads = 64;
constexpr int kMaxQuantizer = 63;
constexpr int kMaxStaticThreshold = 100'000;
constexpr int64_t kMaxTimestampUs = int64_t{1} << 53;

// A call's buffers, in ms of its bitrate: what is sent may run ahead of the rate by so much.
constexpr int kBufferMs = 1000;
constexpr int kInitialBufferMs = 500;
constexpr int kOptimalBufferMs = 600;
// Percent by which single frames may miss their target.
constexpr int kUndershootPercent = 100;
constexpr int kOvershootPercent = 15;
// Of the buffer, below which pictures are dropped.
constexpr int kDropThresholdPercent = 30;

// A picture gets bits for the time since the one before; after a pause not for all of it, or the
// frame would be a burst.
constexpr int64_t kMinFrameTimeUs = 1000;
constexpr int64_t kMaxFrameTimeUs = 250'000;
constexpr int64_t kMaxNominalFrameTimeUs = 10'000'000;

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
  if (!within(config.threads, 1, kMaxThreads)) {
    return {StatusCode::kInvalidArgument, "there are 1 … 64 threads"};
  }
  if (!within(config.max_quantizer, 0, kMaxQuantizer) ||
      !within(config.min_quantizer, 0, config.max_quantizer)) {
    return {StatusCode::kInvalidArgument, "the quantizers are 0 … 63, the lower one first"};
  }
  if (!within(config.temporal_layers, 1, kMaxVp8TemporalLayers)) {
    return {StatusCode::kInvalidArgument, "there are 1 … 3 temporal layers"};
  }
  if (!within(config.screen_content, 0, 2) || !within(config.noise_reduction, 0, 6) ||
      !within(config.static_threshold, 0, kMaxStaticThreshold) ||
      !within(config.token_partitions, 0, 3)) {
    return {StatusCode::kInvalidArgument,
            "screen content is 0 … 2, noise reduction 0 … 6, the static threshold 0 … 100000, "
            "token partitions 0 … 3"};
  }
  return {};
}

bool IsCall(const Vp8EncoderConfig& config) { return config.profile == Vp8Profile::kCall; }

double FrameRate(const Vp8EncoderConfig& config) {
  return static_cast<double>(config.frame_rate_num) / config.frame_rate_den;
}

int64_t NominalFrameTimeUs(const Vp8EncoderConfig& config) {
  return std::clamp(static_cast<int64_t>(1e6 / FrameRate(config)), kMinFrameTimeUs,
                    kMaxNominalFrameTimeUs);
}

// The largest key frame, in percent of a frame's share of the bitrate: half the optimal buffer.
unsigned MaxIntraPercent(const Vp8EncoderConfig& config) {
  const double frames = 0.5 * kOptimalBufferMs * FrameRate(config) / 1000;
  return static_cast<unsigned>(std::max(300.0, 100 * frames));
}

void AddTemporalLayers(const Vp8EncoderConfig& config, vpx_codec_enc_cfg_t& settings) {
  // Percent of the bitrate up to each layer, by number of layers; those of WebRTC.
  constexpr unsigned kShares[kMaxVp8TemporalLayers][kMaxVp8TemporalLayers] = {
      {100}, {60, 100}, {40, 60, 100}};
  const int num_layers = config.temporal_layers;
  settings.ts_number_layers = static_cast<unsigned>(num_layers);
  settings.ts_periodicity = static_cast<unsigned>(Vp8TemporalLayers::Period(num_layers));
  unsigned below = 0;
  for (int layer = 0; layer < num_layers; ++layer) {
    const unsigned rate = settings.rc_target_bitrate * kShares[num_layers - 1][layer] / 100;
    below = std::max(rate, below + 1);  // libvpx wants them to rise
    settings.ts_target_bitrate[layer] = below;
    settings.ts_rate_decimator[layer] = 1U << (num_layers - 1 - layer);
  }
  settings.rc_target_bitrate = below;
  for (int i = 0; i < Vp8TemporalLayers::Period(num_layers); ++i) {
    settings.ts_layer_id[i] = static_cast<unsigned>(Vp8TemporalLayers::LayerAt(num_layers, i));
  }
}

void MakeCallSettings(const Vp8EncoderConfig& config, vpx_codec_enc_cfg_t& settings) {
  settings.g_timebase = {1, 1'000'000};
  settings.rc_buf_sz = kBufferMs;
  settings.rc_buf_initial_sz = kInitialBufferMs;
  settings.rc_buf_optimal_sz = kOptimalBufferMs;
  settings.rc_undershoot_pct = kUndershootPercent;
  settings.rc_overshoot_pct = kOvershootPercent;
  settings.rc_min_quantizer = static_cast<unsigned>(config.min_quantizer);
  settings.rc_max_quantizer = static_cast<unsigned>(config.max_quantizer);
  settings.rc_dropframe_thresh = config.allow_drops ? kDropThresholdPercent : 0;
  // libvpx would put key frames of its own where a scene changes, in any layer.
  settings.kf_mode = VPX_KF_DISABLED;
  settings.g_error_resilient =
      config.error_resilient || config.temporal_layers > 1 ? VPX_ERROR_RESILIENT_DEFAULT : 0;
  if (config.temporal_layers > 1) AddTemporalLayers(config, settings);
}

bool MakeSettings(const Vp8EncoderConfig& config, vpx_codec_enc_cfg_t& settings) {
  if (vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &settings, 0) != VPX_CODEC_OK) return false;
  settings.g_w = static_cast<unsigned>(config.width);
  settings.g_h = static_cast<unsigned>(config.height);
  settings.g_timebase = {config.frame_rate_den, config.frame_rate_num};
  settings.g_threads = static_cast<unsigned>(config.threads);
  settings.g_lag_in_frames = 0;
  settings.rc_end_usage = VPX_CBR;
  settings.rc_target_bitrate = static_cast<unsigned>(config.bitrate_kbps);
  settings.kf_max_dist = static_cast<unsigned>(config.max_key_frame_interval);
  if (IsCall(config)) MakeCallSettings(config, settings);
  return true;
}

// What libvpx takes apart from its settings. A value that is there already is set again for
// nothing.
bool Control(vpx_codec_ctx_t* context, const Vp8EncoderConfig& config) {
  const auto ok = [](vpx_codec_err_t error) { return error == VPX_CODEC_OK; };
  const auto number = [](int value) { return static_cast<unsigned>(value); };
  // Below zero: this speed. From zero on libvpx would follow the clock.
  if (!ok(vpx_codec_control(context, VP8E_SET_CPUUSED, -config.speed))) return false;
  if (!IsCall(config)) return true;
  return ok(vpx_codec_control(context, VP8E_SET_MAX_INTRA_BITRATE_PCT, MaxIntraPercent(config))) &&
         ok(vpx_codec_control(context, VP8E_SET_SCREEN_CONTENT_MODE,
                              number(config.screen_content))) &&
         ok(vpx_codec_control(context, VP8E_SET_NOISE_SENSITIVITY,
                              number(config.noise_reduction))) &&
         ok(vpx_codec_control(context, VP8E_SET_STATIC_THRESHOLD,
                              number(config.static_threshold))) &&
         ok(vpx_codec_control(context, VP8E_SET_TOKEN_PARTITIONS, config.token_partitions));
}

// A role as libvpx's flags. After a dropped picture libvpx keeps what was asked for it, so
// everything is said for every frame.
vpx_enc_frame_flags_t Flags(const Vp8FrameRole& role, bool key_frame) {
  if (role.free) return key_frame ? VPX_EFLAG_FORCE_KF : 0;
  if (key_frame) return VPX_EFLAG_FORCE_KF | VP8_EFLAG_FORCE_GF | VP8_EFLAG_FORCE_ARF;
  vpx_enc_frame_flags_t flags = VP8_EFLAG_NO_REF_ARF | VP8_EFLAG_NO_UPD_ARF;
  if (!role.refers_golden) flags |= VP8_EFLAG_NO_REF_GF;
  if (!role.updates_last) flags |= VP8_EFLAG_NO_UPD_LAST;
  if (!role.updates_golden) flags |= VP8_EFLAG_NO_UPD_GF;
  if (role.layer > 0) flags |= VP8_EFLAG_NO_UPD_ENTROPY;
  return flags;
}

bool NeedsNewStream(const Vp8EncoderConfig& before, const Vp8EncoderConfig& after) {
  if (before.profile != after.profile || before.threads != after.threads ||
      before.width != after.width || before.height != after.height ||
      before.measure_error != after.measure_error) {
    return true;
  }
  // It is the unit of time of a file.
  return !IsCall(after) && (before.frame_rate_num != after.frame_rate_num ||
                            before.frame_rate_den != after.frame_rate_den);
}

}  // namespace

struct Vp8Encoder::Codec {
  ~Codec() { vpx_codec_destroy(&context); }
  vpx_codec_ctx_t context{};
};

StatusOr<std::unique_ptr<Vp8Encoder>> Vp8Encoder::Create(const Vp8EncoderConfig& config) {
  const Status status = Check(config);
  if (!status.ok()) return status;
  std::unique_ptr<Vp8Encoder> encoder(new Vp8Encoder(config));
  if (!encoder->StartStream()) return Status(StatusCode::kInternal, "libvpx made no encoder");
  return encoder;
}

Vp8Encoder::Vp8Encoder(const Vp8EncoderConfig& config)
    : config_(config), layers_(config.temporal_layers) {}

Vp8Encoder::~Vp8Encoder() = default;

bool Vp8Encoder::StartStream() {
  codec_.reset();  // first, or both would need memory
  layers_ = Vp8TemporalLayers(IsCall(config_) ? config_.temporal_layers : 1);
  time_ = 0;
  since_key_frame_ = 0;
  frame_ = {};
  vpx_codec_enc_cfg_t settings;
  if (!MakeSettings(config_, settings)) return false;
  auto codec = std::make_unique<Codec>();
  const vpx_codec_flags_t flags = config_.measure_error ? VPX_CODEC_USE_PSNR : 0;
  if (vpx_codec_enc_init(&codec->context, vpx_codec_vp8_cx(), &settings, flags) != VPX_CODEC_OK ||
      !Control(&codec->context, config_)) {
    return false;
  }
  codec_ = std::move(codec);
  return true;
}

Status Vp8Encoder::Update(const Vp8EncoderConfig& config) {
  const Status status = Check(config);
  if (!status.ok()) return status;
  const bool anew = codec_ == nullptr || NeedsNewStream(config_, config);
  config_ = config;
  if (anew) {
    return StartStream() ? Status() : Status(StatusCode::kInternal, "libvpx made no encoder");
  }
  frame_ = {};
  vpx_codec_enc_cfg_t settings;
  if (!MakeSettings(config_, settings) ||
      vpx_codec_enc_config_set(&codec_->context, &settings) != VPX_CODEC_OK ||
      !Control(&codec_->context, config_)) {
    codec_.reset();
    return {StatusCode::kInternal, "libvpx refused the settings"};
  }
  if (!IsCall(config_)) return {};
  // Some settings are sent once: in a frame that everybody gets.
  layers_.Restart(config_.temporal_layers);
  return {};
}

int64_t Vp8Encoder::FrameTime(int64_t timestamp_us) const {
  if (!IsCall(config_)) return 1;
  const int64_t nominal = NominalFrameTimeUs(config_);
  const int64_t since_last = timestamp_us - timestamp_us_;
  if (time_ == 0 || since_last <= 0) return nominal;
  return std::clamp(since_last, kMinFrameTimeUs, std::max(kMaxFrameTimeUs, 4 * nominal));
}

int Vp8Encoder::Encode(std::span<const uint8_t> i420, bool key_frame, int64_t timestamp_us) {
  if (codec_ == nullptr) return ToInt(StatusCode::kInternal);
  if (i420.size() != I420Bytes(config_.width, config_.height) || timestamp_us > kMaxTimestampUs ||
      timestamp_us < -kMaxTimestampUs) {
    return ToInt(StatusCode::kInvalidArgument);
  }
  vpx_image_t image;
  // libvpx reads of the picture only, but takes it as its own to write.
  if (vpx_img_wrap(&image, VPX_IMG_FMT_I420, static_cast<unsigned>(config_.width),
                   static_cast<unsigned>(config_.height), 1,
                   const_cast<uint8_t*>(i420.data())) == nullptr) {
    return ToInt(StatusCode::kInternal);
  }
  frame_ = {};
  vpx_enc_frame_flags_t flags = key_frame ? VPX_EFLAG_FORCE_KF : 0;
  if (IsCall(config_)) {
    const int interval = config_.max_key_frame_interval;
    const bool key = key_frame || time_ == 0 || (interval > 0 && since_key_frame_ >= interval);
    const Vp8FrameRole role = layers_.Next(key);
    flags = Flags(role, key);
    frame_.temporal_layer = role.layer;
    if (config_.temporal_layers > 1 &&
        vpx_codec_control(&codec_->context, VP8E_SET_TEMPORAL_LAYER_ID, role.layer) !=
            VPX_CODEC_OK) {
      return ToInt(StatusCode::kInternal);
    }
  }
  // A picture counts for the time before it: what comes after is not known yet.
  const int64_t duration = FrameTime(timestamp_us);
  const vpx_codec_err_t error =
      vpx_codec_encode(&codec_->context, &image, time_, static_cast<unsigned long>(duration), flags,
                       VPX_DL_REALTIME);
  time_ += duration;
  timestamp_us_ = timestamp_us;
  ++since_key_frame_;
  if (error != VPX_CODEC_OK || !TakePackets()) return ToInt(StatusCode::kInternal);
  return static_cast<int>(frame_.bytes.size());
}

bool Vp8Encoder::TakePackets() {
  vpx_codec_iter_t iterator = nullptr;
  while (const vpx_codec_cx_pkt_t* made = vpx_codec_get_cx_data(&codec_->context, &iterator)) {
    if (made->kind == VPX_CODEC_CX_FRAME_PKT) {
      const auto& packet = made->data.frame;
      frame_.bytes = {static_cast<const uint8_t*>(packet.buf), packet.sz};
      frame_.key_frame = (packet.flags & VPX_FRAME_IS_KEY) != 0;
      frame_.discardable = (packet.flags & VPX_FRAME_IS_DROPPABLE) != 0;
    } else if (made->kind == VPX_CODEC_PSNR_PKT) {
      totals_.squared_error_y += static_cast<double>(made->data.psnr.sse[1]);
      totals_.samples_y += static_cast<double>(made->data.psnr.samples[1]);
    }
  }
  if (frame_.bytes.empty()) {
    ++totals_.dropped;
    layers_.OnDropped();
    return true;
  }
  ++totals_.frames;
  totals_.bytes += static_cast<int64_t>(frame_.bytes.size());
  if (frame_.key_frame) {
    ++totals_.key_frames;
    since_key_frame_ = 1;
  }
  return vpx_codec_control(&codec_->context, VP8E_GET_LAST_QUANTIZER, &frame_.quantizer) ==
         VPX_CODEC_OK;
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
