#include "jitter/speed_control.h"

#include <algorithm>
#include <cmath>

#include "jitter/tuning.h"

namespace earshot {
namespace {
// Mean square of the smallest noise floor assumed: 16-bit quantisation noise.
constexpr float kLeastNoise = 1e-10f;
}  // namespace

SpeedControl::SpeedControl(int sample_rate_hz, int num_channels)
    : frames_per_tick_(sample_rate_hz / 100),
      stretch_(sample_rate_hz, num_channels),
      noise_floor_(kLeastNoise) {}

bool SpeedControl::IsSilent(const SoundBuffer& sound) {
  const int samples = frames_per_tick_ * sound.num_channels();
  const float* x = sound.at(0);
  float power = 0;
  for (int i = 0; i < samples; ++i) power += x[i] * x[i];
  power /= static_cast<float>(samples);
  noise_floor_ = std::max(kLeastNoise, std::min(power, noise_floor_ * tuning::kNoiseFloorRise));
  return power < std::max(noise_floor_ * tuning::kSilenceAboveFloor, tuning::kSilencePower);
}

SpeedControl::Action SpeedControl::Decide(const SoundBuffer& sound, int64_t excess_frames,
                                          int64_t overdue_frames) {
  silent_ = IsSilent(sound);
  hold_frames_ = std::max(hold_frames_ - frames_per_tick_, 0);
  if (hold_frames_ > 0) return Action::kNone;
  const int64_t tick = frames_per_tick_;
  const bool stalled = overdue_frames >= tuning::kOverdueTicks * tick;
  if (stalled || excess_frames < 0) {
    min_similarity_ = stalled ? tuning::kStalledSimilarity : tuning::kSlowSimilarity;
    speed_ = stalled || silent_ ? tuning::kStalledSpeed : tuning::kSlowSpeed;
    return Action::kSlower;
  }
  if (excess_frames < stretch_.min_period()) {
    refused_ticks_ = 0;
    return Action::kNone;
  }
  longest_ = static_cast<int>(std::min<int64_t>(excess_frames, stretch_.max_period()));
  const bool hurried = excess_frames >= tuning::kHurryTicks * tick;
  const bool urgent = excess_frames >= tuning::kUrgentTicks * tick;
  min_similarity_ = hurried ? tuning::kHurrySimilarity : tuning::kFastSimilarity;
  speed_ = urgent || silent_ ? tuning::kUrgentSpeed
           : hurried         ? tuning::kHurrySpeed
                             : tuning::kFastSpeed;
  return Action::kFaster;
}

int SpeedControl::Apply(Action action, SoundBuffer& sound) {
  if (action == Action::kNone) return 0;
  return action == Action::kFaster ? Faster(sound) : Slower(sound);
}

// Some sound never resembles itself; what is asked of it sinks with time, lest the delay stay
// wrong.
bool SpeedControl::Accept(TimeStretch::Match& match, int otherwise) {
  const float patience = 1 - static_cast<float>(refused_ticks_) / tuning::kPatienceTicks;
  if (match.similarity >= min_similarity_ * patience) {
    refused_ticks_ = 0;
    return true;
  }
  if (silent_) match = {otherwise, 0};
  refused_ticks_ = silent_ ? 0 : refused_ticks_ + 1;
  return silent_;
}

int SpeedControl::Faster(SoundBuffer& sound) {
  if (sound.ahead() < lookahead_frames()) return 0;
  TimeStretch::Match match = stretch_.FindRemoval(sound, longest_);
  if (!Accept(match, longest_)) return 0;
  stretch_.Remove(match, sound);
  hold_frames_ = static_cast<int>(static_cast<float>(match.period) / (speed_ - 1));
  return -match.period;
}

int SpeedControl::Slower(SoundBuffer& sound) {
  if (sound.room() < stretch_.max_period() || sound.ahead() < stretch_.overlap()) return 0;
  TimeStretch::Match match = stretch_.FindRepetition(sound);
  if (!Accept(match, frames_per_tick_)) return 0;
  stretch_.Repeat(match, sound);
  hold_frames_ = static_cast<int>(static_cast<float>(match.period) / (1 - speed_));
  return match.period;
}

}  // namespace earshot
