#include "agc/noise_floor_estimator.h"

#include <algorithm>

#include "base/decibels.h"

namespace earshot {
namespace {

// From this probability on a frame may be speech …
constexpr float kSpeechProbability = 0.5F;
// … and a pause keeps so far from it on both sides: the beginnings of words, which the detector
// sees late, their ends and their echo in the room are no background. In clean speech they would be
// all there is besides digital silence.
constexpr float kGuardMs = 200.0F;
// -110 dBFS: below the rounding noise of 16-bit capture, so a muted or not yet running source.
constexpr float kDigitalSilencePower = 1e-11F;

constexpr float kChunkMs = 50.0F;
// Of pauses: long against a key stroke, short against a fan that comes on.
constexpr float kMemoryMs = 1000.0F;
// Of everything: no talker goes that long without a gap of one chunk. Same span as WebRTC's AGC2.
constexpr float kFloorSpanMs = 5000.0F;
// The background of pauses is believed so far above the floor: babble and traffic stay below, words
// that the detector missed do not, once there was a gap between them.
constexpr float kMaxAboveFloorDb = 15.0F;
// Above every level that occurs.
constexpr float kNoMinimumDbfs = 200.0F;

}  // namespace

StatusOr<NoiseFloorEstimator> NoiseFloorEstimator::Create(const NoiseFloorConfig& config) {
  if (!(config.frame_ms > 0.0F && config.frame_ms <= 100.0F)) {
    return Status(StatusCode::kInvalidArgument, "frame_ms must be above 0 and at most 100");
  }
  return NoiseFloorEstimator(config);
}

NoiseFloorEstimator::NoiseFloorEstimator(const NoiseFloorConfig& config)
    : frame_ms_(config.frame_ms),
      pauses_({.chunk_ms = kChunkMs, .memory_ms = kMemoryMs, .prior_dbfs = kSilenceDbfs}),
      chunks_(pauses_) {
  Reset();
}

void NoiseFloorEstimator::Update(float power, float speech_probability) {
  const bool is_silence = power < kDigitalSilencePower;
  // A source that has not started yet has no floor.
  if ((has_estimate_ || !is_silence) && chunks_.Add(power, frame_ms_)) {
    UpdateFloor(chunks_.chunk_dbfs());
    has_estimate_ = true;
  }
  // Written so that not-a-number is no speech.
  if (speech_probability >= kSpeechProbability) {
    since_speech_ms_ = 0.0F;
    pending_ = {};
    num_pending_ = 0;
    return;
  }
  since_speech_ms_ = std::min(since_speech_ms_ + frame_ms_, kGuardMs);
  if (since_speech_ms_ == kGuardMs && !is_silence) {
    AddPause(power);
  }
}

// The newest chunks wait for the guard before they count.
void NoiseFloorEstimator::AddPause(float power) {
  pending_[0].energy += power * frame_ms_;
  pending_[0].ms += frame_ms_;
  if (pending_[0].ms < kChunkMs) {
    return;
  }
  if (++num_pending_ == static_cast<int>(pending_.size())) {
    --num_pending_;
    pauses_.Add(pending_.back().energy / pending_.back().ms, pending_.back().ms);
  }
  std::copy_backward(pending_.begin(), pending_.end() - 1, pending_.end());
  pending_[0] = {};
}

void NoiseFloorEstimator::UpdateFloor(float chunk_dbfs) {
  constexpr float kSectionMs = kFloorSpanMs / static_cast<float>(kNumSections);
  section_ms_ += std::max(kChunkMs, frame_ms_);
  if (section_ms_ > kSectionMs) {
    section_ms_ = 0.0F;
    section_ = (section_ + 1) % kNumSections;
    section_minimum_dbfs_[static_cast<std::size_t>(section_)] = kNoMinimumDbfs;
  }
  float& minimum = section_minimum_dbfs_[static_cast<std::size_t>(section_)];
  minimum = std::min(minimum, chunk_dbfs);
  floor_dbfs_ = *std::min_element(section_minimum_dbfs_.begin(), section_minimum_dbfs_.end());
}

float NoiseFloorEstimator::level_dbfs() const {
  return has_estimate_
             ? std::clamp(pauses_.level_dbfs(), floor_dbfs_, floor_dbfs_ + kMaxAboveFloorDb)
             : kSilenceDbfs;
}

void NoiseFloorEstimator::Reset() {
  pauses_.Reset();
  chunks_.Reset();
  section_minimum_dbfs_.fill(kNoMinimumDbfs);
  section_ = 0;
  section_ms_ = 0.0F;
  floor_dbfs_ = kSilenceDbfs;
  since_speech_ms_ = kGuardMs;
  pending_ = {};
  num_pending_ = 0;
  has_estimate_ = false;
}

}  // namespace earshot
