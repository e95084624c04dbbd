#include "dsp/resampler.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <numeric>

#include "dsp/simd.h"
#include "dsp/window.h"

namespace earshot {
namespace {

constexpr int kMinRateHz = 8000;
constexpr int kMaxRateHz = 192000;
constexpr int kMaxChannels = 8;

// Edges of the transition band, in units of half the lower rate.
constexpr double kPassBandEdge = 0.9;
constexpr double kStopBandEdge = 1.0;
// What the filter is designed for; 4 dB above what is promised.
constexpr double kDesignStopBandDb = 84.0;
// A rational ratio with few phases gets a row of the table for each. Others, such as 11025 → 48000
// (640 phases) or 47999 → 48000, interpolate linearly between as many rows as fit here: never fewer
// than 600 per period of the lower rate, which puts the error of interpolation, (2π·f/600)²/8 of a
// component at f ≤ ½, below −109 dB.
constexpr int kMaxTableFloats = 64 * 1024;
constexpr int kMinChunk = 256;

std::size_t Index(int i) { return static_cast<std::size_t>(i); }

}  // namespace

StatusOr<Resampler> Resampler::Create(const ResamplerConfig& config) {
  for (const int rate : {config.input_rate_hz, config.output_rate_hz}) {
    if (rate < kMinRateHz || rate > kMaxRateHz) {
      return Status(StatusCode::kInvalidArgument, "sample rates must lie within 8000 … 192000 Hz");
    }
  }
  if (config.num_channels < 1 || config.num_channels > kMaxChannels) {
    return Status(StatusCode::kInvalidArgument, "the resampler takes 1 … 8 channels");
  }
  return Resampler(config);
}

Resampler::Resampler(const ResamplerConfig& config) : num_channels_(config.num_channels) {
  const int divisor = std::gcd(config.input_rate_hz, config.output_rate_hz);
  ticks_ = config.output_rate_hz / divisor;
  step_whole_ = config.input_rate_hz / config.output_rate_hz;
  step_part_ = config.input_rate_hz / divisor % ticks_;
  if (config.input_rate_hz == config.output_rate_hz) return;

  // Everything below is in units of the input rate.
  const double half_lower =
      0.5 * std::min(config.input_rate_hz, config.output_rate_hz) / config.input_rate_hz;
  const double transition = (kStopBandEdge - kPassBandEdge) * half_lower;
  // A multiple of four for the vectors; the delay, taps_/2, is then a whole number of input
  // samples.
  taps_ = (static_cast<int>(std::ceil(KaiserLength(kDesignStopBandDb, transition))) + 3) / 4 * 4;
  phases_ = std::min(ticks_, kMaxTableFloats / taps_);
  chunk_ = std::max(kMinChunk, taps_);
  history_.resize(Index(num_channels_) * Index(taps_ - 1 + chunk_));
  BuildTable(0.5 * (kPassBandEdge + kStopBandEdge) * half_lower);
}

void Resampler::BuildTable(double cutoff_cycles_per_sample) {
  const double beta = KaiserBeta(kDesignStopBandDb);
  const double half_length = 0.5 * taps_;
  table_.resize(Index(phases_ + 1) * Index(taps_));
  std::vector<double> row(Index(taps_));
  for (int phase = 0; phase <= phases_; ++phase) {
    double sum = 0.0;
    for (int j = 0; j < taps_; ++j) {
      const double t = j + static_cast<double>(phase) / phases_ - half_length;
      const double x = 2.0 * std::numbers::pi * cutoff_cycles_per_sample * t;
      const double sinc = std::abs(x) < 1e-9 ? 1.0 : std::sin(x) / x;
      row[Index(j)] = sinc * Kaiser(t / half_length, beta);
      sum += row[Index(j)];
    }
    // Each row by itself passes a constant unchanged, so that DC has no images at all.
    float* const target = table_.data() + Index(phase) * Index(taps_);
    for (int j = 0; j < taps_; ++j) {
      target[taps_ - 1 - j] = static_cast<float>(row[Index(j)] / sum);
    }
  }
}

int Resampler::MaxOutput(int num_input) const {
  const int64_t step = static_cast<int64_t>(step_whole_) * ticks_ + step_part_;
  return static_cast<int>((static_cast<int64_t>(num_input) * ticks_ + step - 1) / step);
}

double Resampler::DelaySamples() const {
  return 0.5 * taps_ * ticks_ / (static_cast<double>(step_whole_) * ticks_ + step_part_);
}

void Resampler::Reset() {
  std::fill(history_.begin(), history_.end(), 0.0F);
  next_input_ = 0;
  next_part_ = 0;
}

int Resampler::Process(std::span<const float> in, std::span<float> out) {
  const float* in_channels[] = {in.data()};
  float* out_channels[] = {out.data()};
  return Process(ConstAudioView(in_channels, 1, static_cast<int>(in.size())),
                 AudioView(out_channels, 1, static_cast<int>(out.size())));
}

int Resampler::Process(ConstAudioView in, AudioView out) {
  if (in.num_channels() != num_channels_ || out.num_channels() != num_channels_) {
    return ToInt(StatusCode::kInvalidArgument);
  }
  if (out.num_frames() < MaxOutput(in.num_frames())) return ToInt(StatusCode::kBufferTooSmall);
  if (taps_ == 0) {
    for (int c = 0; c < num_channels_; ++c) {
      std::copy_n(in.channels()[c], in.num_frames(), out.channels()[c]);
    }
    return in.num_frames();
  }
  const float* in_channels[kMaxChannels];
  float* out_channels[kMaxChannels];
  int produced = 0;
  for (int done = 0; done < in.num_frames();) {
    const int count = std::min(chunk_, in.num_frames() - done);
    for (int c = 0; c < num_channels_; ++c) {
      in_channels[c] = in.channels()[c] + done;
      out_channels[c] = out.channels()[c] + produced;
    }
    produced += ProcessChunk(in_channels, out_channels, count);
    done += count;
  }
  return produced;
}

/// The output that lies `part` ticks behind the last of the taps_ samples at `window`.
float Resampler::Interpolate(const float* window, int64_t part) const {
  const int64_t position = part * phases_;
  const auto row = static_cast<int>(position / ticks_);
  const float* const coefficients = table_.data() + Index(row) * Index(taps_);
  const float value = DotProduct(coefficients, window, taps_);
  if (phases_ == ticks_) return value;
  const float weight = static_cast<float>(position % ticks_) / static_cast<float>(ticks_);
  return value + weight * (DotProduct(coefficients + taps_, window, taps_) - value);
}

int Resampler::ProcessChunk(const float* const* in, float* const* out, int num_input) {
  const int kept = taps_ - 1;
  int produced = 0;
  int next_input = next_input_;
  int next_part = next_part_;
  for (int c = 0; c < num_channels_; ++c) {
    float* const history = history_.data() + Index(c) * Index(kept + chunk_);
    std::copy_n(in[c], num_input, history + kept);
    produced = 0;
    next_input = next_input_;
    next_part = next_part_;
    while (next_input < num_input) {
      out[c][produced++] = Interpolate(history + next_input, next_part);
      next_input += step_whole_;
      next_part += step_part_;
      if (next_part >= ticks_) {
        next_part -= ticks_;
        ++next_input;
      }
    }
    std::copy_n(history + num_input, kept, history);
  }
  next_input_ = next_input - num_input;
  next_part_ = next_part;
  return produced;
}

}  // namespace earshot
