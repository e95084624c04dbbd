#include "agc/limiter.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/decibels.h"

namespace earshot {
namespace {

constexpr float kUnit = 0x1p24F;  // a reduction of 1

bool IsWithin(float value, float low, float high) { return value >= low && value <= high; }

Status Validate(const LimiterConfig& config) {
  const auto invalid = [](const char* message) {
    return Status(StatusCode::kInvalidArgument, message);
  };
  if (config.sample_rate_hz < 8000 || config.sample_rate_hz > 192000) {
    return invalid("sample_rate_hz must be between 8000 and 192000");
  }
  if (config.num_channels < 1 || config.num_channels > 2) {
    return invalid("num_channels must be 1 or 2");
  }
  if (config.max_frames < 1 || config.max_frames > 65536) {
    return invalid("max_frames must be between 1 and 65536");
  }
  if (!IsWithin(config.ceiling_dbfs, -20.0F, 0.0F)) {
    return invalid("ceiling_dbfs must be between -20 and 0");
  }
  if (!(config.knee_start_dbfs >= -40.0F && config.knee_start_dbfs < config.ceiling_dbfs)) {
    return invalid("knee_start_dbfs must be between -40 and the ceiling");
  }
  if (!IsWithin(config.look_ahead_ms, 0.25F, 5.0F)) {
    return invalid("look_ahead_ms must be between 0.25 and 5");
  }
  if (!IsWithin(config.release_ms, 5.0F, 1000.0F)) {
    return invalid("release_ms must be between 5 and 1000");
  }
  return Status();
}

int MsToSamples(float ms, int sample_rate_hz) {
  return static_cast<int>(std::lround(ms * 1e-3F * static_cast<float>(sample_rate_hz)));
}

/// exp(-1 / (τ·f)) in units of 2^-32. In double: the coefficient differs from 1 by as little as
/// 5e-6.
uint32_t ReleaseCoefficient(float release_ms, int sample_rate_hz) {
  const double samples = 1e-3 * static_cast<double>(release_ms) * sample_rate_hz;
  return static_cast<uint32_t>(std::exp(-1.0 / samples) * 0x1p32);
}

/// Rounded up, so that what is kept is never less than what is needed.
uint32_t Reduction(float gain) { return (1U << 24) - static_cast<uint32_t>(gain * kUnit); }

}  // namespace

StatusOr<Limiter> Limiter::Create(const LimiterConfig& config) {
  if (const Status status = Validate(config); !status.ok()) {
    return status;
  }
  return Limiter(config);
}

// Two running means of lengths a and b look back a + b - 2 samples. With a hold of one sample more,
// each value that enters the mean for output n - latency has seen that very sample.
Limiter::Limiter(const LimiterConfig& config)
    : config_(config),
      curve_(DbToAmplitude(config.knee_start_dbfs), DbToAmplitude(config.ceiling_dbfs)),
      latency_(MsToSamples(config.look_ahead_ms, config.sample_rate_hz)),
      hold_(latency_ + 1),
      release_coefficient_(ReleaseCoefficient(config.release_ms, config.sample_rate_hz)),
      first_mean_((latency_ + 2) / 2),
      second_mean_(latency_ + 2 - first_mean_.length()),
      full_scale_((uint64_t{1} << 24) * static_cast<uint64_t>(first_mean_.length()) *
                  static_cast<uint64_t>(second_mean_.length())),
      delayed_(static_cast<std::size_t>(config.num_channels)),
      peaks_(static_cast<std::size_t>(config.max_frames)),
      gains_(static_cast<std::size_t>(config.max_frames)) {
  for (std::vector<float>& channel : delayed_) {
    channel.assign(static_cast<std::size_t>(latency_ + config.max_frames), 0.0F);
  }
}

// Detection is on sample peaks. A detector of peaks between samples would replace this function,
// and its delay would add to latency_.
void Limiter::DelayAndFindPeaks(AudioView block) {
  const auto num_frames = static_cast<std::size_t>(block.num_frames());
  std::fill_n(peaks_.begin(), num_frames, 0.0F);
  for (int c = 0; c < config_.num_channels; ++c) {
    const std::span<const float> samples = block.channel(c);
    for (std::size_t i = 0; i < num_frames; ++i) {
      const float magnitude = std::fabs(samples[i]);
      peaks_[i] = magnitude > peaks_[i] ? magnitude : peaks_[i];
    }
    std::copy(samples.begin(), samples.end(),
              delayed_[static_cast<std::size_t>(c)].begin() + latency_);
  }
}

bool Limiter::IsIdle() const {
  return released_ == 0 && first_mean_.sum() == 0 && second_mean_.sum() == 0;
}

void Limiter::ComputeGains(int num_frames) {
  const auto full_scale = static_cast<float>(full_scale_);
  smallest_gain_ = 1.0F;
  for (std::size_t i = 0; i < static_cast<std::size_t>(num_frames); ++i) {
    const uint32_t needed = enabled_ ? Reduction(curve_.Gain(peaks_[i])) : 0;
    const auto decayed = static_cast<uint32_t>((uint64_t{released_} * release_coefficient_) >> 32);
    released_ = std::max(hold_.Push(needed), decayed);
    const uint64_t reduction = second_mean_.Push(first_mean_.Push(released_));
    gains_[i] = static_cast<float>(full_scale_ - reduction) / full_scale;
    smallest_gain_ = std::min(smallest_gain_, gains_[i]);
  }
}

void Limiter::Process(AudioView block) {
  const int num_frames = block.num_frames();
  if (block.num_channels() != config_.num_channels || num_frames < 1 ||
      num_frames > config_.max_frames) {
    return;
  }
  DelayAndFindPeaks(block);
  const float peak = *std::max_element(peaks_.begin(), peaks_.begin() + num_frames);
  const bool untouched = IsIdle() && (!enabled_ || peak <= curve_.knee_start());
  if (untouched) {
    hold_.Reset();
    smallest_gain_ = 1.0F;
  } else {
    ComputeGains(num_frames);
  }
  for (int c = 0; c < config_.num_channels; ++c) {
    const std::span<float> samples = block.channel(c);
    std::vector<float>& delayed = delayed_[static_cast<std::size_t>(c)];
    if (untouched) {
      std::copy_n(delayed.begin(), num_frames, samples.begin());
    } else {
      for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = delayed[i] * gains_[i];
      }
    }
    std::copy(delayed.begin() + num_frames, delayed.begin() + num_frames + latency_,
              delayed.begin());
  }
}

float Limiter::reduction_db() const { return 0.0F - AmplitudeToDb(smallest_gain_); }

void Limiter::Reset() {
  hold_.Reset();
  released_ = 0;
  first_mean_.Reset();
  second_mean_.Reset();
  smallest_gain_ = 1.0F;
  for (std::vector<float>& channel : delayed_) {
    std::fill(channel.begin(), channel.end(), 0.0F);
  }
}

}  // namespace earshot
