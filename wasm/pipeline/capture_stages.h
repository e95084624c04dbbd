// CaptureStages: what the capture chain hears and does at 48 kHz, in frames of one length.
#pragma once

#include "agc/adaptive_gain.h"
#include "agc/voice_decision.h"
#include "base/audio_view.h"
#include "base/status.h"
#include "denoise/noise_suppressor.h"

namespace earshot {

/// Noise suppression, then gain control that listens to the suppressor's speech probability. The
/// order keeps gain control from raising noise the suppressor would have removed. Real-time safe
/// after Create.
class CaptureStages {
 public:
  static constexpr int kSampleRateHz = NoiseSuppressor::kSampleRateHz;
  static constexpr int kFrameSize = NoiseSuppressor::kFrameSize;
  /// Of Process, whatever is switched off.
  static constexpr int kLatencySamples = NoiseSuppressor::kLatencySamples;

  /// `num_channels`: 1 or 2.
  static StatusOr<CaptureStages> Create(int num_channels);

  /// In place, num_channels × kFrameSize samples.
  void Process(AudioView frame);
  /// Only listens: speech, levels and gain become known, the frame stays as it is. An object is
  /// used for the one or the other.
  void Analyze(ConstAudioView frame);

  NoiseSuppressor& suppressor() { return suppressor_; }
  const NoiseSuppressor& suppressor() const { return suppressor_; }
  AdaptiveGain& gain() { return gain_; }
  const AdaptiveGain& gain() const { return gain_; }
  const VoiceDecision& voice() const { return voice_; }

 private:
  CaptureStages(NoiseSuppressor suppressor, const AdaptiveGain& gain);

  NoiseSuppressor suppressor_;
  AdaptiveGain gain_;
  VoiceDecision voice_;
};

}  // namespace earshot
