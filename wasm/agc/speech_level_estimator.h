// SpeechLevelEstimator: how loud the talker is while talking, whatever the pauses and the
// background.
#pragma once

#include "agc/level_average.h"
#include "base/status.h"

namespace earshot {

struct SpeechLevelConfig {
  float frame_ms = 0.0F;  ///< Duration of the frames given to Update, above 0, at most 100.
};

/// What is known of one frame. The powers are mean squares.
struct SpeechFrame {
  float weighted_power = 0.0F;  ///< K-weighted, summed over the channels: what is heard.
  float power = 0.0F;           ///< Unweighted, of the louder channel.
  float peak = 0.0F;            ///< Largest magnitude.
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

  /// One frame, the background's weighted power, and the probability that the frame holds speech (0
  /// … 1).
  void Update(const SpeechFrame& frame, float weighted_noise_power, float speech_probability);

  /// Whether the latest frame is speech within a stretch long enough to count.
  bool in_speech() const { return in_speech_; }
  /// Whether any speech was heard yet; before, levels are kSilenceDbfs.
  bool has_estimate() const { return confirmed_.weighted.heard_ms() > 0.0F; }
  /// Levels of active speech: weighted (its loudness but for the calibration), unweighted RMS, and
  /// the mean in decibels of the largest magnitudes of its stretches of 300 ms.
  float weighted_level_db() const { return confirmed_.weighted.level_dbfs(); }
  float level_dbfs() const { return confirmed_.level.level_dbfs(); }
  float peak_dbfs() const { return confirmed_.peak.level_dbfs(); }
  /// 0 before any speech … 1 once as much was heard as is remembered.
  float confidence() const;

  void Reset();

 private:
  explicit SpeechLevelEstimator(const SpeechLevelConfig& config);

  struct State {
    LevelAverage weighted;
    LevelAverage level;
    LevelAverage peak;
    float chunk_peak;  // of the chunk under way
    float loud_power;  // weighted, of the loudest recent frame, sinking slowly

    void Add(const SpeechFrame& frame, float weighted_speech_power, float frame_ms);
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
