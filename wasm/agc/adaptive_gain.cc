#include "agc/adaptive_gain.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/decibels.h"
#include "dsp/simd.h"

namespace earshot {
namespace {

// Time to glide between off and on: too slow to click, too fast to wait for.
constexpr float kSwitchSeconds = 0.1F;

// The K-weighted loudness of speech lies about so far below its RMS (ITU-R BS.1770-4).
constexpr float kLoudnessToLevelDb = 1.0F;

bool IsWithin(float value, float low, float high) { return value >= low && value <= high; }

Status Validate(const AdaptiveGainConfig& config) {
  const auto invalid = [](const char* message) {
    return Status(StatusCode::kInvalidArgument, message);
  };
  if (config.sample_rate_hz < 8000 || config.sample_rate_hz > 192000) {
    return invalid("sample_rate_hz must be between 8000 and 192000");
  }
  if (config.num_channels < 1 || config.num_channels > 2) {
    return invalid("num_channels must be 1 or 2");
  }
  if (config.frame_size < 1 || config.frame_size > config.sample_rate_hz / 10) {
    return invalid("frame_size must be between one sample and 100 ms");
  }
  if (!IsWithin(config.target_level_dbfs, -40.0F, -10.0F)) {
    return invalid("target_level_dbfs must be between -40 and -10");
  }
  if (!IsWithin(config.max_gain_db, 0.0F, 60.0F) || !IsWithin(config.min_gain_db, -40.0F, 0.0F)) {
    return invalid("max_gain_db must be between 0 and 60, min_gain_db between -40 and 0");
  }
  if (!IsWithin(config.initial_gain_db, config.min_gain_db, config.max_gain_db)) {
    return invalid("initial_gain_db must be between min_gain_db and max_gain_db");
  }
  if (!(config.max_increase_db_per_s > 0.0F && config.max_increase_db_per_s <= 100.0F) ||
      !(config.max_decrease_db_per_s > 0.0F && config.max_decrease_db_per_s <= 100.0F)) {
    return invalid("rates must be above 0 and at most 100 dB per second");
  }
  if (!IsWithin(config.max_output_noise_dbfs, -90.0F, 0.0F)) {
    return invalid("max_output_noise_dbfs must be between -90 and 0");
  }
  return Status();
}

/// Mean square of the louder channel: a voice on one channel only is as loud as on both.
float LouderPower(AudioView frame) {
  float louder = 0.0F;
  for (int c = 0; c < frame.num_channels(); ++c) {
    const float* samples = frame.channels()[c];
    louder = std::max(louder, DotProduct(samples, samples, frame.num_frames()));
  }
  return louder / static_cast<float>(frame.num_frames());
}

}  // namespace

StatusOr<AdaptiveGain> AdaptiveGain::Create(const AdaptiveGainConfig& config) {
  if (const Status status = Validate(config); !status.ok()) {
    return status;
  }
  const float frame_ms =
      1000.0F * static_cast<float>(config.frame_size) / static_cast<float>(config.sample_rate_hz);
  // The level at which the wanted gain is the initial one.
  const float initial_level_dbfs =
      std::clamp(config.target_level_dbfs - config.initial_gain_db, -90.0F, 0.0F);
  auto speech_level = SpeechLevelEstimator::Create(
      {.frame_ms = frame_ms, .initial_level_dbfs = initial_level_dbfs});
  if (!speech_level.ok()) {
    return speech_level.status();
  }
  auto noise_floor = NoiseFloorEstimator::Create({.frame_ms = frame_ms});
  if (!noise_floor.ok()) {
    return noise_floor.status();
  }
  return AdaptiveGain(config, speech_level.value(), noise_floor.value());
}

AdaptiveGain::AdaptiveGain(const AdaptiveGainConfig& config,
                           const SpeechLevelEstimator& speech_level,
                           const NoiseFloorEstimator& noise_floor)
    : config_(config),
      speech_level_(speech_level),
      noise_floor_(noise_floor),
      frame_s_(static_cast<float>(config.frame_size) / static_cast<float>(config.sample_rate_hz)) {}

Status AdaptiveGain::set_parameters(const GainControlParameters& parameters) {
  if (const Status status = earshot::Validate(parameters); !status.ok()) {
    return status;
  }
  config_.target_level_dbfs = parameters.target_loudness_lufs + kLoudnessToLevelDb;
  config_.max_gain_db = parameters.max_gain_db;
  config_.initial_gain_db = std::min(parameters.initial_gain_db, parameters.max_gain_db);
  config_.max_increase_db_per_s = parameters.max_gain_change_db_per_s;
  config_.max_decrease_db_per_s = 2.0F * parameters.max_gain_change_db_per_s;
  config_.max_output_noise_dbfs = parameters.max_output_noise_dbfs;
  return Status();
}

float AdaptiveGain::WantedGainDb() const {
  const float wanted_db = std::clamp(config_.target_level_dbfs - speech_level_.level_dbfs(),
                                     config_.min_gain_db, config_.max_gain_db);
  // Noise limits amplification but never asks for attenuation: a voice in a loud room would be
  // turned down for it.
  const float noise_limit_db =
      std::max(0.0F, config_.max_output_noise_dbfs - noise_floor_.level_dbfs());
  return std::min(wanted_db, noise_limit_db);
}

void AdaptiveGain::Adapt() {
  const float change_db = WantedGainDb() - adapted_gain_db_;
  // Before the first word the initial gain is approached, as soon as the background is known that
  // limits it.
  const bool before_speech = speech_level_.confidence() == 0.0F && noise_floor_.has_estimate();
  const bool may_increase = speech_level_.in_speech() || before_speech;
  const float max_increase_db = may_increase ? config_.max_increase_db_per_s * frame_s_ : 0.0F;
  const float max_decrease_db = config_.max_decrease_db_per_s * frame_s_;
  adapted_gain_db_ += std::clamp(change_db, -max_decrease_db, max_increase_db);

  const float max_step = frame_s_ / kSwitchSeconds;
  const float wanted_engagement = enabled_ ? 1.0F : 0.0F;
  engagement_ += std::clamp(wanted_engagement - engagement_, -max_step, max_step);
}

void AdaptiveGain::Process(AudioView frame, float speech_probability) {
  if (frame.num_channels() != config_.num_channels || frame.num_frames() != config_.frame_size) {
    return;
  }
  const float power = LouderPower(frame);
  noise_floor_.Update(power, speech_probability);
  speech_level_.Update(power, DbToPower(noise_floor_.level_dbfs()), speech_probability);
  Adapt();

  const float start = applied_gain_;
  applied_gain_ = DbToAmplitude(gain_db());
  if (start == 1.0F && applied_gain_ == 1.0F) {
    return;
  }
  const float step = (applied_gain_ - start) / static_cast<float>(config_.frame_size);
  for (int c = 0; c < config_.num_channels; ++c) {
    const std::span<float> samples = frame.channel(c);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      samples[i] *= start + step * static_cast<float>(i + 1);
    }
  }
}

void AdaptiveGain::Reset() {
  speech_level_.Reset();
  noise_floor_.Reset();
  engagement_ = enabled_ ? 1.0F : 0.0F;
  adapted_gain_db_ = 0.0F;
  applied_gain_ = 1.0F;
}

}  // namespace earshot
