// TimeStretch: removes or repeats one period of sound at the play position, so that playing catches
// up or waits without a change of pitch.
//
// Waveform similarity overlap-add (W. Verhelst & M. Roelands, "An overlap-add technique based on
// waveform similarity (WSOLA) for high quality time-scale modification of speech", ICASSP 1993):
// the period is the shift that looks most like the sound itself (normalised cross-correlation, eq.
// 3), and the two are joined by a cross-fade.
#pragma once

#include <vector>

#include "jitter/sound_buffer.h"

namespace earshot {

/// Real-time safe; scratch is made at construction.
class TimeStretch {
 public:
  /// The shift in frames found best and its normalised cross-correlation, −1 … 1.
  struct Match {
    int period = 0;
    float similarity = 0;
  };

  TimeStretch(int sample_rate_hz, int num_channels);

  /// Frames that must lie ahead for a period of `period` frames to be removed; for a repetition it
  /// is overlap().
  int RemovalNeeds(int period) const { return period + overlap_; }
  int overlap() const { return overlap_; }
  int min_period() const { return min_period_; }
  int max_period() const { return max_period_; }

  /// Best period to remove, at most `max_period`, from what lies ahead (RemovalNeeds(max_period)
  /// frames are read).
  Match FindRemoval(const SoundBuffer& sound, int max_period);
  /// Best period to repeat; reads max_period() frames of history and overlap() ahead.
  Match FindRepetition(const SoundBuffer& sound);

  /// Applies a match: the sound ahead gets shorter or longer by match.period.
  void Remove(const Match& match, SoundBuffer& sound);
  void Repeat(const Match& match, SoundBuffer& sound);

 private:
  // Compares the `overlap_` frames at `offset` with those shifted by `direction` × period for min …
  // max_period.
  Match Find(const SoundBuffer& sound, int max_period, int direction);

  const int num_channels_;
  const int decimation_;
  const int overlap_;
  const int min_period_;
  const int max_period_;
  std::vector<float> coarse_;
  std::vector<float> faded_;
};

}  // namespace earshot
