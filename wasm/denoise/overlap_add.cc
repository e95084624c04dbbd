#include "denoise/overlap_add.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace earshot {
WindowPair::WindowPair() {
  // Analysis: the rising half of a long root-Hann window, then the falling half of a short one.
  // Where the synthesis window is not zero, it is the Hann window of its own length divided by the
  // analysis window.
  constexpr int kFall = kSynthesisSize / 2;
  constexpr int kRise = kWindowSize - kFall;
  for (int n = 0; n < kWindowSize; ++n) {
    const double phase = n < kRise ? (n + 0.5) / kRise : (kWindowSize - n - 0.5) / kFall;
    analysis[static_cast<std::size_t>(n)] =
        static_cast<float>(std::sin(0.5 * std::numbers::pi * phase));
  }
  constexpr double kOverlapFactor = 2.0 * kHopSize / kSynthesisSize;
  for (int n = 0; n < kSynthesisSize; ++n) {
    const double hann = std::sin(std::numbers::pi * (n + 0.5) / kSynthesisSize);
    const float below = analysis[static_cast<std::size_t>(n + kWindowSize - kSynthesisSize)];
    synthesis[static_cast<std::size_t>(n)] =
        static_cast<float>(kOverlapFactor * hann * hann / static_cast<double>(below));
  }
}

void OverlapAdd::Analyze(const WindowPair& windows, RealFft& fft, std::span<const float> input) {
  std::copy(history_.begin() + kHopSize, history_.end(), history_.begin());
  std::copy_n(input.begin(), kHopSize, history_.end() - kHopSize);
  for (std::size_t n = 0; n < block_.size(); ++n) block_[n] = history_[n] * windows.analysis[n];
  fft.Forward(block_, spectrum_);
}

void OverlapAdd::Synthesize(const WindowPair& windows, RealFft& fft, std::span<float> output) {
  fft.Inverse(spectrum_, block_);
  const float* tail = block_.data() + kWindowSize - kSynthesisSize;
  for (std::size_t n = 0; n < overlap_.size(); ++n) overlap_[n] += tail[n] * windows.synthesis[n];
  std::copy_n(overlap_.begin(), kHopSize, output.begin());
  std::copy(overlap_.begin() + kHopSize, overlap_.end(), overlap_.begin());
  std::fill(overlap_.end() - kHopSize, overlap_.end(), 0.0F);
}

void OverlapAdd::Reset() {
  history_.fill(0.0F);
  overlap_.fill(0.0F);
}

}  // namespace earshot
