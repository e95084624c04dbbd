#include "dsp/level_meter.h"

#include <algorithm>
#include <cmath>

#include "base/decibels.h"
#include "dsp/simd.h"

namespace earshot {
namespace {

/// What is left of a difference after `elapsed` with time constant `constant`.
float Remainder(float elapsed, float constant) {
  return constant > 0.0F ? std::exp(-elapsed / constant) : 0.0F;
}

}  // namespace

StatusOr<LevelMeter> LevelMeter::Create(const LevelMeterConfig& config) {
  if (config.sample_rate_hz <= 0 || !(config.attack_ms >= 0.0F) || !(config.release_ms >= 0.0F)) {
    return Status(StatusCode::kInvalidArgument,
                  "a level meter needs a sample rate and non-negative time constants");
  }
  return LevelMeter(config);
}

LevelMeter::LevelMeter(const LevelMeterConfig& config)
    : attack_samples_(config.attack_ms * static_cast<float>(config.sample_rate_hz) / 1000.0F),
      release_samples_(config.release_ms * static_cast<float>(config.sample_rate_hz) / 1000.0F) {}

void LevelMeter::Process(std::span<const float> samples) {
  if (samples.empty()) return;
  const auto elapsed = static_cast<float>(samples.size());
  float peak = 0.0F;
  for (const float sample : samples) peak = std::max(peak, std::abs(sample));
  const float mean_square =
      DotProduct(samples.data(), samples.data(), static_cast<int>(samples.size())) / elapsed;

  const float release = Remainder(elapsed, release_samples_);
  peak_ = std::max(peak, peak_ * release);
  const float kept = mean_square > mean_square_ ? Remainder(elapsed, attack_samples_) : release;
  mean_square_ = mean_square + (mean_square_ - mean_square) * kept;
}

float LevelMeter::peak_dbfs() const { return AmplitudeToDb(peak_); }
float LevelMeter::rms_dbfs() const { return PowerToDb(mean_square_); }

}  // namespace earshot
