// TransientDetector: the probability that a frame is ruled by a key stroke, a click or a tick
// rather than by speech.
//   The problem and the restoration it feeds: A. Subramanya, M. L. Seltzer, A. Acero, "Automatic
//   removal of typed keystrokes from speech signals", IEEE Signal Processing Letters 14(5), 2007;
//   R. Talmon, I. Cohen, S. Gannot, "Transient noise reduction using nonlocal diffusion filters",
//   IEEE Trans. Audio, Speech, Language Processing 19(6), 2011.
// A logistic regression: strokes rise within a millisecond in the band of the clicks, out of a
// background without voice, and fade within some 20 ms. Plosives rise as fast, but into or out of a
// voice: hence the memory of nine frames and the means over 50 and 250 ms. Nothing above 7 kHz is
// looked at, so that speech of any bandwidth counts alike. The coefficients (tuning.h) were fitted
// on mixtures of the tuning set, clean speech and steady noise included.
#pragma once

#include <array>

#include "denoise/band_energies.h"

namespace earshot {

/// One call a frame. Real-time safe.
class TransientDetector {
 public:
  /// What is measured in each frame, and in how many of the latest frames all of it counts.
  static constexpr std::size_t kNumFeatures = 12;
  static constexpr std::size_t kRecentFrames = 4;
  /// Of older frames only the onsets count.
  static constexpr std::size_t kNumFrames = 9;

  TransientDetector() { Reset(); }

  /// `energies`: of the newest hop, each positive and finite.
  void Update(const HopEnergies& energies);

  /// 0 … 1, for a frame that ends with the newest hop.
  float probability() const { return probability_; }

  void Reset();

 private:
  using Features = std::array<float, kNumFeatures>;

  Features Measure(const HopEnergies& energies);
  float Evidence() const;

  // What the click band and the voice band had: mean squares of the four frames before, and the
  // slow mean of their log2.
  struct Background {
    std::array<float, 4> recent;
    float slow_log2;
  };
  static void Learn(float mean, Background& background);

  Background clicks_;
  Background voices_;
  std::array<Features, kNumFrames> frames_;  // newest first
  std::array<std::array<float, 3>, 2> context_;
  float probability_ = 0.0F;
  bool started_ = false;
};

}  // namespace earshot
