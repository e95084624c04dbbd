// DriftResampler: plays sound slightly faster or slower than recorded, pitch and all, by so little
// that nobody hears it.
#pragma once

#include <span>
#include <vector>

#include "jitter/sound_buffer.h"

namespace earshot {

/// Band-limited interpolation with a windowed sinc, tabulated at many phases and interpolated
/// linearly between them (J. O. Smith & P. Gossett, "A flexible sampling-rate conversion method",
/// ICASSP 1984). The sinc's zeros lie on the other samples, so at a whole position the sound comes
/// out as it is, and as long as positions stay whole nothing is computed. Adds no delay: what it
/// needs of past and future is in the SoundBuffer. Real-time safe.
class DriftResampler {
 public:
  /// Frames of the future that a position between two samples takes into account.
  static constexpr int kHalfTaps = 16;

  DriftResampler();

  /// Frames that must lie ahead to Read `frames` in steps of `step`.
  int Needs(int frames, double step) const;

  /// Plays `frames` frames, each `step` frames of `sound` after the one before. With a step of
  /// exactly 1 the position glides to a whole one first. Returns the frames of `sound` taken.
  int Read(double step, int frames, SoundBuffer& sound, std::span<float> out);

 private:
  double StepToWhole(int frames) const;
  template <int NumChannels>
  void Interpolate(const SoundBuffer& sound, double position, float* out) const;

  std::vector<float> table_;
  double phase_ = 0;  // Of the next frame behind the play position, 0 … 1.
};

}  // namespace earshot
