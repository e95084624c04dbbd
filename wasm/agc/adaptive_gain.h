// AdaptiveGain: brings every talker to the same level without touching the pauses.
//
//   auto gain = AdaptiveGain::Create({.num_channels = 1, .frame_size = 256});
//   gain.value().Process(frame, suppressor.speech_probability());   // in place, no delay
//
// Follow it with a Limiter: the gain is set by the level of speech, not by its peaks.
#pragma once

#include "agc/noise_floor_estimator.h"
#include "agc/speech_level_estimator.h"
#include "base/audio_view.h"
#include "base/status.h"

namespace earshot {

/// Defaults and their reasons: adaptive_gain.cc.
struct AdaptiveGainConfig {
  int sample_rate_hz = 48000;  ///< 8000 … 192000.
  int num_channels = 1;        ///< 1 or 2; both get the same gain.
  int frame_size = 256;        ///< Samples per channel of every Process call, 1 … 100 ms.

  float target_level_dbfs = -22.0F;  ///< Level of active speech (RMS) aimed at, -40 … -10.
  float initial_gain_db = 8.0F;  ///< Approached before anybody spoke, min_gain_db … max_gain_db.
  float max_gain_db = 30.0F;     ///< 0 … 60.
  float min_gain_db = -12.0F;    ///< -40 … 0.
  float max_increase_db_per_s = 6.0F;    ///< Above 0, at most 100.
  float max_decrease_db_per_s = 12.0F;   ///< Above 0, at most 100.
  float max_output_noise_dbfs = -50.0F;  ///< Gain never raises the background above this, -90 … 0.
};

/// Gain control for speech in the manner of WebRTC's AGC2: the wanted gain is the target less the
/// estimated level of active speech, limited by the background noise. It is approached at a bounded
/// rate in dB per second: upwards only within a stretch of continuous speech, downwards at any
/// time. Inside a frame the gain runs exponentially from the old to the new value, sample by
/// sample. Everything is allocated by Create; all other calls are real-time safe.
class AdaptiveGain {
 public:
  /// kInvalidArgument when a value is outside its range.
  static StatusOr<AdaptiveGain> Create(const AdaptiveGainConfig& config);

  /// Off: the gain glides to 0 dB and the samples then pass untouched; the estimators go on. On by
  /// default.
  void set_enabled(bool enabled) { enabled_ = enabled; }
  bool enabled() const { return enabled_; }

  /// `frame`: num_channels × frame_size finite samples, replaced by the output; any other shape is
  /// left untouched. `speech_probability`: 0 … 1, for this frame.
  void Process(AudioView frame, float speech_probability);

  /// Gain at the end of the latest frame.
  float gain_db() const;
  /// Level of active speech at the input, RMS in dBFS, and how far it is to be trusted, 0 … 1.
  float speech_level_dbfs() const { return speech_level_.level_dbfs(); }
  float speech_level_confidence() const { return speech_level_.confidence(); }
  /// Level of the background at the input, RMS in dBFS.
  float noise_level_dbfs() const { return noise_floor_.level_dbfs(); }

  void Reset();

 private:
  AdaptiveGain(const AdaptiveGainConfig& config, SpeechLevelEstimator speech_level,
               NoiseFloorEstimator noise_floor);

  AdaptiveGainConfig config_;
  SpeechLevelEstimator speech_level_;
  NoiseFloorEstimator noise_floor_;
  bool enabled_ = true;
  float adapted_gain_db_ = 0.0F;  // what the levels ask for, rate limited
  float applied_gain_ = 1.0F;     // linear, at the end of the latest frame
};

}  // namespace earshot
