// CrossFade: from one sound to another without a dip or a bump in loudness.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace earshot {

/// Fades `num_frames` interleaved frames from `from` to `to` into `out`, which may be either of
/// them. `similarity` is their normalised cross-correlation. The gains sum to one and are divided
/// by the level such a sum would have, so that neither a vowel faded into itself (1) nor unrelated
/// sounds (0) change in loudness on the way.
inline void CrossFade(const float* from, const float* to, float similarity, int num_frames,
                      int num_channels, float* out) {
  const float related = std::clamp(similarity, 0.0f, 1.0f);
  for (int i = 0; i < num_frames; ++i) {
    const float to_gain = (static_cast<float>(i) + 0.5f) / static_cast<float>(num_frames);
    const float from_gain = 1 - to_gain;
    const float level = 1 / std::sqrt(from_gain * from_gain + to_gain * to_gain +
                                      2 * from_gain * to_gain * related);
    for (int j = i * num_channels; j < (i + 1) * num_channels; ++j) {
      out[j] = level * (from_gain * from[j] + to_gain * to[j]);
    }
  }
}

/// Normalised cross-correlation of `num_samples` samples, every `stride`-th of them; 0 for silence.
inline float Similarity(const float* a, const float* b, int num_samples, int stride = 1) {
  float ab = 0, aa = 0, bb = 0;
  for (int i = 0; i < num_samples; i += stride) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  const float energy = aa * bb;
  return energy > 0 ? ab / std::sqrt(energy) : 0;
}

}  // namespace earshot
