#include "jitter/drift_estimator.h"

#include <algorithm>
#include <cmath>

#include "jitter/tuning.h"

namespace earshot {

void DriftEstimator::Reset() {
  num_blocks_ = next_block_ = 0;
  started_ = false;
  drift_ = 0;
}

void DriftEstimator::Update(int64_t tick, int64_t offset_frames) {
  if (!started_ || tick >= block_start_ + tuning::kDriftBlockTicks) {
    if (started_) CloseBlock();
    started_ = true;
    block_start_ = low_tick_ = tick;
    low_ = offset_frames;
  }
  if (offset_frames >= low_) return;
  low_ = offset_frames;
  low_tick_ = tick;
}

void DriftEstimator::CloseBlock() {
  const Block block{static_cast<double>(low_tick_), static_cast<double>(low_)};
  if (num_blocks_ > 0) {
    const Block& last = blocks_[static_cast<std::size_t>((next_block_ + kBlocks - 1) % kBlocks)];
    const double step = block.offset_frames - last.offset_frames;
    // Clocks do not jump: another path, or an output that stood still. The past moves along.
    if (std::abs(step) > tuning::kDriftJumpTicks * frames_per_tick_) {
      for (Block& past : blocks_) past.offset_frames += step;
    }
  }
  blocks_[static_cast<std::size_t>(next_block_)] = block;
  next_block_ = (next_block_ + 1) % kBlocks;
  num_blocks_ = std::min(num_blocks_ + 1, kBlocks);
  Fit();
}

// Least squares, accepted only if nearly all blocks lie on the line as closely as whole ticks do.
void DriftEstimator::Fit() {
  drift_ = 0;
  if (num_blocks_ < tuning::kDriftMinBlocks) return;
  const auto count = static_cast<double>(num_blocks_);
  double mean_x = 0, mean_y = 0;
  for (int i = 0; i < num_blocks_; ++i) {
    mean_x += blocks_[static_cast<std::size_t>(i)].tick / count;
    mean_y += blocks_[static_cast<std::size_t>(i)].offset_frames / count;
  }
  double xx = 0, xy = 0;
  for (int i = 0; i < num_blocks_; ++i) {
    const Block& block = blocks_[static_cast<std::size_t>(i)];
    xx += (block.tick - mean_x) * (block.tick - mean_x);
    xy += (block.tick - mean_x) * (block.offset_frames - mean_y);
  }
  const double slope = xy / xx;
  const double span = static_cast<double>(num_blocks_) * tuning::kDriftBlockTicks;
  if (std::abs(slope) * span < tuning::kDriftLeastTicks * frames_per_tick_) return;
  int astray = 0;
  for (int i = 0; i < num_blocks_; ++i) {
    const Block& block = blocks_[static_cast<std::size_t>(i)];
    const double residual = block.offset_frames - mean_y - slope * (block.tick - mean_x);
    astray += std::abs(residual) > tuning::kDriftResidualTicks * frames_per_tick_ ? 1 : 0;
  }
  if (astray > tuning::kDriftAstrayShare * count) return;
  // A faster sender is ahead by more and more: its offsets fall.
  const double drift = -slope / frames_per_tick_;
  if (std::abs(drift) <= tuning::kMaxDrift) drift_ = drift;
}

}  // namespace earshot
