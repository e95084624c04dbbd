// SpeechLevelEstimator: how loud the talker is while talking, whatever the pauses and the
// background.
#pragma once

#include "base/status.h"

namespace earshot {

struct SpeechLevelConfig {
  float frame_ms = 0.0F;  ///< Duration of the frames given to Update, above 0, at most 100.
  float initial_level_dbfs = -30.0F;  ///< Assumed before anybody spoke, -90 … 0.
};

/// Mean power of active speech, the quantity of ITU-T P.56, but causal and robust: frames count by
/// their speech probability, stationary noise is subtracted, and a frame far above the estimate (a
/// knock, a plosive) counts only up to a bound. The memory grows with the speech heard, so the
/// first words move the estimate quickly, up to a fixed span that follows a new talker within
/// seconds. All calls are real-time safe.
class SpeechLevelEstimator {
 public:
  /// kInvalidArgument when a value is outside its range.
  static StatusOr<SpeechLevelEstimator> Create(const SpeechLevelConfig& config);

  /// One frame: its RMS and that of the background in dBFS, and the probability that it holds
  /// speech (0 … 1). A non-finite argument counts as no speech.
  void Update(float frame_dbfs, float noise_dbfs, float speech_probability);

  /// Level of active speech, RMS in dBFS.
  float level_dbfs() const { return level_dbfs_; }
  /// 0 before any speech … 1 once the initial level no longer matters.
  float confidence() const;

  void Reset();

 private:
  explicit SpeechLevelEstimator(const SpeechLevelConfig& config);

  SpeechLevelConfig config_;
  float speech_ms_ = 0.0F;   // weighted duration heard so far, up to the memory span
  float mean_power_ = 0.0F;  // of active speech
  float level_dbfs_ = 0.0F;
};

}  // namespace earshot
