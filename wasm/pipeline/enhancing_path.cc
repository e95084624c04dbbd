#include "pipeline/enhancing_path.h"

#include <utility>

namespace earshot {

StatusOr<EnhancingPath> EnhancingPath::Create(const EnhancingPathConfig& config) {
  const bool same_rate = config.sample_rate_hz == CaptureStages::kSampleRateHz;
  auto stages = CaptureStages::Create(config.num_channels);
  if (!stages.ok()) {
    return stages.status();
  }
  // Behind a resampler any number of frames can arrive at once.
  auto adapter = FrameAdapter::Create({.num_channels = config.num_channels,
                                       .frame_samples = CaptureStages::kFrameSize,
                                       .block_multiple = same_rate ? config.block_multiple : 1});
  if (!adapter.ok()) {
    return adapter.status();
  }
  std::optional<RateBridge> bridge;
  if (!same_rate) {
    auto created = RateBridge::Create({.outer_rate_hz = config.sample_rate_hz,
                                       .inner_rate_hz = CaptureStages::kSampleRateHz,
                                       .num_channels = config.num_channels,
                                       .max_block_frames = config.max_block_frames});
    if (!created.ok()) {
      return created.status();
    }
    bridge.emplace(std::move(created).value());
  }
  return EnhancingPath(std::move(stages).value(), std::move(adapter).value(), std::move(bridge));
}

EnhancingPath::EnhancingPath(CaptureStages stages, FrameAdapter adapter,
                             std::optional<RateBridge> bridge)
    : stages_(std::move(stages)), adapter_(std::move(adapter)), bridge_(std::move(bridge)) {}

void EnhancingPath::ProcessInner(ConstAudioView in, AudioView out) {
  adapter_.Process(in, out, [this](AudioView frame) { stages_.Process(frame); });
}

void EnhancingPath::Process(ConstAudioView in, AudioView out) {
  if (bridge_) {
    bridge_->Process(in, out, [this](AudioView inner) {
      ProcessInner({inner.channels(), inner.num_channels(), inner.num_frames()}, inner);
    });
  } else {
    ProcessInner(in, out);
  }
}

double EnhancingPath::latency_seconds() const {
  const double inner_samples = adapter_.latency_samples() + CaptureStages::kLatencySamples;
  return inner_samples / CaptureStages::kSampleRateHz +
         (bridge_ ? bridge_->latency_seconds() : 0.0);
}

}  // namespace earshot
