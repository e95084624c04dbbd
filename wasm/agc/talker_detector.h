// TalkerDetector: whether what a speech detector takes for speech has the rhythm of a talker.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/audio_view.h"
#include "base/status.h"

namespace earshot {

struct TalkerDetectorConfig {
  int sample_rate_hz = 48000;  ///< 8000 … 192000.
  int num_channels = 1;        ///< 1 or 2.
};

/// Counts syllables: peaks of the level with a deep dip on both sides (the convex hull of
/// Mermelstein 1975, and de Jong & Wempe 2009, who also want them voiced), neither as short as a
/// key stroke nor as long as a revving engine, that the speech detector took for speech. A talker
/// makes several in a few seconds; machines, traffic and many voices at once rarely do, however
/// sure of them the speech detector is. How the sound is cut into frames does not change the count.
/// Everything is allocated by Create; all other calls are real-time safe.
class TalkerDetector {
 public:
  /// kInvalidArgument when a value is outside its range.
  static StatusOr<TalkerDetector> Create(const TalkerDetectorConfig& config);

  /// `frame`: num_channels × any number of finite samples, as they came from the microphone: a
  /// suppressor makes dips where there were none. Another channel count is passed over.
  /// `speech_probability`: 0 … 1, for this frame.
  void Process(ConstAudioView frame, float speech_probability);

  /// Whether a talker was heard within the latest seconds.
  bool talking() const { return talking_; }
  /// Whether one was ever heard.
  bool heard_talker() const { return heard_talker_; }
  /// Level of the loudest recent sound of any kind, RMS over 20 ms in dBFS; sinks slowly.
  float loudest_dbfs() const { return loudest_dbfs_; }

  void Reset();

 private:
  // Longer than any syllable that counts.
  static constexpr std::size_t kHistory = 96;
  // Syllables within the span looked at that make a talker.
  static constexpr std::size_t kSyllablesToStart = 5;

  struct Channel {
    float sum = 0.0F;   // of the samples that become one
    float slow = 0.0F;  // what the high-pass takes away
    int phase = 0;      // of the sum
  };
  struct Step {
    float power = 0.0F;
    float level_db = 0.0F;
    float speech_probability = 0.0F;
  };

  explicit TalkerDetector(const TalkerDetectorConfig& config);
  float Energy(std::span<const float> samples, Channel& channel) const;
  void AddStep(float power, float speech_probability);
  bool EndsSyllable() const;
  void CountSyllables(bool another);

  int decimation_;
  int step_samples_;
  float high_pass_;     // coefficient
  float loudest_sink_;  // dB per step
  std::vector<Channel> channels_;
  int step_position_ = 0;
  float step_energy_ = 0.0F;
  std::array<float, 4> smoothing_ = {};
  std::array<Step, kHistory> history_ = {};                 // a ring
  uint32_t now_ = 0;                                        // steps
  uint32_t age_ = 0;                                        // quarters of steps of sound
  bool rising_ = false;                                     // a dip was left
  float extreme_db_ = 0.0F;                                 // the peak while rising, else the dip
  std::array<uint32_t, kSyllablesToStart> syllables_ = {};  // age_ then; newest first
  std::size_t num_syllables_ = 0;
  bool talking_ = false;
  bool heard_talker_ = false;
  float loudest_dbfs_;
};

}  // namespace earshot
