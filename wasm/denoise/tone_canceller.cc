#include "denoise/tone_canceller.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "denoise/tuning.h"
#include "dsp/simd.h"

namespace earshot {
namespace {

constexpr float kSampleRateHz = 48000.0F;
constexpr double kTwoPi = 2.0 * std::numbers::pi;
// Peaks of the finder this near are one tone.
constexpr float kSameToneHz = 3.0F;
constexpr int kMostMisses = 4;
// A fading tone below this is gone.
constexpr float kGone = 1e-7F;
// Frequencies are corrected every 85 ms.
constexpr int kFollowHops = 16;

}  // namespace

ToneCanceller::ToneCanceller(int num_channels)
    : weights_(static_cast<std::size_t>(num_channels)),
      previous_(static_cast<std::size_t>(num_channels)) {
  Reset();
}

void ToneCanceller::SetTones(std::span<const float> frequencies_hz) {
  for (Slot& slot : slots_) {
    if (slot.frequency_hz > 0.0F) ++slot.misses;
  }
  for (const float found_hz : frequencies_hz) {
    const auto known = std::find_if(slots_.begin(), slots_.end(), [found_hz](const Slot& s) {
      return s.frequency_hz > 0.0F && std::fabs(s.frequency_hz - found_hz) < kSameToneHz;
    });
    if (known != slots_.end()) {
      known->misses = 0;
      known->found_hz = found_hz;
      continue;
    }
    const auto free = std::find_if(slots_.begin(), slots_.end(),
                                   [](const Slot& s) { return s.frequency_hz <= 0.0F; });
    if (free == slots_.end()) return;
    *free = {.frequency_hz = found_hz, .found_hz = found_hz};
  }
}

void ToneCanceller::Process(std::span<float* const> channels, float share) {
  if (num_tones() > 0) {
    Prepare();
    for (std::size_t c = 0; c < weights_.size(); ++c) {
      Cancel({channels[c], kHopSize}, weights_[c], share_, share);
    }
    Advance();
  }
  share_ = share;
}

void ToneCanceller::Prepare() {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    const double step = kTwoPi * static_cast<double>(slot.frequency_hz / kSampleRateHz);
    cosine_[i] = static_cast<float>(std::cos(slot.phase));
    sine_[i] = static_cast<float>(std::sin(slot.phase));
    step_cosine_[i] = static_cast<float>(std::cos(step));
    step_sine_[i] = static_cast<float>(std::sin(step));
    const bool listens = slot.frequency_hz > 0.0F && slot.misses <= kMostMisses;
    const float adapting = slot.age_hops < kToneStartHops ? kToneStartStep : kToneStep;
    step_size_[i] = listens ? adapting : 0.0F;
  }
}

void ToneCanceller::Cancel(std::span<float> samples, Weights& weights, float share_from,
                           float share_to) const {
  constexpr std::size_t kGroups = kMaxTones / kFloat4Lanes;
  Float4 c[kGroups], s[kGroups], wc[kGroups], ws[kGroups];
  for (std::size_t g = 0; g < kGroups; ++g) {
    c[g] = Load4(&cosine_[g * kFloat4Lanes]);
    s[g] = Load4(&sine_[g * kFloat4Lanes]);
    wc[g] = Load4(&weights.cosine[g * kFloat4Lanes]);
    ws[g] = Load4(&weights.sine[g * kFloat4Lanes]);
  }
  float share = share_from;
  const float glide = (share_to - share_from) / static_cast<float>(kHopSize);
  for (float& sample : samples) {
    Float4 sum{};
    for (std::size_t g = 0; g < kGroups; ++g) sum += wc[g] * c[g] + ws[g] * s[g];
    const float tones = Sum4(sum);
    const float error = sample - tones;
    for (std::size_t g = 0; g < kGroups; ++g) {
      const Float4 step = Load4(&step_size_[g * kFloat4Lanes]) * Splat4(error);
      const Float4 rc = Load4(&step_cosine_[g * kFloat4Lanes]);
      const Float4 rs = Load4(&step_sine_[g * kFloat4Lanes]);
      wc[g] += step * c[g];
      ws[g] += step * s[g];
      const Float4 turned = c[g] * rc - s[g] * rs;
      s[g] = s[g] * rc + c[g] * rs;
      c[g] = turned;
    }
    share += glide;
    sample -= share * tones;
  }
  for (std::size_t g = 0; g < kGroups; ++g) {
    Store4(&weights.cosine[g * kFloat4Lanes], wc[g]);
    Store4(&weights.sine[g * kFloat4Lanes], ws[g]);
  }
}

void ToneCanceller::Advance() {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.frequency_hz <= 0.0F) continue;
    ++slot.age_hops;
    slot.phase = std::fmod(
        slot.phase + kTwoPi * kHopSize * static_cast<double>(slot.frequency_hz / kSampleRateHz),
        kTwoPi);
    if (slot.misses <= kMostMisses) continue;
    float largest = 0.0F;
    for (Weights& w : weights_) {
      w.cosine[i] *= kToneFade;
      w.sine[i] *= kToneFade;
      largest = std::max({largest, std::fabs(w.cosine[i]), std::fabs(w.sine[i])});
    }
    if (largest > kGone) continue;
    for (Weights& w : weights_) w.cosine[i] = w.sine[i] = 0.0F;
    slot = {};
  }
  if (++hops_ < kFollowHops) return;
  hops_ = 0;
  FollowFrequency();
  previous_ = weights_;
}

// With tone = wc·cos + ws·sin, the phasor wc − i·ws turns by the oscillator's error.
void ToneCanceller::FollowFrequency() {
  constexpr float kPeriodS = kFollowHops * kHopSize / kSampleRateHz;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.frequency_hz <= 0.0F || slot.age_hops < 2 * kToneStartHops) continue;
    float real = 0.0F, imaginary = 0.0F;
    for (std::size_t c = 0; c < weights_.size(); ++c) {
      const Weights& now = weights_[c];
      const Weights& then = previous_[c];
      real += now.cosine[i] * then.cosine[i] + now.sine[i] * then.sine[i];
      imaginary += now.cosine[i] * then.sine[i] - now.sine[i] * then.cosine[i];
    }
    const float error_hz = std::atan2(imaginary, real) / (static_cast<float>(kTwoPi) * kPeriodS);
    slot.frequency_hz = std::clamp(slot.frequency_hz + kToneFollow * error_hz,
                                   slot.found_hz - kToneReachHz, slot.found_hz + kToneReachHz);
  }
}

int ToneCanceller::num_tones() const {
  return static_cast<int>(std::count_if(slots_.begin(), slots_.end(),
                                        [](const Slot& s) { return s.frequency_hz > 0.0F; }));
}

void ToneCanceller::Reset() {
  slots_.fill(Slot{});
  for (Lanes* lanes : {&cosine_, &sine_, &step_cosine_, &step_sine_, &step_size_}) {
    lanes->fill(0.0F);
  }
  for (auto* all : {&weights_, &previous_}) {
    for (Weights& w : *all) {
      w.cosine.fill(0.0F);
      w.sine.fill(0.0F);
    }
  }
  hops_ = 0;
  share_ = 0.0F;
}

}  // namespace earshot
