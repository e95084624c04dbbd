#include "jitter/drift_resampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace earshot {
namespace {

constexpr int kTaps = 2 * DriftResampler::kHalfTaps;
// Linear interpolation between so many phases errs by less than (π / phases)² / 8: −82 dB at the
// band's very edge, −134 dB at 1 kHz.
constexpr int kPhases = 128;
constexpr int kLanes = 8;
// Kaiser window with side lobes below −90 dB (J. F. Kaiser, "Nonrecursive digital filter design
// using the I0-sinh window function", 1974).
constexpr double kBeta = 9;
// How fast the position glides back to a whole one when there is no drift any more.
constexpr double kGlide = 50e-6;

// Modified Bessel function of the first kind, order 0, by its power series.
double BesselI0(double x) {
  double sum = 1, term = 1;
  for (int k = 1; k < 40; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

double WindowedSinc(double t) {
  const double u = t / DriftResampler::kHalfTaps;
  if (std::abs(u) >= 1) return 0;
  const double window = BesselI0(kBeta * std::sqrt(1 - u * u)) / BesselI0(kBeta);
  const double x = std::numbers::pi * t;
  return window * (x == 0 ? 1 : std::sin(x) / x);
}

}  // namespace

DriftResampler::DriftResampler() : table_(static_cast<std::size_t>((kPhases + 1) * kTaps)) {
  for (int phase = 0; phase <= kPhases; ++phase) {
    const double fraction = static_cast<double>(phase) / kPhases;
    for (int tap = 0; tap < kTaps; ++tap) {
      const int whole = tap - kHalfTaps + 1;
      const bool zero = (phase == 0 && whole != 0) || (phase == kPhases && whole != 1);
      table_[static_cast<std::size_t>(phase * kTaps + tap)] =
          zero ? 0.0f : static_cast<float>(WindowedSinc(whole - fraction));
    }
  }
}

int DriftResampler::Needs(int frames, double step) const {
  if (phase_ == 0 && step == 1) return frames;
  return static_cast<int>(std::ceil(phase_ + frames * std::max(step, 1 + kGlide))) + kHalfTaps;
}

// Arrives exactly, or the last bit of the way would be a click.
double DriftResampler::StepToWhole(int frames) const {
  return 1 + std::min(kGlide, (1 - phase_) / frames);
}

template <int NumChannels>
void DriftResampler::Interpolate(const SoundBuffer& sound, double position, float* out) const {
  const auto whole = static_cast<int>(position);
  const double place = (position - whole) * kPhases;
  const auto phase = static_cast<int>(place);
  const auto between = static_cast<float>(place - phase);
  const float* low = table_.data() + phase * kTaps;
  const float* high = low + kTaps;
  const float* x = sound.at(whole - kHalfTaps + 1);
  // Several sums side by side, for the compiler's SIMD.
  std::array<float, kLanes* NumChannels> sums = {};
  for (int tap = 0; tap < kTaps; tap += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const int i = tap + lane;
      const float weight = low[i] + between * (high[i] - low[i]);
      for (int c = 0; c < NumChannels; ++c) {
        sums[static_cast<std::size_t>(lane * NumChannels + c)] += weight * x[i * NumChannels + c];
      }
    }
  }
  for (int c = 0; c < NumChannels; ++c) {
    out[c] = 0;
    for (int lane = 0; lane < kLanes; ++lane) {
      out[c] += sums[static_cast<std::size_t>(lane * NumChannels + c)];
    }
  }
}

int DriftResampler::Read(double step, int frames, SoundBuffer& sound, std::span<float> out) {
  if (phase_ == 0 && step == 1) {
    sound.Read(frames, out);
    return frames;
  }
  const bool landing = step == 1 && (1 - phase_) / frames <= kGlide;
  if (step == 1) step = StepToWhole(frames);
  const int channels = sound.num_channels();
  for (int i = 0; i < frames; ++i) {
    float* frame = out.data() + i * channels;
    if (channels == 1) {
      Interpolate<1>(sound, phase_ + i * step, frame);
    } else {
      Interpolate<2>(sound, phase_ + i * step, frame);
    }
  }
  const double end = landing ? frames + 1 : phase_ + frames * step;
  const auto whole = static_cast<int>(end);
  phase_ = end - whole;
  sound.Advance(whole);
  return whole;
}

}  // namespace earshot
