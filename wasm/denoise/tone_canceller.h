// ToneCanceller: subtracts steady tones sample by sample, without delay.
//   The adaptive notch: B. Widrow et al., "Adaptive noise cancelling: principles and applications",
//   Proc. IEEE 63(12), 1975, §VI; several tones at once: J. R. Glover, "Adaptive noise cancelling
//   applied to sinusoidal interferences", IEEE Trans. ASSP 25(6), 1977.
// Each tone has an oscillator of two phases with two LMS weights, which make a notch of 0.8 Hz:
// what moves through the frequency, as every voice does, passes. The turning of the weights tells
// how far the oscillator is off, so that it follows drifting mains.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "denoise/spectrum.h"
#include "denoise/tone_finder.h"

namespace earshot {

/// One or two channels. Real-time safe once made.
class ToneCanceller {
 public:
  static constexpr int kMaxTones = ToneFinder::kMaxTones;

  explicit ToneCanceller(int num_channels);

  /// The tones found anew. One that was known goes on where it was; one that has been missing for
  /// about 1.4 s fades out.
  void SetTones(std::span<const float> frequencies_hz);

  /// In place, every channel kHopSize samples; `share` (0 … 1) of each tone is subtracted, gliding
  /// from the share of the call before. At 0 samples stay as they are, bit by bit, but are
  /// listened to.
  void Process(std::span<float* const> channels, float share);

  int num_tones() const;

  void Reset();

 private:
  // Structure of arrays, for loops four tones wide. A slot without a tone has step_size 0 and
  // weights 0.
  using Lanes = std::array<float, kMaxTones>;
  struct Weights {
    alignas(16) Lanes cosine, sine;
  };
  struct Slot {
    double phase = 0.0;         // radians, at the start of the hop
    float frequency_hz = 0.0F;  // 0: free
    float found_hz = 0.0F;      // where the finder saw it last
    int misses = 0;
    int age_hops = 0;
  };

  void Prepare();
  void Cancel(std::span<float> samples, Weights& weights, float share_from, float share_to) const;
  void Advance();
  void FollowFrequency();

  std::array<Slot, kMaxTones> slots_;
  alignas(16) Lanes cosine_, sine_, step_cosine_, step_sine_, step_size_;
  std::vector<Weights> weights_;   // one a channel
  std::vector<Weights> previous_;  // and as they were kFollowHops ago
  int hops_ = 0;
  float share_ = 0.0F;
};

}  // namespace earshot
