// Biquad: second-order IIR sections and the usual designs.
//   R. Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients", W3C
//   Audio EQ Cookbook.
#pragma once

#include <span>

#include "base/status.h"

namespace earshot {

/// H(z) = (b0 + b1·z⁻¹ + b2·z⁻²) / (1 + a1·z⁻¹ + a2·z⁻²). Double precision, because the poles of a
/// low cut at a high rate lie within 1e-3 of the unit circle.
struct BiquadCoefficients {
  double b0 = 1.0;
  double b1 = 0.0;
  double b2 = 0.0;
  double a1 = 0.0;
  double a2 = 0.0;
};

/// Designs. `frequency_hz` is the corner (middle of the slope for shelves), within (0,
/// sample_rate/2); q > 0 (1/√2 is Butterworth); otherwise kInvalidArgument.
StatusOr<BiquadCoefficients> DesignHighPass(double sample_rate_hz, double frequency_hz, double q);
StatusOr<BiquadCoefficients> DesignLowPass(double sample_rate_hz, double frequency_hz, double q);
StatusOr<BiquadCoefficients> DesignHighShelf(double sample_rate_hz, double frequency_hz, double q,
                                             double gain_db);
StatusOr<BiquadCoefficients> DesignLowShelf(double sample_rate_hz, double frequency_hz, double q,
                                            double gain_db);

/// One section with its state, transposed direct form II. Real-time safe.
class Biquad {
 public:
  explicit Biquad(const BiquadCoefficients& coefficients) : c_(coefficients) {}

  /// In place.
  void Process(std::span<float> samples);
  void Reset() { s1_ = s2_ = 0.0; }

 private:
  BiquadCoefficients c_;
  double s1_ = 0.0;
  double s2_ = 0.0;
};

}  // namespace earshot
