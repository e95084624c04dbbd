#include "dsp/true_peak_meter.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/decibels.h"

namespace earshot {
namespace {

constexpr float kFallDbPerSecond = 20.0F / 1.7F;
constexpr std::size_t kChunk = 128;

}  // namespace

StatusOr<TruePeakMeter> TruePeakMeter::Create(int sample_rate_hz) {
  if (sample_rate_hz <= 0) {
    return Status(StatusCode::kInvalidArgument, "a true-peak meter needs a sample rate");
  }
  return TruePeakMeter(sample_rate_hz);
}

TruePeakMeter::TruePeakMeter(int sample_rate_hz)
    : interpolator_(PeakInterpolator::Bs1770()),
      fall_per_chunk_sample_(kFallDbPerSecond / static_cast<float>(sample_rate_hz)),
      history_(static_cast<std::size_t>(interpolator_.num_taps() - 1) + kChunk),
      peaks_(kChunk) {}

void TruePeakMeter::Process(std::span<const float> samples) {
  while (!samples.empty()) {
    const std::size_t count = std::min(samples.size(), kChunk);
    ProcessChunk(samples.first(count));
    samples = samples.subspan(count);
  }
}

void TruePeakMeter::ProcessChunk(std::span<const float> samples) {
  const std::size_t kept = history_.size() - kChunk;
  std::copy(samples.begin(), samples.end(), history_.begin() + static_cast<std::ptrdiff_t>(kept));
  float largest = 0.0F;
  for (std::size_t i = 0; i < kept + samples.size(); ++i) {
    largest = std::max(largest, std::fabs(history_[i]));
  }
  held_ *= DbToAmplitude(-fall_per_chunk_sample_ * static_cast<float>(samples.size()));
  // What cannot reach the held value between the samples need not be looked at.
  if (largest * interpolator_.largest_gain() > held_) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
      peaks_[i] = std::fabs(samples[i]);
    }
    interpolator_.RaisePeaks(history_.data(), static_cast<int>(samples.size()), peaks_.data());
    held_ = std::max(
        held_, *std::max_element(peaks_.begin(),
                                 peaks_.begin() + static_cast<std::ptrdiff_t>(samples.size())));
  }
  std::copy_n(history_.begin() + static_cast<std::ptrdiff_t>(samples.size()), kept,
              history_.begin());
}

float TruePeakMeter::true_peak_dbtp() const { return AmplitudeToDb(held_); }

void TruePeakMeter::Reset() {
  std::fill(history_.begin(), history_.end(), 0.0F);
  held_ = 0.0F;
}

}  // namespace earshot
