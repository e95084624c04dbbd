// DelayEstimator: how far playing must stay behind the sender so that packets are there when
// needed.
#pragma once

#include <array>
#include <cstdint>

namespace earshot {

/// Everything is measured as an offset: the output tick at which a packet can first be played minus
/// its timestamp, in frames. The sender's clock and the path's fixed delay are an unknown constant
/// in it; only differences count.
///
/// The time axis is cut into blocks. Of each block the histogram takes the largest offset above the
/// base (the smallest one in the last seconds), because playing runs dry once per stall, however
/// many packets the stall held up. The histogram forgets exponentially, and the target is where the
/// weight of blocks beyond it falls to what is tolerated: stalls that recur within seconds are
/// waited for, a single one in half a minute hardly is. docs/jitter.md has the reasoning.
class DelayEstimator {
 public:
  /// `frames_per_tick`: 10 ms of sound.
  explicit DelayEstimator(int frames_per_tick);

  /// A packet that may be played from the coming tick `tick` on was due `offset_frames` ago (see
  /// above).
  void Update(int64_t tick, int64_t offset_frames);

  /// Forgets everything, as for a new stream, but not the tolerance.
  void Reset();

  /// How readily running dry is accepted for a shorter delay: 1 as tuned, more for less delay.
  void set_tolerance(float tolerance) { tolerance_ = tolerance; }

  bool started() const { return started_; }
  /// Smallest offset of the last seconds: playing can never be ahead of it for long.
  int64_t base_offset() const { return base_; }
  /// Wanted distance of playing from the base, in ticks.
  int target_ticks() const { return target_ticks_; }
  /// Smallest offset of the newest packets: earlier than that nothing can be played now.
  int64_t reachable_offset() const;
  /// Offset of the newest packet.
  int64_t latest_offset() const { return latest_; }
  /// Offset that most packets keep to, stalls apart.
  int64_t usual_offset() const { return base_ + static_cast<int64_t>(usual_); }

 private:
  // Reach of the histogram: 4 s, more than any delay bound.
  static constexpr int kBuckets = 401;
  // Blocks the base looks back on.
  static constexpr int kBaseBlocks = 32;

  void CloseBlock();
  void MoveBase(int64_t base);
  void ShiftClock(int64_t base);
  void FindTarget();
  float ToleratedShare(int ticks) const;
  int BucketOf(int64_t offset_frames) const;

  const int frames_per_tick_;
  std::array<float, kBuckets> weight_{};
  std::array<int64_t, kBaseBlocks> block_minimum_{};
  int num_blocks_ = 0;
  int next_block_ = 0;
  int64_t block_end_tick_ = 0;
  int64_t last_tick_ = 0;  // of the latest packet
  int64_t block_low_ = 0;
  int64_t block_high_ = 0;
  int64_t last_block_low_ = 0;
  int64_t last_block_high_ = 0;
  int64_t latest_ = 0;
  float tolerance_ = 1;
  int64_t base_ = 0;
  int target_ticks_ = 0;
  float usual_ = 0;  // Above the base, frames.
  bool started_ = false;
};

}  // namespace earshot
