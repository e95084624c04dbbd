#include "codec/h264_encoder.h"

#include <wels/codec_api.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/i420.h"
#include "codec/h264_bitstream.h"

namespace earshot {
namespace {

constexpr int kMinSide = 16;
constexpr int kMaxRateTerm = 1'000'000'000;
constexpr int kMaxFrameRate = 1000;
constexpr int kMaxBitrateKbps = 1'000'000;
constexpr int kMaxComplexity = 2;
constexpr int kMaxKeyFrameInterval = 1'000'000;
constexpr int kMaxTemporalLayers = 3;
// What the library's rate control knows.
constexpr double kMaxLibraryRate = 60;
constexpr double kMinLibraryRate = 1;
// What the library reports where nothing was lost.
constexpr float kLosslessPsnr = 99;

bool IsWithin(int value, int low, int high) { return value >= low && value <= high; }

Status CheckRates(int bitrate_kbps, int frame_rate_num, int frame_rate_den) {
  if (!IsWithin(frame_rate_num, 1, kMaxRateTerm) || !IsWithin(frame_rate_den, 1, kMaxRateTerm) ||
      frame_rate_num / kMaxFrameRate > frame_rate_den) {
    return {StatusCode::kInvalidArgument, "the frame rate is up to 1000 fps"};
  }
  if (!IsWithin(bitrate_kbps, 1, kMaxBitrateKbps)) {
    return {StatusCode::kInvalidArgument, "the bitrate is 1 … 1000000 kbit/s"};
  }
  return {};
}

Status Check(const H264EncoderConfig& config) {
  if (config.width < kMinSide || config.height < kMinSide ||
      config.width > kMaxH264Pixels / config.height) {
    return {StatusCode::kInvalidArgument, "a frame has 16 pixels a side or more, 9437184 in all"};
  }
  if (!IsWithin(config.complexity, 0, kMaxComplexity)) {
    return {StatusCode::kInvalidArgument, "the complexity is 0 … 2"};
  }
  if (!IsWithin(config.max_key_frame_interval, 0, kMaxKeyFrameInterval)) {
    return {StatusCode::kInvalidArgument, "key frames are 0 … 1000000 frames apart"};
  }
  if (!IsWithin(config.temporal_layers, 1, kMaxTemporalLayers)) {
    return {StatusCode::kInvalidArgument, "there are 1 … 3 temporal layers"};
  }
  if (config.format != H264Format::kAnnexB && config.format != H264Format::kAvc) {
    return {StatusCode::kInvalidArgument, "the format is kAnnexB or kAvc"};
  }
  return CheckRates(config.bitrate_kbps, config.frame_rate_num, config.frame_rate_den);
}

struct LibraryRates {
  float frame_rate;
  int bits_per_second;
};

// Frame rate and bitrate within what the library knows, with as many bits a frame.
LibraryRates ToLibraryRates(int bitrate_kbps, int frame_rate_num, int frame_rate_den) {
  const double asked = static_cast<double>(frame_rate_num) / frame_rate_den;
  const double rate = std::clamp(asked, kMinLibraryRate, kMaxLibraryRate);
  const double bits = std::min(1000.0 * bitrate_kbps * rate / asked, 1e9);
  return {static_cast<float>(rate), std::max(1, static_cast<int>(bits))};
}

SEncParamExt ToLibrary(const H264EncoderConfig& config, ISVCEncoder* encoder) {
  SEncParamExt parameters;
  encoder->GetDefaultParams(&parameters);
  const LibraryRates rates =
      ToLibraryRates(config.bitrate_kbps, config.frame_rate_num, config.frame_rate_den);
  parameters.iUsageType = CAMERA_VIDEO_REAL_TIME;
  parameters.iPicWidth = config.width & ~1;
  parameters.iPicHeight = config.height & ~1;
  parameters.fMaxFrameRate = rates.frame_rate;
  parameters.iTargetBitrate = rates.bits_per_second;
  parameters.iRCMode = RC_BITRATE_MODE;
  parameters.iComplexityMode = static_cast<ECOMPLEXITY_MODE>(config.complexity);
  parameters.iTemporalLayerNum = config.temporal_layers;
  // Key frames are asked for here, where their distance may be any.
  parameters.uiIntraPeriod = 0;
  parameters.eSpsPpsIdStrategy = CONSTANT_ID;
  // A frame for each picture: who has to save more than that leaves out pictures.
  parameters.bEnableFrameSkip = false;
  parameters.iMultipleThreadIdc = 1;
  parameters.bPsnrY = true;
  // It would take pictures for still, and measure the error without them.
  parameters.bEnableBackgroundDetection = false;
  SSpatialLayerConfig& layer = parameters.sSpatialLayers[0];
  layer.iVideoWidth = parameters.iPicWidth;
  layer.iVideoHeight = parameters.iPicHeight;
  layer.fFrameRate = parameters.fMaxFrameRate;
  layer.iSpatialBitrate = parameters.iTargetBitrate;
  layer.uiProfileIdc = PRO_BASELINE;
  layer.sSliceArgument.uiSliceMode = SM_SINGLE_SLICE;
  layer.sSliceArgument.uiSliceNum = 1;
  return parameters;
}

}  // namespace

struct H264Encoder::Codec {
  ISVCEncoder* encoder = nullptr;
  SFrameBSInfo result{};
  std::array<H264Nal, kMaxH264Nals> nals;

