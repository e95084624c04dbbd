// SpeechLevelEstimator: how loud the talker is while talking, whatever the pauses and the
// background.
#pragma once

#include "agc/level_average.h"
#include "base/status.h"

namespace earshot {

struct SpeechLevelConfig {
  float frame_ms = 0.0F;  ///< Duration of the frames given to Update, above 0, at most 100.
  float initial_level_dbfs = -30.0F;  ///< Assumed before anybody spoke, -90 … 0.
};

/// Level of active speech in the sense of ITU-T P.56 (mean power of the time somebody speaks, soft
/// endings left out), but causal: a frame counts by its speech probability and its distance from
/// the background, whose power is subtracted, and from the loudest recent speech. A stretch of
/// speech counts once it has lasted long enough to be no accident; a shorter one (a knock, a click
/// the detector fell for) leaves no trace. The memory grows with the speech heard, so the first
/// words move the estimate at once and a new talker is followed within seconds. All calls are
/// real-time safe.
class SpeechLevelEstimator {
 public:
  /// kInvalidArgument when a value is outside its range.
  static StatusOr<SpeechLevelEstimator> Create(const SpeechLevelConfig& config);

  /// One frame: its power (mean square) and the background's, and the probability that it holds
  /// speech (0 … 1).
  void Update(float power, float noise_power, float speech_probability);

  /// Whether the latest frame is speech within a stretch long enough to count.
  bool in_speech() const { return in_speech_; }
  /// Level of active speech, RMS in dBFS.
  float level_dbfs() const { return confirmed_.level.level_dbfs(); }
  /// 0 before any speech … 1 once the initial level no longer matters.
  float confidence() const { return confirmed_.level.confidence(); }

  void Reset();

 private:
  explicit SpeechLevelEstimator(const SpeechLevelConfig& config);

  struct State {
    LevelAverage level;
    float loud_power;  // of the loudest recent frame, sinking slowly
  };

  float frame_ms_;
  float loud_decay_;  // per frame
  State initial_;
  State confirmed_;
  State candidate_;  // with the stretch under way, which may yet prove an accident
  float stretch_ms_ = 0.0F;
  float gap_ms_ = 0.0F;  // since the latest speech frame of the stretch
  bool in_speech_ = false;
};

}  // namespace earshot
