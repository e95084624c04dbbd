#include "denoise/band_energies.h"

#include <cmath>
#include <numbers>

#include "dsp/biquad.h"

namespace earshot {
namespace {

constexpr double kSampleRateHz = 48000.0;
constexpr double kClicksLowHz = 2000.0;
constexpr double kClicksHighHz = 7000.0;
constexpr double kVoicesLowHz = 150.0;
constexpr double kVoicesHighHz = 1200.0;
constexpr int kSubBlockSize = kHopSize / kSubBlocks;

// States below this are taken for zero once a hop: a filter that rings out would otherwise end in
// denormals.
constexpr float kSmallestState = 1e-15F;

Float4 Clean(Float4 v) {
  for (int i = 0; i < kFloat4Lanes; ++i) {
    if (std::fabs(v[i]) < kSmallestState) v[i] = 0.0F;
  }
  return v;
}

}  // namespace

BandEnergies::BandEnergies() {
  constexpr double kButterworth = 1.0 / std::numbers::sqrt2;
  // Lanes: what removes the lows of either band first, then what removes its highs.
  const BiquadCoefficients sections[] = {
      DesignHighPass(kSampleRateHz, kClicksLowHz, kButterworth).value(),
      DesignHighPass(kSampleRateHz, kVoicesLowHz, kButterworth).value(),
      DesignLowPass(kSampleRateHz, kClicksHighHz, kButterworth).value(),
      DesignLowPass(kSampleRateHz, kVoicesHighHz, kButterworth).value()};
  for (int i = 0; i < kFloat4Lanes; ++i) {
    b0_[i] = static_cast<float>(sections[i].b0);
    b1_[i] = static_cast<float>(sections[i].b1);
    b2_[i] = static_cast<float>(sections[i].b2);
    a1_[i] = static_cast<float>(sections[i].a1);
    a2_[i] = static_cast<float>(sections[i].a2);
  }
  Reset();
}

void BandEnergies::Accumulate(std::span<const float> samples, float weight, HopEnergies& energies) {
  Float4 s1 = s1_, s2 = s2_, y = last_;
  for (std::size_t block = 0; block < kSubBlocks; ++block) {
    Float4 sum{};
    for (const float sample : samples.subspan(block * kSubBlockSize, kSubBlockSize)) {
      // Transposed direct form II; the second pair takes the first pair's last output.
      const Float4 x = {sample, sample, y[0], y[1]};
      y = b0_ * x + s1;
      s1 = b1_ * x - a1_ * y + s2;
      s2 = b2_ * x - a2_ * y;
      sum += y * y;
    }
    const float scale = weight / static_cast<float>(kSubBlockSize);
    energies.clicks[block] += scale * sum[2];
    energies.voices[block] += scale * sum[3];
  }
  s1_ = Clean(s1);
  s2_ = Clean(s2);
  last_ = Clean(y);
}

void BandEnergies::Reset() { s1_ = s2_ = last_ = Float4{}; }

}  // namespace earshot
