// CaptureStages: what the capture chain does to the sound, at 48 kHz in frames of one length.
#pragma once

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

  /// `num_channels`: 1 or 2.
  static StatusOr<CaptureStages> Create(int num_channels);

  /// In place, num_channels × kFrameSize samples, latency_samples() late whatever is switched off.
  void Process(AudioView frame);
  int latency_samples() const {
    return NoiseSuppressor::kLatencySamples + limiter_.latency_samples();
  }

  NoiseSuppressor& suppressor() { return suppressor_; }
  AdaptiveGain& gain() { return gain_; }
  Limiter& limiter() { return limiter_; }

 private:
  CaptureStages(NoiseSuppressor suppressor, const AdaptiveGain& gain, Limiter limiter);

  NoiseSuppressor suppressor_;
  AdaptiveGain gain_;
  Limiter limiter_;
};

}  // namespace earshot
