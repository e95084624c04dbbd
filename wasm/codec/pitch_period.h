// The period with which a sound at 8 kHz repeats itself.
#pragma once

#include <span>

namespace earshot {

/// Periods looked for, samples at 8 kHz: 2.5 ms (400 Hz) to 20 ms (50 Hz). G.711 Appendix I looks
/// from 5 to 15 ms, which misses high and very low voices.
inline constexpr int kMinPitchPeriod = 20;
inline constexpr int kMaxPitchPeriod = 160;
/// Length of the sound compared with the period before. The Appendix compares 20 ms; half of that
/// follows a gliding voice closer (+0.6 dB SI-SDR on speech with 10 % of its packets lost).
inline constexpr int kPitchWindow = 80;

struct PitchPeriod {
  int samples = kMaxPitchPeriod;
  float similarity = 0;  ///< Normalised cross-correlation with the period before, −1 … 1.
};

/// The period that predicts the end of `history` best. `history` holds at least kPitchWindow +
/// kMaxPitchPeriod samples, the newest last. Real-time safe.
PitchPeriod FindPitchPeriod(std::span<const float> history);

}  // namespace earshot
