// GainRamp: applies a gain that changes without steps.
#pragma once

#include "base/audio_view.h"

namespace earshot {

/// The linear gain runs straight from where it is to where it shall be, sample by sample, the same
/// for all channels. Real-time safe.
class GainRamp {
 public:
  /// Arrives at `gain` with the last of the next `num_samples` ≥ 1 samples.
  void Start(float gain, int num_samples) {
    target_ = gain;
    step_ = (gain - gain_) / static_cast<float>(num_samples);
    remaining_ = num_samples;
  }

  /// In place; any length. A gain of exactly 1 leaves the samples untouched.
  void Process(AudioView block);

  void Reset() { *this = GainRamp(); }

 private:
  float gain_ = 1.0F;
  float target_ = 1.0F;
  float step_ = 0.0F;
  int remaining_ = 0;
};

}  // namespace earshot
