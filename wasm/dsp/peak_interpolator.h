// PeakInterpolator: looks between the samples for the peaks a converter or resampler would make.
#pragma once

#include <vector>

#include "base/status.h"

namespace earshot {

/// A bank of interpolation filters of equal length, one for each position between two samples.
/// Real-time safe after construction.
class PeakInterpolator {
 public:
  /// The four phases of 12 taps of ITU-R BS.1770-4, Annex 2: the standard's true-peak meter.
  static PeakInterpolator Bs1770();
  /// Three phases (¼, ½, ¾) of 2·half_taps taps of a Kaiser-windowed sinc, which sees more of what
  /// lies near half the sample rate than the standard's filter. half_taps ≥ 1.
  static PeakInterpolator Sinc(int half_taps);

  /// Length of the filters, even; the points lie between the middle two of the samples under them.
  int num_taps() const { return num_taps_; }
  /// No point exceeds the largest sample under the filter by more than this factor.
  float largest_gain() const { return largest_gain_; }

  /// peaks[i] = max(peaks[i], magnitudes of the points with samples[i … i + num_taps() - 1] under
  /// the filter), i = 0 … count - 1.
  void RaisePeaks(const float* samples, int count, float* peaks) const;

 private:
  PeakInterpolator(int num_taps, std::vector<float> coefficients);

  int num_taps_;
  std::vector<float> coefficients_;  // phase by phase, oldest sample first
  float largest_gain_ = 0.0F;
};

}  // namespace earshot
