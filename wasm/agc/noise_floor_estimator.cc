#include "agc/noise_floor_estimator.h"

#include <algorithm>

#include "base/decibels.h"

namespace earshot {
namespace {

// Below this a frame is a pause: all that is not decidedly speech, or swelling noise would read too
// low.
constexpr float kPauseProbability = 0.9F;
// -110 dBFS: below the rounding noise of 16-bit capture, so a muted or not yet running source.
constexpr float kDigitalSilencePower = 1e-11F;

constexpr float kChunkMs = 50.0F;
// Of pauses: long against a key stroke, short against a fan that comes on.
constexpr float kMemoryMs = 1000.0F;
// Of everything: no talker goes that long without a gap of one chunk. Same span as WebRTC's AGC2.
constexpr float kFloorSpanMs = 5000.0F;
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
  if (chunks_.Add(power, frame_ms_)) {
    UpdateFloor(chunks_.chunk_dbfs());
    has_estimate_ = has_estimate_ || !is_silence;
  }
  if (speech_probability < kPauseProbability && !is_silence) {
    pauses_.Add(power, frame_ms_);
  }
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
  return has_estimate_ ? std::max(floor_dbfs_, pauses_.level_dbfs()) : kSilenceDbfs;
}

void NoiseFloorEstimator::Reset() {
  pauses_.Reset();
  chunks_.Reset();
  section_minimum_dbfs_.fill(kNoMinimumDbfs);
  section_ = 0;
  section_ms_ = 0.0F;
  floor_dbfs_ = kSilenceDbfs;
  has_estimate_ = false;
}

}  // namespace earshot
