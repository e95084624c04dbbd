#include "codec/pitch_period.h"

#include <cmath>

namespace earshot {
namespace {
// Squared samples per sample; below it nothing repeats but rounding.
constexpr float kLeastPower = 1e-9f;
}  // namespace

PitchPeriod FindPitchPeriod(std::span<const float> history) {
  const float* const recent = history.data() + history.size() - kPitchWindow;
  float recent_energy = 0;
  for (int i = 0; i < kPitchWindow; ++i) recent_energy += recent[i] * recent[i];
  float earlier_energy = 0;
  for (int i = 0; i < kPitchWindow; ++i) {
    earlier_energy += recent[i - kMinPitchPeriod] * recent[i - kMinPitchPeriod];
  }
  const float floor = kLeastPower * kPitchWindow;
  PitchPeriod best;
  for (int period = kMinPitchPeriod; period <= kMaxPitchPeriod; ++period) {
    const float* const earlier = recent - period;
    float product = 0;
    for (int i = 0; i < kPitchWindow; ++i) product += recent[i] * earlier[i];
    const float similarity =
        product / std::sqrt((recent_energy + floor) * (earlier_energy + floor));
    if (similarity > best.similarity) best = {period, similarity};
    if (period == kMaxPitchPeriod) break;
    // The window moves one sample into the past.
    earlier_energy +=
        earlier[-1] * earlier[-1] - earlier[kPitchWindow - 1] * earlier[kPitchWindow - 1];
  }
  return best;
}

}  // namespace earshot
