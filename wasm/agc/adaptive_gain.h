// AdaptiveGain: brings every talker to the same loudness without touching the pauses.
//
//   auto gain = AdaptiveGain::Create({.num_channels = 1, .frame_size = 256});
//   gain.value().Process(frame, suppressor.speech_probability());   // in place, no delay
//
// Follow it with a Limiter: the gain is set by the loudness of speech, not by single peaks.
#pragma once

#include <vector>

#include "agc/gain_control_parameters.h"
#include "agc/gain_ramp.h"
#include "agc/noise_floor_estimator.h"
#include "agc/speech_level_estimator.h"
#include "agc/talker_detector.h"
#include "base/audio_view.h"
#include "base/status.h"
#include "dsp/k_weighting.h"

namespace earshot {

struct AdaptiveGainConfig {
  int sample_rate_hz = 48000;  ///< 8000 … 192000.
  int num_channels = 1;        ///< 1 or 2; both get the same gain.
  int frame_size = 256;        ///< Samples per channel of every frame, at most 100 ms.
  GainControlParameters parameters = {};
};

/// Gain control for speech in the manner of WebRTC's AGC2, aimed at a loudness (ITU-R BS.1770-4):
/// the wanted gain is the target less the estimated loudness of active speech, limited so that the
/// peaks of speech keep the headroom and the background stays below its bound. It is approached at
/// a bounded rate in dB per second: upwards only within a stretch of continuous speech of which a
/// TalkerDetector is sure, downwards at any time, and not at all for small differences. Until the
/// first talker only silence is raised by more than 2.5 dB. Everything is allocated by Create; all
/// other calls are real-time safe.
class AdaptiveGain {
 public:
  /// kInvalidArgument when a value is outside its range.
  static StatusOr<AdaptiveGain> Create(const AdaptiveGainConfig& config);

  /// Off: the gain glides to 0 dB and the samples then pass untouched; the estimators go on. On by
  /// default.
  void set_enabled(bool enabled) { enabled_ = enabled; }
  bool enabled() const { return enabled_; }

  /// kInvalidArgument, and no change, when a value is outside its range.
  Status set_parameters(const GainControlParameters& parameters);
  const GainControlParameters& parameters() const { return config_.parameters; }

  /// Before Process or Analyze, when their frame is not what the microphone heard but what a
  /// suppressor left of it: shows the frame before it, num_channels × frame_size finite samples,
  /// and the latest speech probability there is.
  void Listen(ConstAudioView input, float speech_probability);

  /// `frame`: num_channels × frame_size finite samples, replaced by the output; any other shape is
  /// left untouched. `speech_probability`: 0 … 1, for this frame.
  void Process(AudioView frame, float speech_probability);
  /// The same, but the frame is only looked at: for those who apply gain_db() elsewhere.
  void Analyze(ConstAudioView frame, float speech_probability);

  /// Gain at the end of the latest frame.
  float gain_db() const { return engagement_ * adapted_gain_db_; }
  /// Active speech at the input: loudness in LUFS and, over the same time, RMS in dBFS of the
  /// louder channel; at least -120.
  float speech_loudness_lufs() const;
  float speech_level_dbfs() const { return speech_.level_dbfs(); }
  /// Level of the background at the input, RMS in dBFS.
  float noise_level_dbfs() const { return noise_floor_.level_dbfs(); }

  void Reset();

 private:
  AdaptiveGain(const AdaptiveGainConfig& config, const SpeechLevelEstimator& speech,
               const NoiseFloorEstimator& noise_floor, TalkerDetector talker);
  bool Fits(int num_channels, int num_frames) const;
  float NoiseLimitDb() const;
  float WantedGainDb() const;
  void Adapt();

  AdaptiveGainConfig config_;
  std::vector<KWeighting> weightings_;  // per channel
  SpeechLevelEstimator speech_;
  NoiseFloorEstimator noise_floor_;           // RMS
  NoiseFloorEstimator weighted_noise_floor_;  // K-weighted, as speech is
  TalkerDetector talker_;
  bool listened_ = false;  // to this frame already
  GainRamp ramp_;
  float frame_s_;
  bool enabled_ = true;
  float engagement_ = 1.0F;       // 0 off … 1 on, gliding
  bool moving_ = false;           // towards what is wanted
  bool arrived_ = false;          // once, at what a talker wants
  float aim_db_ = 0.0F;           // where the gain goes
  float adapted_gain_db_ = 0.0F;  // rate limited
};

}  // namespace earshot
