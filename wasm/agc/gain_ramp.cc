#include "agc/gain_ramp.h"

#include <algorithm>
#include <cstddef>

namespace earshot {

void GainRamp::Process(AudioView block) {
  const int num_ramped = std::min(remaining_, block.num_frames());
  const bool rests = gain_ == target_;
  const float end =
      num_ramped == remaining_ ? target_ : gain_ + step_ * static_cast<float>(num_ramped);
  if (!(rests && gain_ == 1.0F)) {
    for (int c = 0; c < block.num_channels(); ++c) {
      float* const samples = block.channels()[c];
      for (int i = 0; i < num_ramped; ++i) {
        samples[i] *= gain_ + step_ * static_cast<float>(i + 1);
      }
      for (int i = num_ramped; i < block.num_frames(); ++i) {
        samples[i] *= end;
      }
    }
  }
  remaining_ -= num_ramped;
  gain_ = end;
}

}  // namespace earshot
