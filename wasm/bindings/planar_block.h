// PlanarBlock: the sample memory a chain shares with JavaScript.
#pragma once

#include <array>
#include <vector>

#include "base/audio_view.h"

namespace earshot {

/// `num_channels` (1 or 2) planes of `max_frames` samples. Allocates once; the planes never move.
class PlanarBlock {
 public:
  PlanarBlock(int num_channels, int max_frames)
      : samples_(static_cast<size_t>(num_channels) * static_cast<size_t>(max_frames)),
        num_channels_(num_channels),
        max_frames_(max_frames) {
    for (int c = 0; c < num_channels; ++c) {
      planes_[static_cast<size_t>(c)] = samples_.data() + static_cast<ptrdiff_t>(c) * max_frames;
    }
  }

  int max_frames() const { return max_frames_; }
  bool Holds(int frames) const { return frames > 0 && frames <= max_frames_; }
  /// Null for a channel that is not there.
  float* plane(int channel) {
    return channel >= 0 && channel < num_channels_ ? planes_[static_cast<size_t>(channel)]
                                                   : nullptr;
  }
  AudioView first(int frames) { return {planes_.data(), num_channels_, frames}; }
  ConstAudioView const_first(int frames) const { return {const_planes(), num_channels_, frames}; }

 private:
  const float* const* const_planes() const { return planes_.data(); }

  std::vector<float> samples_;
  std::array<float*, 2> planes_ = {};
  int num_channels_;
  int max_frames_;
};

}  // namespace earshot
