#include "jitter/time_stretch.h"

#include <algorithm>
#include <cmath>

#include "jitter/cross_fade.h"

namespace earshot {
namespace {
// Periods from 400 Hz, the highest voices, to 50 Hz, below the deepest.
constexpr int kMinPeriodUs = 2500;
constexpr int kMaxPeriodUs = 20000;
// Length compared and cross-faded: one output tick, so that a repetition never needs sound beyond
// what is played next.
constexpr int kOverlapUs = 10000;
// The coarse search runs at this rate: speech fundamentals and the first formants are below 3 kHz.
constexpr int kCoarseRateHz = 6000;

int ToFrames(int sample_rate_hz, int us) {
  return static_cast<int>(static_cast<int64_t>(sample_rate_hz) * us / 1000000);
}
}  // namespace

TimeStretch::TimeStretch(int sample_rate_hz, int num_channels)
    : num_channels_(num_channels),
      decimation_(std::max(1, sample_rate_hz / kCoarseRateHz)),
      overlap_(ToFrames(sample_rate_hz, kOverlapUs)),
      min_period_(ToFrames(sample_rate_hz, kMinPeriodUs)),
      max_period_(ToFrames(sample_rate_hz, kMaxPeriodUs)),
      coarse_(static_cast<std::size_t>((max_period_ + overlap_) / decimation_ * num_channels)),
      faded_(static_cast<std::size_t>(overlap_ * num_channels)) {}

TimeStretch::Match TimeStretch::Find(const SoundBuffer& sound, int max_period, int direction) {
  // Coarse copy of everything compared: frames [first, first + length) around the play position.
  const int first = direction > 0 ? 0 : -max_period;
  const int length = (max_period + overlap_) / decimation_;
  const float* in = sound.at(first);
  for (int i = 0; i < length; ++i) {
    for (int c = 0; c < num_channels_; ++c) {
      float sum = 0;
      for (int j = 0; j < decimation_; ++j) sum += in[(i * decimation_ + j) * num_channels_ + c];
      coarse_[static_cast<std::size_t>(i * num_channels_ + c)] = sum;
    }
  }
  const int window = overlap_ / decimation_;
  const int fixed = -first / decimation_;
  const float* a = coarse_.data() + fixed * num_channels_;
  float aa = 0;
  for (int i = 0; i < window * num_channels_; ++i) aa += a[i] * a[i];

  int best_lag = min_period_ / decimation_;
  float best = -2;
  for (int lag = min_period_ / decimation_; lag <= max_period / decimation_; ++lag) {
    const int shift = direction * lag;
    if (fixed + shift < 0 || fixed + shift + window > length) break;
    const float* b = a + shift * num_channels_;
    float ab = 0, bb = 0;
    for (int i = 0; i < window * num_channels_; ++i) {
      ab += a[i] * b[i];
      bb += b[i] * b[i];
    }
    const float energy = aa * bb;
    const float similarity = energy > 0 ? ab / std::sqrt(energy) : 0;
    if (similarity > best) {
      best = similarity;
      best_lag = lag;
    }
  }

  Match match{.period = 0, .similarity = -2};
  const int centre = best_lag * decimation_;
  const int low = std::max(min_period_, centre - decimation_ + 1);
  const int high = std::min(max_period, centre + decimation_ - 1);
  for (int period = low; period <= high; ++period) {
    const float similarity =
        earshot::Similarity(sound.at(0), sound.at(direction * period), overlap_ * num_channels_);
    if (similarity > match.similarity) match = {period, similarity};
  }
  return match;
}

TimeStretch::Match TimeStretch::FindRemoval(const SoundBuffer& sound, int max_period) {
  return Find(sound, std::min(max_period, max_period_), 1);
}

TimeStretch::Match TimeStretch::FindRepetition(const SoundBuffer& sound) {
  return Find(sound, max_period_, -1);
}

void TimeStretch::Remove(const Match& match, SoundBuffer& sound) {
  float* to = sound.at(match.period);
  CrossFade(sound.at(0), to, match.similarity, overlap_, num_channels_, faded_.data());
  std::copy(faded_.begin(), faded_.end(), to);
  sound.RemoveAtPlay(match.period);
}

void TimeStretch::Repeat(const Match& match, SoundBuffer& sound) {
  CrossFade(sound.at(0), sound.at(-match.period), match.similarity, overlap_, num_channels_,
            faded_.data());
  sound.RepeatBefore(overlap_, match.period);
  std::copy(faded_.begin(), faded_.end(), sound.at(0));
}

}  // namespace earshot
