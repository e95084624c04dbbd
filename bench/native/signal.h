// Input for the kernels: noise with the slope of speech, so that no branch sees silence and no two
// runs differ.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace earshot::bench {

inline std::vector<float> MakeSignal(int num_samples) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0.0F, 0.02F);
  std::vector<float> samples(static_cast<std::size_t>(num_samples));
  float previous = 0.0F;
  for (float& sample : samples) sample = previous = 0.9F * previous + normal(random);
  return samples;
}

}  // namespace earshot::bench