  Codec() = default;
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;
  ~Codec() {
    if (encoder == nullptr) return;
    encoder->Uninitialize();
    WelsDestroySVCEncoder(encoder);
  }
};

StatusOr<std::unique_ptr<H264Encoder>> H264Encoder::Create(const H264EncoderConfig& config) {
  const Status status = Check(config);
  if (!status.ok()) return status;
  auto codec = std::make_unique<Codec>();
  if (WelsCreateSVCEncoder(&codec->encoder) != 0 || codec->encoder == nullptr) {
    return Status(StatusCode::kInternal, "openh264 made no encoder");
  }
  int quiet = WELS_LOG_QUIET;
  codec->encoder->SetOption(ENCODER_OPTION_TRACE_LEVEL, &quiet);
  const SEncParamExt parameters = ToLibrary(config, codec->encoder);
  if (codec->encoder->InitializeExt(&parameters) != cmResultSuccess) {
    return Status(StatusCode::kInternal, "openh264 refused its settings, or had no memory");
  }
  return std::unique_ptr<H264Encoder>(new H264Encoder(config, std::move(codec)));
}

H264Encoder::H264Encoder(const H264EncoderConfig& config, std::unique_ptr<Codec> codec)
    : config_(config), codec_(std::move(codec)) {}

H264Encoder::~H264Encoder() = default;

Status H264Encoder::SetRates(int bitrate_kbps, int frame_rate_num, int frame_rate_den) {
  const Status status = CheckRates(bitrate_kbps, frame_rate_num, frame_rate_den);
  if (!status.ok()) return status;
  LibraryRates rates = ToLibraryRates(bitrate_kbps, frame_rate_num, frame_rate_den);
  SBitrateInfo bitrate{SPATIAL_LAYER_ALL, rates.bits_per_second};
  ISVCEncoder* encoder = codec_->encoder;
  if (encoder->SetOption(ENCODER_OPTION_FRAME_RATE, &rates.frame_rate) != cmResultSuccess ||
      encoder->SetOption(ENCODER_OPTION_BITRATE, &bitrate) != cmResultSuccess) {
    return {StatusCode::kInternal, "openh264 refused the rates"};
  }
  config_.bitrate_kbps = bitrate_kbps;
  config_.frame_rate_num = frame_rate_num;
  config_.frame_rate_den = frame_rate_den;
  return {};
}

int H264Encoder::Encode(std::span<const uint8_t> i420, bool key_frame) {
  if (i420.size() != I420Bytes(config_.width, config_.height)) {
    return ToInt(StatusCode::kInvalidArgument);
  }
  packet_.clear();
  const bool due = since_key_frame_ >= config_.max_key_frame_interval;
  if (key_frame || due) codec_->encoder->ForceIntraFrame(true);

  const int chroma_width = (config_.width + 1) / 2;
  const int chroma_height = (config_.height + 1) / 2;
  // openh264 reads of the picture only, but takes it as its own to write.
  auto* samples = const_cast<uint8_t*>(i420.data());
  SSourcePicture picture{};
  picture.iColorFormat = videoFormatI420;
  picture.iPicWidth = config_.width & ~1;
  picture.iPicHeight = config_.height & ~1;
  picture.iStride[0] = config_.width;
  picture.iStride[1] = picture.iStride[2] = chroma_width;
  picture.pData[0] = samples;
  picture.pData[1] = samples + config_.width * config_.height;
  picture.pData[2] = picture.pData[1] + chroma_width * chroma_height;
  picture.uiTimeStamp = totals_.frames * 1000 * config_.frame_rate_den / config_.frame_rate_num;
  picture.bPsnrY = true;
  codec_->result = {};
  if (codec_->encoder->EncodeFrame(&picture, &codec_->result) != cmResultSuccess) {
    return ToInt(StatusCode::kInternal);
  }
  return Collect();
}

// Puts the newest frame into packet_ in the form that was asked for.
int H264Encoder::Collect() {
  const SFrameBSInfo& result = codec_->result;
  is_key_frame_ = result.eFrameType == videoFrameTypeIDR;
  std::span<const uint8_t> sps;
  std::span<const uint8_t> pps;
  for (int i = 0; i < result.iLayerNum; ++i) {
    const SLayerBSInfo& layer = result.sLayerInfo[i];
    int bytes = 0;
    for (int k = 0; k < layer.iNalCount; ++k) bytes += layer.pNalLengthInByte[k];
    const int count = SplitAnnexB({layer.pBsBuf, static_cast<size_t>(bytes)}, codec_->nals);
    if (count < 0) return ToInt(StatusCode::kInternal);
    for (const H264Nal& nal : std::span(codec_->nals).first(static_cast<size_t>(count))) {
      if (nal.type == H264NalType::kSps) sps = nal.bytes;
      if (nal.type == H264NalType::kPps) pps = nal.bytes;
      if (config_.format == H264Format::kAnnexB) {
        AppendAnnexB(nal, &packet_);
      } else if (nal.type == H264NalType::kSlice || nal.type == H264NalType::kIdrSlice) {
        AppendLengthPrefixed(nal, &packet_);
      }
    }
    if (layer.uiLayerType == VIDEO_CODING_LAYER) {
      temporal_layer_ = layer.uiTemporalId;
      const auto pixels = static_cast<double>(config_.width & ~1) * (config_.height & ~1);
      totals_.samples_y += pixels;
      if (layer.rPsnr[0] < kLosslessPsnr) {
        totals_.squared_error_y += pixels * 255 * 255 * std::pow(10, -0.1 * layer.rPsnr[0]);
      }
    }
  }
  if (packet_.empty()) return ToInt(StatusCode::kInternal);
  if (!sps.empty()) description_ = MakeH264Description(sps, pps);
  since_key_frame_ = is_key_frame_ ? 1 : since_key_frame_ + 1;
  ++totals_.frames;
  if (is_key_frame_) ++totals_.key_frames;
  totals_.bytes += static_cast<int64_t>(packet_.size());
  return static_cast<int>(packet_.size());
}

}  // namespace earshot
