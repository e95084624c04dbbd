// CaptureStages: what the capture chain does to the sound, at 48 kHz in frames of one length.
#pragma once

#include <array>

#include "agc/adaptive_gain.h"
#include "agc/limiter.h"
#include "base/audio_view.h"
#include "base/status.h"
#include "denoise/noise_suppressor.h"

namespace earshot {

/// Noise suppression, then gain control that listens to the suppressor's speech probability, then
/// the limiter. The order keeps gain control from raising noise the suppressor would have removed,
/// and the limiter catches what gain control makes too loud. Real-time safe after Create.
class CaptureStages {
 public:
  static constexpr int kSampleRateHz = NoiseSuppressor::kSampleRateHz;
  static constexpr int kFrameSize = NoiseSuppressor::kFrameSize;

  /// `num_channels`: 1 or 2. `suppress`: whether the suppressor lies in the path of the sound, or
  /// only listens for speech.
  static StatusOr<CaptureStages> Create(int num_channels, bool suppress);

  /// In place, num_channels × kFrameSize samples, latency_samples() late whatever is switched off.
  void Process(AudioView frame);
  int latency_samples() const {
    return (suppress_ ? NoiseSuppressor::kLatencySamples : 0) + limiter_.latency_samples();
  }

  NoiseSuppressor& suppressor() { return suppressor_; }
  AdaptiveGain& gain() { return gain_; }
  Limiter& limiter() { return limiter_; }

 private:
  CaptureStages(bool suppress, NoiseSuppressor suppressor, const AdaptiveGain& gain,
                Limiter limiter, int num_channels);
  void Analyze(ConstAudioView frame);

  bool suppress_;
  NoiseSuppressor suppressor_;
  AdaptiveGain gain_;
  Limiter limiter_;
  std::array<std::array<float, kFrameSize>, 2> analyzed_;
  int num_channels_;
};

}  // namespace earshot
