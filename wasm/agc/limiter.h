// Limiter: the last stage before the sound leaves us; nothing above the ceiling passes, nothing
// below the knee is touched.
//
//   auto limiter = Limiter::Create({.num_channels = 1, .max_frames = 256});
//   limiter.value().Process(frame);   // in place, latency_samples() late
#pragma once

#include <cstdint>
#include <vector>

#include "agc/limiter_curve.h"
#include "agc/running_sum.h"
#include "agc/sliding_max.h"
#include "base/audio_view.h"
#include "base/status.h"
#include "dsp/peak_interpolator.h"

namespace earshot {

struct LimiterConfig {
  int sample_rate_hz = 48000;  ///< 8000 … 192000.
  int num_channels = 1;        ///< 1 or 2; both get the same gain.
  int max_frames = 256;        ///< Largest block of Process, 1 … 65536.
  float ceiling_dbtp = -1.0F;  ///< Largest true peak that can leave, -20 … 0.
  /// Up to this true peak the sound passes untouched; at least 1 dB below ceiling_dbtp, at least
  /// -40.
  float knee_start_dbtp = -3.0F;
  /// All of the latency: the detector's, and the time over which the gain falls before a peak; 1 …
  /// 2.
  float look_ahead_ms = 1.5F;
  float release_ms = 60.0F;  ///< Time constant of the way back, 5 … 1000.
};

/// Look-ahead true-peak limiter. Peaks are those of the samples and of two interpolations between
/// them, the standard's own (ITU-R BS.1770-4, Annex 2) and a longer one. The static curve is the
/// identity up to the knee, a parabola through it, and flat above; its gain reduction is held over
/// the look-ahead, released exponentially and smoothed by two running means whose spans add up to
/// the look-ahead. A mean of values that each suffice for a sample suffices for it too, so no
/// output sample exceeds the ceiling, for any finite input. Between samples the same holds as far
/// as the gain is constant under an interpolation filter; the plateau lies a little below the
/// ceiling to cover its slope, and interpolators finer than ours. Gain reduction is kept in
/// integers: the running means are exact, and silence of the limiter is exact, so below the knee
/// the output is the delayed input bit for bit. Everything is allocated by Create; all other calls
/// are real-time safe.
class Limiter {
 public:
  /// kInvalidArgument when a value is outside its range.
  static StatusOr<Limiter> Create(const LimiterConfig& config);

  /// How far the output lags the input, always.
  int latency_samples() const { return latency_; }

  /// Off: the gain is released and the sound then passes untouched, equally late. On again, the
  /// ceiling holds from latency_samples() later. On by default.
  void set_enabled(bool enabled) { enabled_ = enabled; }
  bool enabled() const { return enabled_; }

  /// `block`: num_channels × 1 … max_frames finite samples, replaced by the output; any other shape
  /// is left untouched.
  void Process(AudioView block);

  /// Largest reduction within the latest block, in dB ≥ 0.
  float reduction_db() const;

  void Reset();

 private:
  explicit Limiter(const LimiterConfig& config);
  void TakeIn(AudioView block);
  float LargestPossiblePeak(int num_frames) const;
  void FindPeaks(int num_frames);
  bool IsIdle() const;
  void ComputeGains(int num_frames);

  LimiterConfig config_;
  LimiterCurve curve_;
  int latency_;
  PeakInterpolator standard_;
  PeakInterpolator fine_;
  int detector_delay_;  // until a point is seen
  bool enabled_ = true;
  // Reductions are 1 - gain in units of 2^-24, rounded up.
  SlidingMax hold_;
  uint32_t release_coefficient_;  // per sample, in units of 2^-32
  uint32_t released_ = 0;
  RunningSum first_mean_;
  RunningSum second_mean_;
  uint64_t full_scale_;         // of second_mean_: the sum that stands for gain 0
  int kept_;                    // old samples that the delay or a filter reaches back to
  float smallest_gain_ = 1.0F;  // within the latest block
  std::vector<std::vector<float>> delayed_;  // per channel: kept_ old samples, then the block
  std::vector<float> peaks_;                 // of the block, over the channels
  std::vector<float> gains_;
};

}  // namespace earshot
