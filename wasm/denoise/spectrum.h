// Sizes and the array type all parts of the suppressor share.
#pragma once

#include <algorithm>
#include <array>

namespace earshot {

/// 21.3 ms at 48 kHz: bins 46.9 Hz apart, enough to see between the harmonics of most voices.
inline constexpr int kWindowSize = 1024;
inline constexpr int kHopSize = 256;
inline constexpr int kNumBins = kWindowSize / 2 + 1;
/// A multiple of eight, so that loops over whole spectra need no remainder. The bins past kNumBins
/// hold the floor.
inline constexpr int kPaddedBins = (kNumBins + 7) / 8 * 8;
inline constexpr float kBinHz = 48000.0F / static_cast<float>(kWindowSize);

/// Smallest power of a bin, relative to a full-scale sine's peak bin near 0 dB: −140 dB. Keeps
/// every ratio finite and all arithmetic clear of denormals.
inline constexpr float kPowerFloor = 1e-14F;

// std::lround is not for constant expressions; frequencies are positive and far below 2^24 bins.
// NOLINTNEXTLINE(bugprone-incorrect-roundings)
constexpr int BinOf(float hz) { return static_cast<int>(hz / kBinHz + 0.5F); }

struct alignas(16) Spectrum {
  std::array<float, kPaddedBins> bins;

  float& operator[](int k) { return bins[static_cast<std::size_t>(k)]; }
  float operator[](int k) const { return bins[static_cast<std::size_t>(k)]; }
  float* data() { return bins.data(); }
  const float* data() const { return bins.data(); }
  void Fill(float value) { bins.fill(value); }
};

}  // namespace earshot
