// TruePeakMeter: the largest level between and at the samples of one channel, held for display.
//   ITU-R BS.1770-4, Annex 2: four times oversampled.
#pragma once

#include <span>
#include <vector>

#include "base/status.h"
#include "dsp/peak_interpolator.h"

namespace earshot {

/// Rises at once and falls by 20 dB in 1.7 s, as a type I peak programme meter (IEC 60268-10).
/// Create allocates; everything else is real-time safe.
class TruePeakMeter {
 public:
  /// `sample_rate_hz` > 0, otherwise kInvalidArgument.
  static StatusOr<TruePeakMeter> Create(int sample_rate_hz);

  /// Any number of finite samples.
  void Process(std::span<const float> samples);

  /// dBTP, at least kSilenceDbfs. Lags the samples by the filter's 6.
  float true_peak_dbtp() const;

  void Reset();

 private:
  explicit TruePeakMeter(int sample_rate_hz);
  void ProcessChunk(std::span<const float> samples);

  PeakInterpolator interpolator_;
  float fall_per_chunk_sample_;  // dB
  std::vector<float> history_;   // num_taps - 1 old samples, then the chunk
  std::vector<float> peaks_;
  float held_ = 0.0F;
};

}  // namespace earshot
