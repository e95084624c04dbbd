// G711Concealment: makes up for missing stretches of telephone sound, without any delay.
//
// The method is that of ITU-T G.711 Appendix I (09/99), "A high quality low-complexity algorithm
// for packet loss concealment with G.711": the last pitch periods are repeated, more of them the
// longer the gap lasts, ever softer from 10 ms on and not at all from 60 ms on, and overlap-added
// with what follows. It goes beyond the Appendix where that is known to be heard:
//  - no delay: the Appendix holds sound back by 3.75 ms to overlap-add it at the start of a gap.
//    Here what sets the repetition off from the sound before it rings out in a linear predictor;
//  - periods from 2.5 to 20 ms instead of 5 to 15 ms;
//  - repetition never gets louder when it reaches back beyond the last period, and sound that does
//    not repeat itself is repeated softer;
//  - the repetition is led into the returning sound in phase with it;
//  - what remains after 60 ms is background noise as it was before the gap, not dead silence.
#pragma once

#include <array>
#include <span>

#include "codec/background_noise.h"
#include "codec/linear_prediction.h"
#include "codec/pitch_period.h"

namespace earshot {

/// One mono stream at 8 kHz. A value: copying it copies the state. Real-time safe; the same sound
/// comes out however the gap is cut into pieces.
class G711Concealment {
 public:
  /// Takes sound that arrived. Its start is changed when a gap came before it.
  void Receive(std::span<float> sound);
  /// Writes what is to be heard when nothing arrived. Its peaks never exceed those before the gap.
  void Conceal(std::span<float> out);

 private:
  static constexpr int kMaxPeriods = 3;
  // The periods repeated and a quarter of one to smooth the seam.
  static constexpr int kHistorySamples = kMaxPeriods * kMaxPitchPeriod + kMaxPitchPeriod / 4;
  static constexpr int kMaxOverlap = 80;  // 10 ms
  using History = std::array<float, kHistorySamples>;

  /// The last periods of the sound before the gap, over and over.
  struct Loop {
    int periods = 1;
    int next = 0;    // Within them, in samples.
    float gain = 1;  // Never above the power of the last period; less for what hardly repeats.
  };

  void Begin();
  float Next();
  float Repeat();
  float Ring();
  float ReadLoop(Loop& loop) const;
  float LoopGain(int periods) const;
  void PrepareOverlap(std::span<const float> sound);
  void Remember(std::span<const float> sound);

  History history_ = {};  // All that was heard, the newest last.
  BackgroundNoise noise_;

  // == Within a gap ==
  bool concealing_ = false;
  int position_ = 0;     // Samples since its start, up to when nothing changes any more.
  History source_ = {};  // The sound before it.
  float peak_ = 0;
  PitchPeriod pitch_;
  Loop loop_;
  Loop loop_before_;  // Faded into loop_ for so many samples more:
  int loop_fade_ = 0;
  LinearPredictor predictor_;
  std::array<float, kPredictionOrder> ringing_ = {};  // The newest last.

  // == After it: the concealment goes on under the returning sound ==
  std::array<float, kMaxOverlap> overlap_ = {};
  int overlap_length_ = 0;
  int overlap_next_ = 0;
};

}  // namespace earshot
