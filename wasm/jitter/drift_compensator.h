// DriftCompensator: lets the output keep up with the sender's clock, unheard.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "jitter/drift_estimator.h"
#include "jitter/drift_resampler.h"
#include "jitter/tuning.h"

namespace earshot {

/// Finds the drift of the clocks and resamples by it; without drift it costs nothing. Real-time
/// safe.
class DriftCompensator {
 public:
  explicit DriftCompensator(int frames_per_tick)
      : frames_per_tick_(frames_per_tick), estimator_(frames_per_tick) {}

  /// A packet arrived; see DelayEstimator::Update.
  void Update(int64_t tick, int64_t offset_frames) { estimator_.Update(tick, offset_frames); }

  /// Another stream has another clock.
  void Reset() {
    estimator_.Reset();
    mean_excess_ = 0;
    step_ = 1;
  }

  /// Once per tick: chooses the speed. `excess_frames`: how much later than wanted playing is. Of
  /// that the estimate's error is made up for, slowly.
  void Steer(int64_t excess_frames) {
    const double drift = estimator_.drift();
    if (drift == 0) {
      mean_excess_ = 0;
      step_ = 1;
      return;
    }
    const double ticks = static_cast<double>(excess_frames) / frames_per_tick_;
    mean_excess_ += tuning::kDriftSmoothing * (std::clamp(ticks, -1.0, 1.0) - mean_excess_);
    step_ = 1 + drift + tuning::kDriftTrim * mean_excess_;
  }

  /// What of the excess is for SpeedControl: all, but while drift is being compensated nothing that
  /// whole ticks of arrival feign.
  int64_t Audible(int64_t excess_frames) const {
    const bool small = std::abs(static_cast<double>(excess_frames)) <
                       tuning::kDriftToleranceTicks * frames_per_tick_;
    return step_ != 1 && small ? 0 : excess_frames;
  }

  /// Frames that must lie ahead for Read.
  int Needs() const { return resampler_.Needs(frames_per_tick_, step_); }

  /// Plays a tick. Returns the frames of `sound` it has taken.
  int Read(SoundBuffer& sound, std::span<float> out) {
    return resampler_.Read(step_, frames_per_tick_, sound, out);
  }

 private:
  const int frames_per_tick_;
  DriftEstimator estimator_;
  DriftResampler resampler_;
  double mean_excess_ = 0;  // Ticks.
  double step_ = 1;
};

}  // namespace earshot
