#include "dsp/loudness_meter.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/stream_format.h"

namespace earshot {
namespace {

constexpr double kSilenceLufs = -120.0;
constexpr double kStepSeconds = 0.1;  // Tech 3341: at least ten readings a second

}  // namespace

double LoudnessLufs(double weighted_mean_square) {
  return std::max(kSilenceLufs, static_cast<double>(kLoudnessCalibrationDb) +
                                    10.0 * std::log10(std::max(weighted_mean_square, 1e-20)));
}

StatusOr<LoudnessMeter> LoudnessMeter::Create(const LoudnessMeterConfig& config) {
  const Status format = ValidateStreamFormat(config.sample_rate_hz, config.num_channels);
  if (!format.ok()) {
    return format;
  }
  return LoudnessMeter(config);
}

LoudnessMeter::LoudnessMeter(const LoudnessMeterConfig& config)
    : weightings_(static_cast<std::size_t>(config.num_channels),
                  KWeighting(static_cast<double>(config.sample_rate_hz))),
      step_samples_(static_cast<int>(std::lround(kStepSeconds * config.sample_rate_hz))) {}

void LoudnessMeter::Process(ConstAudioView block) {
  if (block.num_channels() != static_cast<int>(weightings_.size())) {
    return;
  }
  for (int done = 0; done < block.num_frames();) {
    const int count = std::min(block.num_frames() - done, step_samples_ - filled_);
    for (std::size_t c = 0; c < weightings_.size(); ++c) {
      energy_ += weightings_[c].Energy(
          block.channel(static_cast<int>(c))
              .subspan(static_cast<std::size_t>(done), static_cast<std::size_t>(count)));
    }
    done += count;
    filled_ += count;
    if (filled_ == step_samples_) {
      EndStep();
    }
  }
}

void LoudnessMeter::EndStep() {
  newest_ = (newest_ + 1) % kShortTermSteps;
  steps_[static_cast<std::size_t>(newest_)] = energy_ / step_samples_;
  num_steps_ = std::min(num_steps_ + 1, kShortTermSteps);
  energy_ = 0.0;
  filled_ = 0;
  momentary_lufs_ = LoudnessLufs(MeanOfLatest(std::min(num_steps_, kMomentarySteps)));
  short_term_lufs_ = LoudnessLufs(MeanOfLatest(num_steps_));
}

double LoudnessMeter::MeanOfLatest(int num_steps) const {
  double sum = 0.0;
  for (int i = 0; i < num_steps; ++i) {
    sum += steps_[static_cast<std::size_t>((newest_ - i + kShortTermSteps) % kShortTermSteps)];
  }
  return sum / num_steps;
}

void LoudnessMeter::Reset() {
  for (KWeighting& weighting : weightings_) {
    weighting.Reset();
  }
  filled_ = 0;
  energy_ = 0.0;
  newest_ = 0;
  num_steps_ = 0;
  momentary_lufs_ = short_term_lufs_ = kSilenceLufs;
}

}  // namespace earshot
