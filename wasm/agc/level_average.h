// LevelAverage: a level in dBFS that loud instants do not dominate. The common core of the
// estimators of this folder.
#pragma once

namespace earshot {

/// Frames are gathered into chunks by power, and the levels of the chunks are averaged in decibels.
/// Power within a chunk gives the RMS its meaning (a syllable, not a pitch period); decibels
/// between chunks make the average fall as fast as it rises and bound the weight of a knock. The
/// memory grows with what was heard up to a fixed span, so the first chunks count most. Real-time
/// safe; cheap to copy.
class LevelAverage {
 public:
  struct Config {
    float chunk_ms;    ///< Duration gathered into one level.
    float memory_ms;   ///< Span of the average once warm.
    float prior_dbfs;  ///< Level before the first chunk, which sets it.
  };

  explicit LevelAverage(const Config& config) : config_(config) { Reset(); }

  /// Adds a frame of `power` (mean square) that counts as `weight_ms` ≥ 0 of sound. True when it
  /// completed a chunk.
  bool Add(float power, float weight_ms);

  float level_dbfs() const { return level_dbfs_; }
  /// Level of the latest complete chunk.
  float chunk_dbfs() const { return chunk_dbfs_; }
  /// Sound heard in complete chunks; stops counting far beyond memory_ms.
  float heard_ms() const { return heard_ms_; }

  void Reset();

 private:
  Config config_;
  float heard_ms_ = 0.0F;
  float level_dbfs_ = 0.0F;
  float chunk_dbfs_ = 0.0F;
  float chunk_energy_ = 0.0F;  // power × ms of the chunk under way
  float chunk_heard_ms_ = 0.0F;
};

}  // namespace earshot
