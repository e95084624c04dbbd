// LimiterCurve: the static law of the limiter, peak magnitude in, sufficient gain out.
#pragma once

namespace earshot {

/// Output magnitude as a function of input magnitude: identity up to the knee, a parabola that
/// leaves it with slope 1 and arrives with slope 0, then the ceiling. In linear amplitude, where
/// that is one polynomial and no logarithm.
class LimiterCurve {
 public:
  /// 0 < knee_start < ceiling, both amplitudes.
  LimiterCurve(float knee_start, float ceiling)
      // The margin (8e-6 dB) covers the roundings of every multiplication after, so that the
      // ceiling holds to the bit.
      : knee_start_(knee_start),
        plateau_(ceiling * (1.0F - 0x1p-20F)),
        knee_end_(2.0F * plateau_ - knee_start),
        curvature_(0.5F / (knee_end_ - knee_start)) {}

  float knee_start() const { return knee_start_; }

  /// Largest gain, 0 … 1, with which a sample of magnitude `peak` ≥ 0 obeys the law.
  float Gain(float peak) const {
    if (!(peak > knee_start_)) {
      return 1.0F;
    }
    if (peak >= knee_end_) {
      return plateau_ / peak;
    }
    const float excess = peak - knee_start_;
    return (peak - curvature_ * excess * excess) / peak;
  }

 private:
  float knee_start_;
  float plateau_;
  float knee_end_;
  float curvature_;
};

}  // namespace earshot
