// LevelMeter: sample peak and RMS of a signal in dBFS, smoothed for display.
#pragma once

#include <span>

#include "base/status.h"

namespace earshot {

struct LevelMeterConfig {
  int sample_rate_hz = 48000;  ///< > 0
  float attack_ms = 5.0F;  ///< Time constant of the RMS when it rises, ≥ 0; the peak rises at once.
  float release_ms = 300.0F;  ///< Time constant of both when they fall, ≥ 0.
};

/// 0 dBFS is amplitude 1, for peak and RMS alike (a full-scale sine reads 0 and −3.01). Smoothing
/// acts once per call, with the time the call covers. Real-time safe.
class LevelMeter {
 public:
  static StatusOr<LevelMeter> Create(const LevelMeterConfig& config);

  void Process(std::span<const float> samples);
  void Reset() { peak_ = mean_square_ = 0.0F; }

  /// At least kSilenceDbfs.
  float peak_dbfs() const;
  float rms_dbfs() const;

 private:
  explicit LevelMeter(const LevelMeterConfig& config);

  float attack_samples_;
  float release_samples_;
  float peak_ = 0.0F;
  float mean_square_ = 0.0F;
};

}  // namespace earshot
