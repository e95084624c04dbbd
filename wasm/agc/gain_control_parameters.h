// GainControlParameters: what a page may set of gain control, and within which bounds.
#pragma once

#include "base/status.h"

namespace earshot {

/// May change while gain control runs; the gain then moves to where the new values want it, at the
/// rate they allow.
struct GainControlParameters {
  /// Loudness of active speech to reach, -60 … -5 LUFS (ITU-R BS.1770-4). The default is that of
  /// EBU R 128: broadcast's level for speech, and some 5 dB below where a talker's peaks are
  /// limited.
  float target_loudness_lufs = -23.0F;
  /// 0 … 60. Beyond 30 dB it is the room that is amplified.
  float max_gain_db = 30.0F;
  /// Approached before anybody spoke, 0 … 40, as far as max_gain_db allows and as long as nothing
  /// louder than max_output_noise_dbfs comes of it. Noise that starts then is raised by it at
  /// first: the default is what nobody hears.
  float initial_gain_db = 2.5F;
  /// 0.5 … 20. As WebRTC's AGC2: not heard as a movement within a sentence. On the first way up to
  /// a talker twice as fast, downwards four times.
  float max_gain_change_db_per_s = 6.0F;
  /// Kept free between the peaks of speech and full scale, 0 … 20.
  float headroom_db = 3.0F;
  /// -80 … -20. No gain above 0 dB lifts the background over this: noise at -45 dBFS, as loud as an
  /// office, is raised by 2 dB at most, and speech 20 dB above its background reaches the target.
  float max_output_noise_dbfs = -43.0F;
};

/// kInvalidArgument when a value is outside its range or not a number.
inline Status Validate(const GainControlParameters& p) {
  const auto within = [](float value, float low, float high) {
    return value >= low && value <= high;
  };
  const auto invalid = [](const char* message) {
    return Status(StatusCode::kInvalidArgument, message);
  };
  if (!within(p.target_loudness_lufs, -60.0F, -5.0F)) {
    return invalid("target_loudness_lufs must be between -60 and -5");
  }
  if (!within(p.max_gain_db, 0.0F, 60.0F)) {
    return invalid("max_gain_db must be between 0 and 60");
  }
  if (!within(p.initial_gain_db, 0.0F, 40.0F)) {
    return invalid("initial_gain_db must be between 0 and 40");
  }
  if (!within(p.max_gain_change_db_per_s, 0.5F, 20.0F)) {
    return invalid("max_gain_change_db_per_s must be between 0.5 and 20");
  }
  if (!within(p.headroom_db, 0.0F, 20.0F)) {
    return invalid("headroom_db must be between 0 and 20");
  }
  if (!within(p.max_output_noise_dbfs, -80.0F, -20.0F)) {
    return invalid("max_output_noise_dbfs must be between -80 and -20");
  }
  return Status();
}

}  // namespace earshot
