#include "agc/limiter.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/decibels.h"
#include "base/stream_format.h"

namespace earshot {
namespace {

constexpr float kUnit = 0x1p24F;  // a reduction of 1

// The plateau lies so far below the ceiling. Over the signals of the tests the gain's slope adds up
// to 0.1 dB between the samples at 8 kHz (0.01 dB at 48 kHz), and interpolators of other lengths or
// of 16 points per sample find up to 0.35 dB more than ours.
constexpr float kMarginDb = 0.5F;
// Half the length of the finer interpolator, where the look-ahead has room for it: beyond, only
// what lies above 0.47 of the sample rate is seen any better.
constexpr int kFineHalfTaps = 12;
// A point belongs to this many samples at both sides, which carry most of it.
constexpr int kPointReach = 2;
// Left for the gain to fall at the lowest rate and look-ahead, samples.
constexpr int kLeastFall = 2;

bool IsWithin(float value, float low, float high) { return value >= low && value <= high; }

Status Validate(const LimiterConfig& config) {
  const Status format = ValidateStreamFormat(config.sample_rate_hz, config.num_channels);
  if (!format.ok()) {
    return format;
  }
  const auto invalid = [](const char* message) {
    return Status(StatusCode::kInvalidArgument, message);
  };
  if (config.max_frames < 1 || config.max_frames > 65536) {
    return invalid("max_frames must be between 1 and 65536");
  }
  if (!IsWithin(config.ceiling_dbtp, -20.0F, 0.0F)) {
    return invalid("ceiling_dbtp must be between -20 and 0");
  }
  if (!IsWithin(config.knee_start_dbtp, -40.0F, config.ceiling_dbtp - 1.0F)) {
    return invalid("knee_start_dbtp must be between -40 and 1 dB below the ceiling");
  }
  if (!IsWithin(config.look_ahead_ms, 1.0F, 2.0F)) {
    return invalid("look_ahead_ms must be between 1 and 2");
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

// With T samples until a point is seen and R samples to both sides that belong to it, output sample
// j needs every point from j - 1 - R to j + R. At the time of output, j + latency, points up to j +
// latency - T are known. Two running means of lengths a and b look back S = a + b - 2 values; with
// S = latency - T - R the oldest of them knows point j + R, and the hold makes the newest still
// remember j - 1 - R.
Limiter::Limiter(const LimiterConfig& config)
    : config_(config),
      curve_(DbToAmplitude(config.knee_start_dbtp), DbToAmplitude(config.ceiling_dbtp - kMarginDb)),
      latency_(MsToSamples(config.look_ahead_ms, config.sample_rate_hz)),
      standard_(PeakInterpolator::Bs1770()),
      fine_(PeakInterpolator::Sinc(std::min(kFineHalfTaps, latency_ - kPointReach - kLeastFall))),
      detector_delay_(std::max(standard_.num_taps(), fine_.num_taps()) / 2),
      hold_(latency_ - detector_delay_ + kPointReach + 2),
      release_coefficient_(ReleaseCoefficient(config.release_ms, config.sample_rate_hz)),
      first_mean_((latency_ - detector_delay_ - kPointReach + 2) / 2),
      second_mean_(latency_ - detector_delay_ - kPointReach + 2 - first_mean_.length()),
      full_scale_((uint64_t{1} << 24) * static_cast<uint64_t>(first_mean_.length()) *
                  static_cast<uint64_t>(second_mean_.length())),
      kept_(std::max(latency_, 2 * detector_delay_)),
      delayed_(static_cast<std::size_t>(config.num_channels)),
      peaks_(static_cast<std::size_t>(config.max_frames)),
      gains_(static_cast<std::size_t>(config.max_frames)) {
  for (std::vector<float>& channel : delayed_) {
    channel.assign(static_cast<std::size_t>(kept_ + config.max_frames), 0.0F);
  }
}

void Limiter::TakeIn(AudioView block) {
  for (int c = 0; c < config_.num_channels; ++c) {
    const std::span<const float> samples = block.channel(c);
    std::copy(samples.begin(), samples.end(),
              delayed_[static_cast<std::size_t>(c)].begin() + kept_);
  }
}

/// Bound of what FindPeaks can find, at a fraction of its cost.
float Limiter::LargestPossiblePeak(int num_frames) const {
  float largest = 0.0F;
  for (const std::vector<float>& channel : delayed_) {
    const float* const samples = channel.data() + kept_ - 2 * detector_delay_;
    for (int i = 0; i < num_frames + 2 * detector_delay_; ++i) {
      largest = std::max(largest, std::fabs(samples[i]));
    }
  }
  return largest * std::max(standard_.largest_gain(), fine_.largest_gain());
}

/// peaks_[i]: of sample i - detector_delay_ of the block and the points up to its successor, over
/// the channels.
void Limiter::FindPeaks(int num_frames) {
  std::fill_n(peaks_.begin(), num_frames, 0.0F);
  for (const std::vector<float>& channel : delayed_) {
    const float* const samples = channel.data() + kept_ - detector_delay_;
    for (int i = 0; i < num_frames; ++i) {
      float& peak = peaks_[static_cast<std::size_t>(i)];
      peak = std::max(peak, std::fabs(samples[i]));
    }
    for (const PeakInterpolator* interpolator : {&standard_, &fine_}) {
      interpolator->RaisePeaks(samples + 1 - interpolator->num_taps() / 2, num_frames,
                               peaks_.data());
    }
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
  TakeIn(block);
  const bool untouched =
      IsIdle() && (!enabled_ || LargestPossiblePeak(num_frames) <= curve_.knee_start());
  if (untouched) {
    hold_.Reset();
    smallest_gain_ = 1.0F;
  } else {
    FindPeaks(num_frames);
    ComputeGains(num_frames);
  }
  for (int c = 0; c < config_.num_channels; ++c) {
    const std::span<float> samples = block.channel(c);
    std::vector<float>& delayed = delayed_[static_cast<std::size_t>(c)];
    const float* const due = delayed.data() + kept_ - latency_;
    if (untouched) {
      std::copy_n(due, num_frames, samples.begin());
    } else {
      for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = due[i] * gains_[i];
      }
    }
    std::copy(delayed.begin() + num_frames, delayed.begin() + num_frames + kept_, delayed.begin());
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
