// NoiseFloorEstimator: level of what remains when nobody speaks, so that gain control does not make
// it audible.
#pragma once

#include "base/status.h"

namespace earshot {

struct NoiseFloorConfig {
  float frame_ms = 0.0F;  ///< Duration of the frames given to Update, above 0, at most 100.
};

/// Mean power of the frames without speech. A floor tracked through speech as well (the minimum of
/// the smoothed level over a sliding span, after Martin 2001) bounds the estimate from below and
/// lets it follow noise that a voice activity detector mistakes for speech. Digital silence is not
/// evidence: it leaves the estimate alone. All calls are real-time safe.
class NoiseFloorEstimator {
 public:
  /// Reported while nothing but digital silence was seen.
  static constexpr float kMinLevelDbfs = -120.0F;

  /// kInvalidArgument when a value is outside its range.
  static StatusOr<NoiseFloorEstimator> Create(const NoiseFloorConfig& config);

  /// One frame: its RMS in dBFS and the probability that it holds speech (0 … 1).
  void Update(float frame_dbfs, float speech_probability);

  /// RMS in dBFS, kMinLevelDbfs … .
  float level_dbfs() const { return level_dbfs_; }
  /// Whether any sound was seen at all.
  bool has_estimate() const { return frames_seen_ > 0; }

  void Reset();

 private:
  explicit NoiseFloorEstimator(const NoiseFloorConfig& config);

  NoiseFloorConfig config_;
  int frames_seen_ = 0;
  float level_dbfs_ = kMinLevelDbfs;
};

}  // namespace earshot
