// VoiceDecision: from the speech probability of each frame, whether somebody is talking.
#pragma once

#include <algorithm>

namespace earshot {

/// Yes once speech has been certain for long enough to be no click, no once it has been uncertain
/// for longer than the gaps between words. The events of a page follow it. Real-time safe.
class VoiceDecision {
 public:
  /// `frame_ms` > 0: duration of the frames given to Update.
  explicit VoiceDecision(float frame_ms) : frame_ms_(frame_ms) {}

  /// `speech_probability`: 0 … 1, of one frame.
  void Update(float speech_probability) {
    if (speech_probability >= kSpeechProbability) {
      evidence_ms_ = std::min(evidence_ms_ + frame_ms_, kOnsetMs);
      silence_ms_ = 0.0F;
    } else {
      evidence_ms_ = std::max(evidence_ms_ - frame_ms_, 0.0F);
      silence_ms_ = std::min(silence_ms_ + frame_ms_, kHangoverMs);
    }
    const bool decided = active_ ? silence_ms_ < kHangoverMs : evidence_ms_ >= kOnsetMs;
    num_changes_ += decided != active_ ? 1.0 : 0.0;
    active_ = decided;
  }

  bool active() const { return active_; }
  /// How often active() changed.
  double num_changes() const { return num_changes_; }

  // Tuning.
  /// The detector's decisive frames; gain control uses the same.
  static constexpr float kSpeechProbability = 0.9F;
  /// Longer than a click rings in the detector, shorter than half a syllable.
  static constexpr float kOnsetMs = 40.0F;
  /// The gaps within fluent speech are mostly below 300 ms (plosives, breaths).
  static constexpr float kHangoverMs = 400.0F;

 private:
  float frame_ms_;
  float evidence_ms_ = 0.0F;
  float silence_ms_ = 0.0F;  // since the latest certain frame
  bool active_ = false;
  double num_changes_ = 0.0;
};

}  // namespace earshot
