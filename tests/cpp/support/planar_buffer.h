// PlanarBuffer: owning planar audio for tests, viewed in blocks.
#pragma once

#include <cstddef>
#include <vector>

#include "base/audio_view.h"

namespace earshot::testing {

class PlanarBuffer {
 public:
  PlanarBuffer(int num_channels, int num_frames)
      : channels_(static_cast<std::size_t>(num_channels),
                  std::vector<float>(static_cast<std::size_t>(num_frames), 0.0F)),
        pointers_(channels_.size()) {}

  int num_channels() const { return static_cast<int>(channels_.size()); }
  int num_frames() const { return static_cast<int>(channels_[0].size()); }
  std::vector<float>& operator[](int channel) {
    return channels_[static_cast<std::size_t>(channel)];
  }
  const std::vector<float>& operator[](int channel) const {
    return channels_[static_cast<std::size_t>(channel)];
  }

  /// `num_frames` frames from `start` on. Valid until the next call.
  AudioView View(int start, int num_frames) {
    for (std::size_t c = 0; c < channels_.size(); ++c) {
      pointers_[c] = channels_[c].data() + start;
    }
    return {pointers_.data(), num_channels(), num_frames};
  }

 private:
  std::vector<std::vector<float>> channels_;
  std::vector<float*> pointers_;
};

/// The same samples, read only.
inline ConstAudioView AsConst(const AudioView& view) {
  return {view.channels(), view.num_channels(), view.num_frames()};
}

}  // namespace earshot::testing
