#include "dsp/k_weighting.h"

#include <cmath>
#include <numbers>

namespace earshot {
namespace {

// Parameters of the analogue prototypes behind the table of BS.1770-4, recovered by inverting the
// bilinear transform; they give its coefficients back to the last printed digit.
//   B. De Man, "Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018.
constexpr double kShelfHz = 1681.974450955533;
constexpr double kShelfGainDb = 3.999843853973347;
constexpr double kShelfQ = 0.7071752369554196;
constexpr double kShelfMidExponent = 0.4996667741545416;  // gain at kShelfHz = total to this power
constexpr double kHighPassHz = 38.13547087602444;
constexpr double kHighPassQ = 0.5003270373238773;

// Far below any audible residue, far above where arithmetic turns slow.
constexpr double kSmallestState = 1e-30;

double Flushed(double state) { return std::abs(state) < kSmallestState ? 0.0 : state; }

}  // namespace

BiquadCoefficients KWeightingShelf(double sample_rate_hz) {
  const double k = std::tan(std::numbers::pi * kShelfHz / sample_rate_hz);
  const double high = std::pow(10.0, kShelfGainDb / 20.0);
  const double mid = std::pow(high, kShelfMidExponent);
  const double a0 = 1.0 + k / kShelfQ + k * k;
  return {(high + mid * k / kShelfQ + k * k) / a0, 2.0 * (k * k - high) / a0,
          (high - mid * k / kShelfQ + k * k) / a0, 2.0 * (k * k - 1.0) / a0,
          (1.0 - k / kShelfQ + k * k) / a0};
}

BiquadCoefficients KWeightingHighPass(double sample_rate_hz) {
  const double k = std::tan(std::numbers::pi * kHighPassHz / sample_rate_hz);
  const double a0 = 1.0 + k / kHighPassQ + k * k;
  // The standard leaves the numerator unnormalised: a gain of a0, 0.04 dB at 48 kHz, that its
  // calibration contains. At other rates the pass band keeps that same gain.
  const double k48 = std::tan(std::numbers::pi * kHighPassHz / 48000.0);
  const double gain = (1.0 + k48 / kHighPassQ + k48 * k48) / a0;
  return {gain, -2.0 * gain, gain, 2.0 * (k * k - 1.0) / a0, (1.0 - k / kHighPassQ + k * k) / a0};
}

KWeighting::KWeighting(double sample_rate_hz)
    : shelf_{.c = KWeightingShelf(sample_rate_hz)},
      high_pass_{.c = KWeightingHighPass(sample_rate_hz)} {}

// Both sections in one loop: their recursions overlap in the processor, and nothing is stored.
double KWeighting::Energy(std::span<const float> samples) {
  Section shelf = shelf_;
  Section high_pass = high_pass_;
  const auto step = [](Section& s, double x) {
    const double y = s.c.b0 * x + s.s1;
    s.s1 = s.c.b1 * x - s.c.a1 * y + s.s2;
    s.s2 = s.c.b2 * x - s.c.a2 * y;
    return y;
  };
  double energy = 0.0;
  for (const float sample : samples) {
    const double weighted = step(high_pass, step(shelf, static_cast<double>(sample)));
    energy += weighted * weighted;
  }
  for (Section* s : {&shelf, &high_pass}) {
    s->s1 = Flushed(s->s1);
    s->s2 = Flushed(s->s2);
  }
  shelf_ = shelf;
  high_pass_ = high_pass;
  return energy;
}

void KWeighting::Reset() {
  for (Section* s : {&shelf_, &high_pass_}) {
    s->s1 = s->s2 = 0.0;
  }
}

}  // namespace earshot
