// The VP8 encoder across the boundary. Pictures are I420; negative results are StatusCodes.
#include <cmath>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "base/i420.h"
#include "bindings/boundary.h"
#include "codec/vp8_encoder.h"

using earshot::Status;
using earshot::StatusCode;
using earshot::ToInt;

static_assert(static_cast<int>(earshot::abi::Vp8Profile::kCall) ==
              static_cast<int>(earshot::Vp8Profile::kCall));

namespace {

struct Encoder {
  std::unique_ptr<earshot::Vp8Encoder> vp8;  // null until configured
  earshot::Vp8EncoderConfig config;          // what was set, in force or not
  std::vector<uint8_t> input;
  earshot::StatArray<earshot::abi::Vp8FrameField> frame{};
  earshot::StatArray<earshot::abi::Vp8EncoderStat> stats{};
};

// Where a parameter goes; null for the ones that are no numbers there, and unknown ones.
int* NumberOf(earshot::Vp8EncoderConfig& config, earshot::abi::Vp8EncoderParam param) {
  using Param = earshot::abi::Vp8EncoderParam;
  switch (param) {
    case Param::kWidth:
      return &config.width;
    case Param::kHeight:
      return &config.height;
    case Param::kFrameRateNum:
      return &config.frame_rate_num;
    case Param::kFrameRateDen:
      return &config.frame_rate_den;
    case Param::kBitrateKbps:
      return &config.bitrate_kbps;
    case Param::kSpeed:
      return &config.speed;
    case Param::kMaxKeyFrameInterval:
      return &config.max_key_frame_interval;
    case Param::kThreads:
      return &config.threads;
    case Param::kMinQuantizer:
      return &config.min_quantizer;
    case Param::kMaxQuantizer:
      return &config.max_quantizer;
    case Param::kTemporalLayers:
      return &config.temporal_layers;
    case Param::kScreenContent:
      return &config.screen_content;
    case Param::kNoiseReduction:
      return &config.noise_reduction;
    case Param::kStaticThreshold:
      return &config.static_threshold;
    case Param::kTokenPartitions:
      return &config.token_partitions;
    default:
      return nullptr;
  }
}

bool* SwitchOf(earshot::Vp8EncoderConfig& config, earshot::abi::Vp8EncoderParam param) {
  using Param = earshot::abi::Vp8EncoderParam;
  switch (param) {
    case Param::kMeasureError:
      return &config.measure_error;
    case Param::kErrorResilient:
      return &config.error_resilient;
    case Param::kAllowDrops:
      return &config.allow_drops;
    default:
      return nullptr;
  }
}

}  // namespace

extern "C" {

/// Parameters have their defaults; vp8_encoder_configure makes an encoder of them.
Encoder* vp8_encoder_create() { return new (std::nothrow) Encoder; }

void vp8_encoder_destroy(Encoder* encoder) { delete encoder; }

/// Takes effect with the next vp8_encoder_configure, which checks it.
int vp8_encoder_set(Encoder* encoder, int param, double value) {
  const auto which = static_cast<earshot::abi::Vp8EncoderParam>(param);
  const int number = earshot::ToIntParam(value);
  if (int* const to = NumberOf(encoder->config, which)) {
    *to = number;
    return 0;
  }
  if (number != 0 && number != 1) return ToInt(StatusCode::kInvalidArgument);
  if (which == earshot::abi::Vp8EncoderParam::kProfile) {
    encoder->config.profile = static_cast<earshot::Vp8Profile>(number);
    return 0;
  }
  bool* const to = SwitchOf(encoder->config, which);
  if (to == nullptr) return ToInt(StatusCode::kInvalidArgument);
  *to = number != 0;
  return 0;
}

/// Takes up what was set, from the next picture on; see Vp8Encoder::Update. Values that are
/// refused are forgotten, unless they were the first.
int vp8_encoder_configure(Encoder* encoder) {
  if (encoder->vp8 == nullptr) {
    auto vp8 = earshot::Vp8Encoder::Create(encoder->config);
    if (!vp8.ok()) return ToInt(vp8.status());
    encoder->vp8 = std::move(vp8).value();
  } else {
    const Status status = encoder->vp8->Update(encoder->config);
    encoder->config = encoder->vp8->config();
    if (!status.ok()) return ToInt(status);
  }
  encoder->input.resize(earshot::I420Bytes(encoder->config.width, encoder->config.height));
  return 0;
}

/// Of the size of one picture; valid until the next vp8_encoder_configure.
uint8_t* vp8_encoder_input(Encoder* encoder) { return encoder->input.data(); }

/// Encodes the picture in vp8_encoder_input; the time counts for calls alone. Returns the bytes at
/// vp8_encoder_packet, 0 for a picture that was dropped.
int vp8_encoder_encode(Encoder* encoder, int key_frame, double timestamp_us) {
  if (encoder->vp8 == nullptr) return ToInt(StatusCode::kFailedPrecondition);
  if (!(std::abs(timestamp_us) < 9e15)) return ToInt(StatusCode::kInvalidArgument);
  return encoder->vp8->Encode(encoder->input, key_frame != 0, static_cast<int64_t>(timestamp_us));
}

/// Valid until the next vp8_encoder_encode.
const uint8_t* vp8_encoder_packet(Encoder* encoder) {
  return encoder->vp8 == nullptr ? nullptr : encoder->vp8->packet().data();
}

const double* vp8_encoder_frame(Encoder* encoder) {
  using Field = earshot::abi::Vp8FrameField;
  if (encoder->vp8 == nullptr) return encoder->frame.data();
  const earshot::Vp8EncodedFrame& frame = encoder->vp8->frame();
  const auto set = [encoder](Field field, auto value) {
    encoder->frame[static_cast<size_t>(field)] = static_cast<double>(value);
  };
  set(Field::kKeyFrame, frame.key_frame);
  set(Field::kTemporalLayer, frame.temporal_layer);
  set(Field::kDiscardable, frame.discardable);
  set(Field::kQuantizer, frame.quantizer);
  return encoder->frame.data();
}

const double* vp8_encoder_stats(Encoder* encoder) {
  using Stat = earshot::abi::Vp8EncoderStat;
  if (encoder->vp8 == nullptr) return encoder->stats.data();
  const earshot::Vp8EncoderTotals& totals = encoder->vp8->totals();
  const auto set = [encoder](Stat stat, auto value) {
    encoder->stats[static_cast<size_t>(stat)] = static_cast<double>(value);
  };
  set(Stat::kFrames, totals.frames);
  set(Stat::kDropped, totals.dropped);
  set(Stat::kKeyFrames, totals.key_frames);
  set(Stat::kBytes, totals.bytes);
  set(Stat::kSquaredErrorY, totals.squared_error_y);
  set(Stat::kSamplesY, totals.samples_y);
  return encoder->stats.data();
}

}  // extern "C"
