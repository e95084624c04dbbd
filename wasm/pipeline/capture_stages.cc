#include "pipeline/capture_stages.h"

#include <utility>

namespace earshot {

StatusOr<CaptureStages> CaptureStages::Create(int num_channels) {
  auto suppressor = NoiseSuppressor::Create({.num_channels = num_channels});
  if (!suppressor.ok()) {
    return suppressor.status();
  }
  auto gain = AdaptiveGain::Create(
      {.sample_rate_hz = kSampleRateHz, .num_channels = num_channels, .frame_size = kFrameSize});
  if (!gain.ok()) {
    return gain.status();
  }
  auto limiter = Limiter::Create(
      {.sample_rate_hz = kSampleRateHz, .num_channels = num_channels, .max_frames = kFrameSize});
  if (!limiter.ok()) {
    return limiter.status();
  }
  return CaptureStages(std::move(suppressor).value(), gain.value(), std::move(limiter).value());
}

CaptureStages::CaptureStages(NoiseSuppressor suppressor, const AdaptiveGain& gain, Limiter limiter)
    : suppressor_(std::move(suppressor)), gain_(gain), limiter_(std::move(limiter)) {}

void CaptureStages::Process(AudioView frame) {
  suppressor_.Process(frame);
  gain_.Process(frame, suppressor_.speech_probability());
  limiter_.Process(frame);
}

}  // namespace earshot
