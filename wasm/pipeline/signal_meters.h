// SignalMeters: all that is shown of the sound at one end of a chain.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/audio_view.h"
#include "base/status.h"
#include "dsp/level_meter.h"
#include "dsp/loudness_meter.h"

namespace earshot {

/// Levels are of the louder channel. Real-time safe after Create.
class SignalMeters {
 public:
  /// Ranges as LoudnessMeterConfig.
  static StatusOr<SignalMeters> Create(int sample_rate_hz, int num_channels) {
    auto level = LevelMeter::Create({.sample_rate_hz = sample_rate_hz});
    if (!level.ok()) {
      return level.status();
    }
    auto loudness =
        LoudnessMeter::Create({.sample_rate_hz = sample_rate_hz, .num_channels = num_channels});
    if (!loudness.ok()) {
      return loudness.status();
    }
    return SignalMeters(level.value(), std::move(loudness).value(), num_channels);
  }

  void Process(ConstAudioView block) {
    for (std::size_t c = 0; c < levels_.size(); ++c) {
      levels_[c].Process(block.channel(static_cast<int>(c)));
    }
    loudness_.Process(block);
  }

  double peak_dbfs() const { return Loudest(&LevelMeter::peak_dbfs); }
  double rms_dbfs() const { return Loudest(&LevelMeter::rms_dbfs); }
  double short_term_lufs() const { return loudness_.short_term_lufs(); }

 private:
  SignalMeters(const LevelMeter& level, LoudnessMeter loudness, int num_channels)
      : levels_(static_cast<std::size_t>(num_channels), level), loudness_(std::move(loudness)) {}

  double Loudest(float (LevelMeter::*level)() const) const {
    float loudest = (levels_[0].*level)();
    for (const LevelMeter& meter : levels_) {
      loudest = std::max(loudest, (meter.*level)());
    }
    return static_cast<double>(loudest);
  }

  std::vector<LevelMeter> levels_;  // per channel
  LoudnessMeter loudness_;
};

}  // namespace earshot
