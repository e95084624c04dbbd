#include "denoise/tone_finder.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "denoise/fast_math.h"
#include "denoise/tuning.h"
#include "dsp/window.h"

namespace earshot {
namespace {

// Neighbours on either side that a peak is compared with: 23 Hz, less than the spacing of mains
// harmonics.
constexpr int kReach = 16;
// Where the side lines of a vibrato lie: 4 to 15 Hz away.
constexpr int kSideFrom = 3;
constexpr int kSideTo = 10;
// No tone is worth a canceller below −100 dBFS.
constexpr float kQuietestTone = 1e-10F;

}  // namespace

ToneFinder::ToneFinder(RealFft fft, int num_channels)
    : fft_(std::move(fft)),
      histories_(static_cast<std::size_t>(num_channels)),
      window_(kSize),
      block_(kSize),
      spectrum_(kSize / 2 + 1),
      recent_(kSpectra) {
  FillHann(window_);
  float sum = 0.0F;
  for (const float w : window_) sum += w;
  for (float& w : window_) w *= 2.0F / sum;  // a full-scale sine has power 1
  Reset();
}

void ToneFinder::Push(int channel, std::span<const float> hop) {
  constexpr int kNew = kHopSize / kDecimation;
  auto& history = histories_[static_cast<std::size_t>(channel)];
  // Only every 64th hop is transformed: the history is filled in its place of the next window.
  float* target = history.data() + kSize - (kHopsPerStep - hops_) * kNew;
  for (int i = 0; i < kNew; ++i) {
    float sum = 0.0F;
    for (const float x : hop.subspan(static_cast<std::size_t>(i) * kDecimation, kDecimation)) {
      sum += x;
    }
    target[i] = sum / static_cast<float>(kDecimation);
  }
}

bool ToneFinder::Update() {
  if (++hops_ < kHopsPerStep) return false;
  hops_ = 0;
  Transform();
  if (spectra_seen_ >= kSpectra) FindPeaks();
  return true;
}

void ToneFinder::Transform() {
  Powers& power = recent_[static_cast<std::size_t>(spectra_seen_ % kSpectra)];
  spectra_seen_ = spectra_seen_ < 2 * kSpectra - 1 ? spectra_seen_ + 1 : kSpectra;
  power.fill(0.0F);
  for (auto& history : histories_) {
    for (std::size_t n = 0; n < history.size(); ++n) block_[n] = window_[n] * history[n];
    fft_.Forward(block_, spectrum_);
    for (std::size_t k = 0; k < power.size(); ++k) power[k] += std::norm(spectrum_[k]);
    std::copy(history.begin() + kSize / 2, history.end(), history.begin());
  }
}

void ToneFinder::FindPeaks() {
  minimum_ = recent_[0];
  for (const Powers& power : recent_) {
    for (std::size_t k = 0; k < power.size(); ++k) {
      minimum_[k] = power[k] < minimum_[k] ? power[k] : minimum_[k];
    }
  }
  num_tones_ = 0;
  for (int k = kFirstBin; k < kEndBin - kReach && num_tones_ < kMaxTones; ++k) {
    if (!IsPeak(k)) continue;
    // The parabola through the logarithms of a window's main lobe.
    const float* p = minimum_.data() + k;
    const float below = FastLog2(p[-1] + kPowerFloor);
    const float at = FastLog2(p[0]);
    const float above = FastLog2(p[1] + kPowerFloor);
    const float offset = 0.5F * (below - above) / (below - 2.0F * at + above);
    tones_[static_cast<std::size_t>(num_tones_++)] = (static_cast<float>(k) + offset) * kBinHz;
  }
}

bool ToneFinder::IsPeak(int k) const {
  const float* p = minimum_.data() + k;
  if (p[0] < kQuietestTone || p[0] <= p[-1] || p[0] < p[1] || p[0] < p[-2] || p[0] < p[2]) {
    return false;
  }
  std::array<float, 2 * kReach + 1> around;
  std::copy_n(p - kReach, around.size(), around.begin());
  std::nth_element(around.begin(), around.begin() + kReach, around.end());
  if (p[0] <= kToneProminence * around[kReach]) return false;
  // A singer's vibrato has a steady line in its middle, but side lines with it.
  for (int d = kSideFrom; d <= kSideTo; ++d) {
    if (p[0] < kToneSideRatio * std::max(p[-d], p[d])) return false;
  }
  // A tone comes back to its own power whenever nothing else sounds; a voice passes by.
  const auto steady = std::count_if(recent_.begin(), recent_.end(), [k, &p](const Powers& power) {
    return power[static_cast<std::size_t>(k)] < kToneSpread * p[0];
  });
  return steady >= kSteadySpectra;
}

void ToneFinder::Reset() {
  for (auto& history : histories_) history.fill(0.0F);
  num_tones_ = 0;
  hops_ = 0;
  spectra_seen_ = 0;
}

}  // namespace earshot
