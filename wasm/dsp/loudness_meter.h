// LoudnessMeter: momentary and short-term loudness of a mono or stereo signal.
//   ITU-R BS.1770-4, Annex 1 (measure); EBU R 128 and EBU Tech 3341, "EBU Mode" (time scales).
#pragma once

#include <array>
#include <vector>

#include "base/audio_view.h"
#include "base/status.h"
#include "dsp/k_weighting.h"

namespace earshot {

/// BS.1770-4, equation 2: makes a 997 Hz sine of 0 dBFS in one channel read -3.01 LUFS.
inline constexpr float kLoudnessCalibrationDb = -0.691F;

/// Loudness of a K-weighted mean square summed over the channels, LUFS, at least -120.
double LoudnessLufs(double weighted_mean_square);

struct LoudnessMeterConfig {
  int sample_rate_hz = 48000;  ///< 8000 … 192000.
  int num_channels = 1;        ///< 1 or 2: left and right, of weight 1 each.
};

/// Sliding windows without gate, moved on every 100 ms. Before a window is full it covers what was
/// heard. Create allocates; everything else is real-time safe.
class LoudnessMeter {
 public:
  /// kInvalidArgument when a value is outside its range.
  static StatusOr<LoudnessMeter> Create(const LoudnessMeterConfig& config);

  /// num_channels × any number of finite samples; another channel count is ignored.
  void Process(ConstAudioView block);

  /// Of the latest 400 ms.
  double momentary_lufs() const { return momentary_lufs_; }
  /// Of the latest 3 s.
  double short_term_lufs() const { return short_term_lufs_; }

  void Reset();

 private:
  static constexpr int kMomentarySteps = 4;
  static constexpr int kShortTermSteps = 30;

  explicit LoudnessMeter(const LoudnessMeterConfig& config);
  void EndStep();
  double MeanOfLatest(int num_steps) const;

  std::vector<KWeighting> weightings_;  // per channel
  int step_samples_;
  int filled_ = 0;                                  // samples of the step under way
  double energy_ = 0.0;                             // of the step under way, over the channels
  std::array<double, kShortTermSteps> steps_ = {};  // mean squares, a ring
  int newest_ = 0;
  int num_steps_ = 0;  // heard so far, at most kShortTermSteps
  double momentary_lufs_ = -120.0;
  double short_term_lufs_ = -120.0;
};

}  // namespace earshot
