// DriftEstimator: by how much the sender's clock runs faster than the output's.
#pragma once

#include <array>
#include <cstdint>

namespace earshot {

/// No network delivers a packet early, so the smallest offset (see DelayEstimator) of a few seconds
/// is the same whatever the jitter, and its slope over minutes is the drift of the clocks. Offsets
/// are whole ticks; a straight line through many blocks sees through that. Real-time safe.
class DriftEstimator {
 public:
  /// `frames_per_tick`: 10 ms of sound.
  explicit DriftEstimator(int frames_per_tick) : frames_per_tick_(frames_per_tick) { Reset(); }

  void Update(int64_t tick, int64_t offset_frames);

  /// Forgets everything, as for a new stream.
  void Reset();

  /// Sender's rate over the output's, minus 1, within ±kMaxDrift; 0 as long as the blocks do not
  /// lie on a line, for then it is the delay that changes, or the line hardly rises.
  double drift() const { return drift_; }

 private:
  static constexpr int kBlocks = 128;

  void CloseBlock();
  void Fit();

  struct Block {
    double tick;
    double offset_frames;
  };

  const int frames_per_tick_;
  std::array<Block, kBlocks> blocks_{};
  int num_blocks_ = 0;
  int next_block_ = 0;
  int64_t block_start_ = 0;
  int64_t low_tick_ = 0;
  int64_t low_ = 0;
  bool started_ = false;
  double drift_ = 0;
};

}  // namespace earshot
