// Joiner: leads from concealment over to the packet that came after all.
#pragma once

#include <span>

namespace earshot {

/// Real-time safe, without state.
class Joiner {
 public:
  Joiner(int num_channels, int frames_per_tick)
      : num_channels_(num_channels), frames_per_tick_(frames_per_tick) {}

  /// `continued` is a tick of the concealment going on, `decoded` the packet's sound, interleaved.
  /// Where both are voiced, the packet begins at the point that continues the concealed period;
  /// then the one is faded into the other over a tick. Returns how many frames of `decoded` were
  /// dropped from its start for that, at most a tick; the rest has moved to its start.
  int Join(std::span<const float> continued, std::span<float> decoded) const;

 private:
  int BestShift(std::span<const float> continued, std::span<const float> decoded,
                float* similarity) const;

  const int num_channels_;
  const int frames_per_tick_;
};

}  // namespace earshot
