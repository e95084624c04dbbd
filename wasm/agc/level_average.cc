#include "agc/level_average.h"

#include <algorithm>

#include "base/decibels.h"

namespace earshot {

bool LevelAverage::Add(float power, float weight_ms) {
  chunk_energy_ += power * weight_ms;
  chunk_heard_ms_ += weight_ms;
  if (chunk_heard_ms_ < config_.chunk_ms) {
    return false;
  }
  chunk_dbfs_ = PowerToDb(chunk_energy_ / chunk_heard_ms_);
  const float weight = chunk_heard_ms_ / (std::min(heard_ms_, config_.memory_ms) + chunk_heard_ms_);
  level_dbfs_ += weight * (chunk_dbfs_ - level_dbfs_);
  heard_ms_ += chunk_heard_ms_;
  heard_ms_ = std::min(heard_ms_, 2.0F * config_.memory_ms);  // bounded; more is never asked
  chunk_energy_ = 0.0F;
  chunk_heard_ms_ = 0.0F;
  return true;
}

void LevelAverage::Reset() {
  heard_ms_ = 0.0F;
  level_dbfs_ = config_.prior_dbfs;
  chunk_dbfs_ = config_.prior_dbfs;
  chunk_energy_ = 0.0F;
  chunk_heard_ms_ = 0.0F;
}

}  // namespace earshot
