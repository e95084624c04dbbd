// NoiseFloorEstimator: level of what remains when nobody speaks, so that gain control does not make
// it audible.
#pragma once

#include <array>

#include "agc/level_average.h"
#include "base/status.h"

namespace earshot {

struct NoiseFloorConfig {
  float frame_ms = 0.0F;  ///< Duration of the frames given to Update, above 0, at most 100.
};

/// Average level of the pauses, and never below the floor: the lowest short-time
/// level of the latest seconds, speech or not (minimum statistics, Martin 2001). The floor catches
/// a detector that takes noise for speech. Digital silence (a muted or gated source) says
/// nothing about the level of pauses, but shows how far above it they are to be believed. All calls
/// are real-time safe.
class NoiseFloorEstimator {
 public:
  /// kInvalidArgument when a value is outside its range.
  static StatusOr<NoiseFloorEstimator> Create(const NoiseFloorConfig& config);

  /// One frame: its power (mean square) and the probability that it holds speech (0 … 1).
  void Update(float power, float speech_probability);

  /// RMS in dBFS, at least -120.
  float level_dbfs() const;
  /// Whether any sound was seen yet.
  bool has_estimate() const { return has_estimate_; }

  void Reset();

 private:
  // The sliding minimum is kept as minima of sections, of which the oldest drops out at once.
  static constexpr int kNumSections = 10;
  // The chunks of the guard and the one under way.
  static constexpr int kNumPending = 5;
  struct Chunk {
    float energy = 0.0F;  // power × ms
    float ms = 0.0F;
  };

  explicit NoiseFloorEstimator(const NoiseFloorConfig& config);
  void AddPause(float power);
  void UpdateFloor(float chunk_dbfs);

  float frame_ms_;
  LevelAverage pauses_;
  LevelAverage chunks_;  // of everything, only for its chunk levels
  std::array<float, kNumSections> section_minimum_dbfs_;
  int section_ = 0;
  float section_ms_ = 0.0F;
  float floor_dbfs_;
  float since_speech_ms_;
  std::array<Chunk, kNumPending> pending_;  // of the pause under way, newest first
  int num_pending_ = 0;                     // complete ones
  bool has_estimate_ = false;
};

}  // namespace earshot
