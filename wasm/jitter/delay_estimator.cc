#include "jitter/delay_estimator.h"

#include <algorithm>

#include "jitter/tuning.h"

namespace earshot {

DelayEstimator::DelayEstimator(int frames_per_tick) : frames_per_tick_(frames_per_tick) { Reset(); }

void DelayEstimator::Reset() {
  weight_.fill(0);
  num_blocks_ = 0;
  next_block_ = 0;
  base_ = 0;
  target_ticks_ = 0;
  usual_ = 0;
  started_ = false;
}

int DelayEstimator::BucketOf(int64_t offset_frames) const {
  const int64_t ticks = (offset_frames - base_ + frames_per_tick_ - 1) / frames_per_tick_;
  if (ticks > tuning::kOutageTicks) return 0;
  return static_cast<int>(std::clamp<int64_t>(ticks, 0, kBuckets - 1));
}

void DelayEstimator::Update(int64_t tick, int64_t offset_frames) {
  const int64_t reach = int64_t{kBuckets} * frames_per_tick_;
  // A sender that paused its clock, or jumped: what was learned of the old one no longer applies.
  if (started_ && (offset_frames > base_ + reach || offset_frames < base_ - reach)) Reset();
  if (!started_) {
    started_ = true;
    last_tick_ = tick - 1;
    base_ = block_low_ = block_high_ = last_block_low_ = last_block_high_ = offset_frames;
    block_end_tick_ = tick + tuning::kBlockTicks;
  }
  if (tick >= block_end_tick_) {
    CloseBlock();
    block_end_tick_ = tick + tuning::kBlockTicks;
    last_block_low_ = block_low_;
    last_block_high_ = block_high_;
    block_low_ = block_high_ = offset_frames;
  }
  block_low_ = std::min(block_low_, offset_frames);
  block_high_ = std::max(block_high_, offset_frames);
  if (offset_frames < base_) {
    if (tick == last_tick_) {
      ShiftClock(offset_frames);
    } else {
      MoveBase(offset_frames);
    }
  }
  last_tick_ = tick;
  latest_ = offset_frames;
  const float step = tuning::kUsualStep * static_cast<float>(frames_per_tick_);
  const bool later = static_cast<float>(offset_frames - base_) > usual_;
  usual_ =
      std::max(0.0f, usual_ + step * (later ? tuning::kUsualQuantile : tuning::kUsualQuantile - 1));
  // After an outage, what was usual in it has nothing to say.
  const int64_t highest = std::max({block_high_, last_block_high_, base_});
  usual_ = std::min(usual_, static_cast<float>(highest - base_));
  FindTarget();
}

int64_t DelayEstimator::reachable_offset() const { return std::min(block_low_, last_block_low_); }

void DelayEstimator::CloseBlock() {
  for (float& weight : weight_) weight *= tuning::kForget;
  weight_[static_cast<std::size_t>(BucketOf(block_high_))] += 1;
  block_minimum_[static_cast<std::size_t>(next_block_)] = block_low_;
  next_block_ = (next_block_ + 1) % kBaseBlocks;
  num_blocks_ = std::min(num_blocks_ + 1, kBaseBlocks);
  MoveBase(*std::min_element(block_minimum_.begin(), block_minimum_.begin() + num_blocks_));
}

// Takes all that was learned along to the new base. No network delivers a packet earlier than ever
// in the same tick as the one before it; an output that stood still while packets came in does.
void DelayEstimator::ShiftClock(int64_t base) {
  block_high_ -= base_ - base;
  last_block_high_ -= base_ - base;
  base_ = base;
}

// Keeps the histogram where it is on the absolute axis. What comes to lie beyond an outage, because
// the network recovered from one, counts as little as one.
void DelayEstimator::MoveBase(int64_t base) {
  const int64_t moved = (base - base_) / frames_per_tick_;
  const int shift = static_cast<int>(std::clamp<int64_t>(moved, -kBuckets, kBuckets));
  usual_ = std::max(0.0f, usual_ - static_cast<float>(base - base_));
  base_ += int64_t{shift} * frames_per_tick_;
  if (shift == 0) {
    base_ = std::min(base_, base);
    return;
  }
  const auto old = weight_;
  weight_.fill(0);
  for (int bucket = 0; bucket < kBuckets; ++bucket) {
    const int moved_to = std::max(bucket - shift, 0);
    const int to = moved_to > tuning::kOutageTicks ? 0 : moved_to;
    weight_[static_cast<std::size_t>(to)] += old[static_cast<std::size_t>(bucket)];
  }
}

float DelayEstimator::ToleratedShare(int ticks) const {
  const auto beyond_short = static_cast<float>(std::max(0, ticks - tuning::kShortTicks));
  return tolerance_ * std::min(tuning::kToleratedShare,
                               tuning::kShortShare + tuning::kShareSlope * beyond_short);
}

void DelayEstimator::FindTarget() {
  float total = 1;  // The block under way.
  for (const float weight : weight_) total += weight;
  const int open = BucketOf(block_high_);
  float beyond = 0;
  int bucket = kBuckets - 1;
  for (; bucket > 0; --bucket) {
    beyond += weight_[static_cast<std::size_t>(bucket)] + (bucket == open ? 1.0f : 0.0f);
    if (beyond > total * ToleratedShare(bucket)) break;
  }
  target_ticks_ = bucket;
}

}  // namespace earshot
