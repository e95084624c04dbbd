// BandEnergies: short-time energy in the band where strokes and clicks sound (2 … 7 kHz) and in the
// one where voices do (150 Hz … 1.2 kHz), every 1.3 ms: the time resolution a spectrum lacks.
#pragma once

#include <array>
#include <span>

#include "denoise/spectrum.h"
#include "dsp/simd.h"

namespace earshot {

/// Sub-blocks of a hop, of 64 samples each.
inline constexpr int kSubBlocks = 4;

/// Mean squares of one hop. Never zero: digital silence is at −120 dB.
struct HopEnergies {
  std::array<float, kSubBlocks> clicks;
  std::array<float, kSubBlocks> voices;
};

/// One channel. Four second-order Butterworth sections run side by side, two of them on what the
/// other two gave for the sample before. Real-time safe.
class BandEnergies {
 public:
  BandEnergies();

  /// Adds `weight` times the energies of kHopSize samples, each finite, to `energies`.
  void Accumulate(std::span<const float> samples, float weight, HopEnergies& energies);

  void Reset();

 private:
  Float4 b0_, b1_, b2_, a1_, a2_;
  Float4 s1_, s2_, last_;
};

}  // namespace earshot
