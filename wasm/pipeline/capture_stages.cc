#include "pipeline/capture_stages.h"

#include <algorithm>
#include <utility>

namespace earshot {

StatusOr<CaptureStages> CaptureStages::Create(int num_channels, bool suppress) {
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
  return CaptureStages(suppress, std::move(suppressor).value(), gain.value(),
                       std::move(limiter).value(), num_channels);
}

CaptureStages::CaptureStages(bool suppress, NoiseSuppressor suppressor, const AdaptiveGain& gain,
                             Limiter limiter, int num_channels)
    : suppress_(suppress),
      suppressor_(std::move(suppressor)),
      gain_(gain),
      limiter_(std::move(limiter)),
      num_channels_(num_channels) {}

void CaptureStages::Analyze(ConstAudioView frame) {
  float* copies[2];
  for (int c = 0; c < num_channels_; ++c) {
    copies[c] = analyzed_[static_cast<std::size_t>(c)].data();
    std::copy_n(frame.channels()[c], kFrameSize, copies[c]);
  }
  suppressor_.Process({copies, num_channels_, kFrameSize});
}

void CaptureStages::Process(AudioView frame) {
  if (suppress_) {
    suppressor_.Process(frame);
  } else {
    Analyze({frame.channels(), frame.num_channels(), frame.num_frames()});
  }
  gain_.Process(frame, suppressor_.speech_probability());
  limiter_.Process(frame);
}

}  // namespace earshot
