// GainRamp: applies a gain that changes without steps.
#pragma once

#include "base/audio_view.h"

namespace earshot {

/// The linear gain runs straight from where it is to where it shall be, sample by sample, the same
/// for all channels. How the sound is cut into blocks does not change it. Real-time safe.
class GainRamp {
 public:
  /// Arrives at `gain` with the last of the next `num_samples` ≥ 1 samples.
  void Start(float gain, int num_samples) {
    start_ = GainAt(position_);
    target_ = gain;
    step_ = (gain - start_) / static_cast<float>(num_samples);
    length_ = num_samples;
    position_ = 0;
  }

  /// In place; any length. A gain of exactly 1 leaves the samples untouched.
  void Process(AudioView block);

  void Reset() { *this = GainRamp(); }

 private:
  /// After `position` samples of the ramp.
  float GainAt(int position) const {
    return position < length_ ? start_ + step_ * static_cast<float>(position) : target_;
  }

  float start_ = 1.0F;
  float target_ = 1.0F;
  float step_ = 0.0F;
  int length_ = 0;
  int position_ = 0;  // up to length_
};

}  // namespace earshot
