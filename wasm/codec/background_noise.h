// BackgroundNoise: learns level and colour of what is heard while nobody speaks, and makes noise
// like it.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "codec/linear_prediction.h"

namespace earshot {

/// For sound at 8 kHz. A value: copying it copies the state. Real-time safe.
class BackgroundNoise {
 public:
  /// Learns from received sound, in pieces of any length.
  void Learn(std::span<const float> sound);

  /// Prepares Next from what was learned so far.
  void Begin();
  /// The next sample of noise; zero before anything was learned.
  float Next();

 private:
  static constexpr int kBlockSamples = 80;      // 10 ms
  static constexpr int kWindowBlocks = 200;     // 2 s: the least of one or two is the floor.
  static constexpr int kAnalysisSamples = 160;  // 20 ms

  static constexpr float kNoPower = 1e9f;  // Above that of any sound.

  void EndBlock();

  // The latest samples, the newest last; the last block of them in the making.
  std::array<float, kAnalysisSamples> recent_ = {};
  int block_filled_ = 0;
  int blocks_in_window_ = 0;
  float least_power_ = kNoPower;         // Of this window …
  float least_before_power_ = kNoPower;  // … and of the one before.
  float previous_power_ = kNoPower;      // Of the block before.
  bool learned_ = false;
  Autocorrelation correlation_ = {};

  LinearPredictor filter_;
  float excitation_ = 0;                           // Peak of the noise put into the filter.
  std::array<float, kPredictionOrder> made_ = {};  // The newest last.
  uint32_t random_ = 1;
};

}  // namespace earshot
