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
  return CaptureStages(std::move(suppressor).value(), gain.value());
}

CaptureStages::CaptureStages(NoiseSuppressor suppressor, const AdaptiveGain& gain)
    : suppressor_(std::move(suppressor)),
      gain_(gain),
      voice_(1000.0F * static_cast<float>(kFrameSize) / static_cast<float>(kSampleRateHz)) {}

void CaptureStages::Process(AudioView frame) {
  // The probability is a frame old: nothing against a syllable.
  gain_.Listen({frame.channels(), frame.num_channels(), frame.num_frames()},
               suppressor_.speech_probability());
  suppressor_.Process(frame);
  voice_.Update(suppressor_.speech_probability());
  gain_.Process(frame, suppressor_.speech_probability());
}

void CaptureStages::Analyze(ConstAudioView frame) {
  suppressor_.Analyze(frame);
  voice_.Update(suppressor_.speech_probability());
  gain_.Analyze(frame, suppressor_.speech_probability());
}

}  // namespace earshot
