#include "jitter/joiner.h"

#include <algorithm>

#include "jitter/cross_fade.h"

namespace earshot {
namespace {
// The search looks at every so many-th shift, and at every so many-th sample, then at all around
// the best: good up to 6 kHz at 48 kHz.
constexpr int kCoarseStep = 4;
// Below this likeness no shift is better than another.
constexpr float kLeastSimilarity = 0.3f;
}  // namespace

int Joiner::BestShift(std::span<const float> continued, std::span<const float> decoded,
                      float* similarity) const {
  const auto decoded_frames = static_cast<int>(decoded.size()) / num_channels_;
  const int window = std::min(frames_per_tick_, decoded_frames) * num_channels_;
  const int longest = std::min(frames_per_tick_, decoded_frames - window / num_channels_);
  const auto compare = [&](int shift, int stride) {
    return Similarity(continued.data(), decoded.data() + shift * num_channels_, window, stride);
  };
  int best = 0;
  *similarity = compare(0, kCoarseStep);
  for (int shift = kCoarseStep; shift <= longest; shift += kCoarseStep) {
    const float candidate = compare(shift, kCoarseStep);
    if (candidate > *similarity) {
      *similarity = candidate;
      best = shift;
    }
  }
  const int low = std::max(0, best - kCoarseStep + 1);
  const int high = std::min(longest, best + kCoarseStep - 1);
  *similarity = compare(best, 1);
  for (int shift = low; shift <= high; ++shift) {
    const float candidate = compare(shift, 1);
    if (candidate > *similarity) {
      *similarity = candidate;
      best = shift;
    }
  }
  return *similarity < kLeastSimilarity ? 0 : best;
}

int Joiner::Join(std::span<const float> continued, std::span<float> decoded) const {
  float similarity = 0;
  const int shift = BestShift(continued, decoded, &similarity);
  std::copy(decoded.begin() + shift * num_channels_, decoded.end(), decoded.begin());
  const int frames = static_cast<int>(decoded.size()) / num_channels_ - shift;
  CrossFade(continued.data(), decoded.data(), similarity, std::min(frames_per_tick_, frames),
            num_channels_, decoded.data());
  return shift;
}

}  // namespace earshot
