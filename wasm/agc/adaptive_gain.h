// AdaptiveGain: brings every talker to the same level without touching the pauses.
//
//   auto gain = AdaptiveGain::Create({.num_channels = 1, .frame_size = 256});
//   gain.value().Process(frame, suppressor.speech_probability());   // in place, no delay
//
// Follow it with a Limiter: the gain is set by the level of speech, not by its peaks.
#pragma once

#include "agc/gain_control_parameters.h"
#include "agc/noise_floor_estimator.h"
#include "agc/speech_level_estimator.h"
#include "base/audio_view.h"
#include "base/status.h"

namespace earshot {

/// The levels are RMS of active speech and of the background.
struct AdaptiveGainConfig {
  int sample_rate_hz = 48000;  ///< 8000 … 192000.
  int num_channels = 1;        ///< 1 or 2; both get the same gain.
  int frame_size = 256;        ///< Samples per channel of every Process call, at most 100 ms.

  /// -40 … -10. Leaves speech, whose peaks are 15 to 18 dB above, some 5 dB of headroom.
  float target_level_dbfs = -22.0F;
  /// Approached before anybody spoke, min_gain_db … max_gain_db. Suits a talker at -30 dBFS, a
  /// common microphone without the system's own gain control.
  float initial_gain_db = 8.0F;
  /// 0 … 60. Beyond 30 dB it is the room that is amplified.
  float max_gain_db = 30.0F;
  /// -40 … 0. A microphone set too high is turned down, not only limited.
  float min_gain_db = -12.0F;
  /// Above 0, at most 100. As WebRTC's AGC2: not heard as a movement within a sentence.
  float max_increase_db_per_s = 6.0F;
  /// Above 0, at most 100. Faster, because too loud is worse than too soft.
  float max_decrease_db_per_s = 12.0F;
  /// -90 … 0. No gain above 0 dB lifts the background over this.
  float max_output_noise_dbfs = -50.0F;
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

  /// kInvalidArgument, and no change, when a value is outside its range.
  Status set_parameters(const GainControlParameters& parameters);

  /// `frame`: num_channels × frame_size finite samples, replaced by the output; any other shape is
  /// left untouched. `speech_probability`: 0 … 1, for this frame.
  void Process(AudioView frame, float speech_probability);

  /// Gain at the end of the latest frame.
  float gain_db() const { return engagement_ * adapted_gain_db_; }
  /// Level of active speech at the input, RMS in dBFS, and how far it is to be trusted, 0 … 1.
  float speech_level_dbfs() const { return speech_level_.level_dbfs(); }
  float speech_level_confidence() const { return speech_level_.confidence(); }
  /// Level of the background at the input, RMS in dBFS.
  float noise_level_dbfs() const { return noise_floor_.level_dbfs(); }

  void Reset();

 private:
  AdaptiveGain(const AdaptiveGainConfig& config, const SpeechLevelEstimator& speech_level,
               const NoiseFloorEstimator& noise_floor);
  float WantedGainDb() const;
  void Adapt();

  AdaptiveGainConfig config_;
  SpeechLevelEstimator speech_level_;
  NoiseFloorEstimator noise_floor_;
  float frame_s_;
  bool enabled_ = true;
  float engagement_ = 1.0F;       // 0 off … 1 on, gliding
  float adapted_gain_db_ = 0.0F;  // rate limited
  float applied_gain_ = 1.0F;     // linear, at the end of the latest frame
};

}  // namespace earshot
