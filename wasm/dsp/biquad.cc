#include "dsp/biquad.h"

#include <cmath>
#include <numbers>

namespace earshot {
namespace {

// The quantities every formula of the cookbook starts from.
struct Prototype {
  double cosine;
  double alpha;
};

StatusOr<Prototype> MakePrototype(double sample_rate_hz, double frequency_hz, double q) {
  if (!(frequency_hz > 0.0) || !(frequency_hz < sample_rate_hz / 2.0) || !(q > 0.0)) {
    return Status(StatusCode::kInvalidArgument,
                  "a biquad needs 0 < frequency < sample rate / 2 and q > 0");
  }
  const double omega = 2.0 * std::numbers::pi * frequency_hz / sample_rate_hz;
  return Prototype{std::cos(omega), std::sin(omega) / (2.0 * q)};
}

BiquadCoefficients Normalize(double b0, double b1, double b2, double a0, double a1, double a2) {
  return {b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0};
}

/// A high shelf is a low shelf with the frequency axis reversed, that is cos ω → −cos ω and odd
/// powers of z negated.
BiquadCoefficients Shelf(const Prototype& p, double gain_db, double direction) {
  const double a = std::pow(10.0, gain_db / 40.0);
  const double cosine = direction * p.cosine;
  const double slope = 2.0 * std::sqrt(a) * p.alpha;
  return Normalize(
      a * ((a + 1.0) - (a - 1.0) * cosine + slope),
      direction * 2.0 * a * ((a - 1.0) - (a + 1.0) * cosine),
      a * ((a + 1.0) - (a - 1.0) * cosine - slope), (a + 1.0) + (a - 1.0) * cosine + slope,
      direction * -2.0 * ((a - 1.0) + (a + 1.0) * cosine), (a + 1.0) + (a - 1.0) * cosine - slope);
}

// Far below any audible residue, far above where arithmetic turns slow.
constexpr double kSmallestState = 1e-30;

}  // namespace

StatusOr<BiquadCoefficients> DesignHighPass(double sample_rate_hz, double frequency_hz, double q) {
  const auto p = MakePrototype(sample_rate_hz, frequency_hz, q);
  if (!p.ok()) return p.status();
  const auto [cosine, alpha] = p.value();
  const double b = (1.0 + cosine) / 2.0;
  return Normalize(b, -2.0 * b, b, 1.0 + alpha, -2.0 * cosine, 1.0 - alpha);
}

StatusOr<BiquadCoefficients> DesignLowPass(double sample_rate_hz, double frequency_hz, double q) {
  const auto p = MakePrototype(sample_rate_hz, frequency_hz, q);
  if (!p.ok()) return p.status();
  const auto [cosine, alpha] = p.value();
  const double b = (1.0 - cosine) / 2.0;
  return Normalize(b, 2.0 * b, b, 1.0 + alpha, -2.0 * cosine, 1.0 - alpha);
}

StatusOr<BiquadCoefficients> DesignHighShelf(double sample_rate_hz, double frequency_hz, double q,
                                             double gain_db) {
  const auto p = MakePrototype(sample_rate_hz, frequency_hz, q);
  if (!p.ok()) return p.status();
  return Shelf(p.value(), gain_db, -1.0);
}

StatusOr<BiquadCoefficients> DesignLowShelf(double sample_rate_hz, double frequency_hz, double q,
                                            double gain_db) {
  const auto p = MakePrototype(sample_rate_hz, frequency_hz, q);
  if (!p.ok()) return p.status();
  return Shelf(p.value(), gain_db, 1.0);
}

void Biquad::Process(std::span<float> samples) {
  const BiquadCoefficients c = c_;
  double s1 = s1_;
  double s2 = s2_;
  for (float& sample : samples) {
    const double x = static_cast<double>(sample);
    const double y = c.b0 * x + s1;
    s1 = c.b1 * x - c.a1 * y + s2;
    s2 = c.b2 * x - c.a2 * y;
    sample = static_cast<float>(y);
  }
  // A decaying state would sink into denormals during silence, where WebAssembly has no
  // flush-to-zero.
  s1_ = std::abs(s1) < kSmallestState ? 0.0 : s1;
  s2_ = std::abs(s2) < kSmallestState ? 0.0 : s2;
}

}  // namespace earshot
