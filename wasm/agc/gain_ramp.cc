#include "agc/gain_ramp.h"

#include <algorithm>

namespace earshot {

void GainRamp::Process(AudioView block) {
  const int num_frames = block.num_frames();
  // Samples before the ramp's last.
  const int num_ramped = std::clamp(length_ - 1 - position_, 0, num_frames);
  if (!(start_ == 1.0F && target_ == 1.0F)) {
    for (int c = 0; c < block.num_channels(); ++c) {
      float* const samples = block.channels()[c];
      for (int i = 0; i < num_ramped; ++i) {
        samples[i] *= start_ + step_ * static_cast<float>(position_ + i + 1);
      }
      for (int i = num_ramped; i < num_frames; ++i) {
        samples[i] *= target_;
      }
    }
  }
  position_ = std::min(length_, position_ + num_frames);
}

}  // namespace earshot
