// SpeedControl: when to play faster or slower than recorded, and by how much.
#pragma once

#include <cstdint>

#include "jitter/sound_buffer.h"
#include "jitter/time_stretch.h"

namespace earshot {

/// Looks at the sound about to be played and changes its length by at most one period per tick.
/// Speech changes only where it resembles itself, silence anywhere; how closely it must, and how
/// soon again, depends on how far off playing is. Real-time safe.
class SpeedControl {
 public:
  enum class Action { kNone, kFaster, kSlower };

  SpeedControl(int sample_rate_hz, int num_channels);

  /// Once per tick, with a tick of decoded sound ahead. `excess_frames`: how much later than wanted
  /// playing is (negative: earlier). `overdue_frames`: how long the next packet has been due.
  Action Decide(const SoundBuffer& sound, int64_t excess_frames, int64_t overdue_frames);

  /// Sound that must lie ahead for Apply to play faster.
  int lookahead_frames() const { return stretch_.RemovalNeeds(longest_); }

  /// Carries out what Decide returned. Returns the change of length in frames, 0 when the sound did
  /// not allow it.
  int Apply(Action action, SoundBuffer& sound);

  int max_period() const { return stretch_.max_period(); }

 private:
  bool IsSilent(const SoundBuffer& sound);
  bool Accept(TimeStretch::Match& match, int otherwise);
  int Faster(SoundBuffer& sound);
  int Slower(SoundBuffer& sound);

  const int frames_per_tick_;
  TimeStretch stretch_;
  float noise_floor_ = 0;  // Mean square.
  bool silent_ = false;
  int longest_ = 0;           // Period to remove at most.
  float min_similarity_ = 0;  // For the action decided.
  int refused_ticks_ = 0;     // The sound has not allowed what was wanted for so long.
  float speed_ = 1;           // Not to be exceeded on average.
  int hold_frames_ = 0;       // Output until the next change.
};

}  // namespace earshot
