// AudioView: non-owning planar audio, the way every stage sees a block. Shape: channels × frames.
#pragma once

#include <span>

namespace earshot {

/// Read-write planar view of `num_frames` samples per channel. Cheap to copy; owns nothing. The
/// pointers must outlive the view. Samples are nominally in [-1, 1], but any finite value is
/// allowed.
template <typename Sample>
class BasicAudioView {
 public:
  BasicAudioView(Sample* const* channels, int num_channels, int num_frames)
      : channels_(channels), num_channels_(num_channels), num_frames_(num_frames) {}

  int num_channels() const { return num_channels_; }
  int num_frames() const { return num_frames_; }
  std::span<Sample> channel(int index) const {
    return {channels_[index], static_cast<std::size_t>(num_frames_)};
  }
  Sample* const* channels() const { return channels_; }

 private:
  Sample* const* channels_;
  int num_channels_;
  int num_frames_;
};

using AudioView = BasicAudioView<float>;
using ConstAudioView = BasicAudioView<const float>;

}  // namespace earshot
