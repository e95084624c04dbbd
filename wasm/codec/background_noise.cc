#include "codec/background_noise.h"

#include <algorithm>
#include <cmath>

namespace earshot {
namespace {
// A block counts as background up to this factor over the floor (6 dB): the power of noise in
// 10 ms scatters by about 2 dB, syllables rise much higher.
constexpr float kAboveFloor = 4;
// Weight of a new block in the average: 100 ms of background are remembered.
constexpr float kNewWeight = 0.1f;
// Noise is never louder than this (−40 dBFS): a stream that begins within a word has no background
// to learn from yet.
constexpr float kMaxPower = 1e-4f;
}  // namespace

void BackgroundNoise::Learn(std::span<const float> sound) {
  while (!sound.empty()) {
    const auto count = std::min<std::size_t>(
        sound.size(), static_cast<std::size_t>(kBlockSamples - block_filled_));
    std::copy_n(sound.begin(), count, recent_.end() - kBlockSamples + block_filled_);
    block_filled_ += static_cast<int>(count);
    sound = sound.subspan(count);
    if (block_filled_ == kBlockSamples) EndBlock();
  }
}

void BackgroundNoise::EndBlock() {
  float power = 0;
  for (auto x = recent_.end() - kBlockSamples; x != recent_.end(); ++x) power += *x * *x;
  power /= kBlockSamples;
  least_power_ = std::min(least_power_, power);
  // Both blocks that are analysed must be quiet.
  if (std::max(power, previous_power_) <=
      kAboveFloor * std::min(least_power_, least_before_power_)) {
    const Autocorrelation now = WindowedAutocorrelation(recent_);
    const float weight = learned_ ? kNewWeight : 1;
    for (std::size_t i = 0; i < now.size(); ++i) {
      correlation_[i] += weight * (now[i] - correlation_[i]);
    }
    learned_ = true;
  }
  previous_power_ = power;
  if (++blocks_in_window_ == kWindowBlocks) {
    least_before_power_ = least_power_;
    least_power_ = kNoPower;
    blocks_in_window_ = 0;
  }
  std::copy(recent_.begin() + kBlockSamples, recent_.end(), recent_.begin());
  block_filled_ = 0;
}

void BackgroundNoise::Begin() {
  filter_ = SolvePredictor(correlation_);
  const float limit = correlation_[0] > kMaxPower ? kMaxPower / correlation_[0] : 1;
  // Evenly distributed noise has a third of the power of its peak.
  excitation_ = std::sqrt(3 * limit * filter_.residual_power);
  made_ = {};
}

float BackgroundNoise::Next() {
  random_ = random_ * 1664525u + 1013904223u;  // Numerical Recipes, §7.1: any generator will do.
  const float even = static_cast<float>(static_cast<int32_t>(random_)) * 0x1p-31f;
  const float sample = excitation_ * even + filter_.Predict(made_.data() + made_.size());
  std::copy(made_.begin() + 1, made_.end(), made_.begin());
  made_.back() = sample;
  return sample;
}

}  // namespace earshot
