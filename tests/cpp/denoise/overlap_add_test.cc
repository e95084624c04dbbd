#include "denoise/overlap_add.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "signals.h"

namespace earshot {
namespace {

TEST(WindowPairTest, OverlappingProductsSumToOne) {
  const WindowPair windows;
  for (std::size_t phase = 0; phase < kHopSize; ++phase) {
    double sum = 0.0;
    for (std::size_t n = phase; n < kSynthesisSize; n += kHopSize) {
      sum += static_cast<double>(windows.synthesis[n]) *
             static_cast<double>(windows.analysis[n + kWindowSize - kSynthesisSize]);
    }
    ASSERT_NEAR(sum, 1.0, 1e-6);
  }
}

// A tone must not leak over the spectrum: what is 500 Hz away stays at least 50 dB down.
TEST(OverlapAddTest, AnalysisWindowSeparatesTones) {
  auto fft = RealFft::Create(kWindowSize);
  const WindowPair windows;
  auto channel = std::make_unique<OverlapAdd>();
  testing::Signal tone(kWindowSize);
  const double frequency_hz = 3000.0 + kBinHz / 3.0;
  for (std::size_t n = 0; n < tone.size(); ++n) {
    tone[n] = static_cast<float>(
        std::sin(2.0 * std::numbers::pi * frequency_hz * static_cast<double>(n) / 48000.0));
  }
  for (std::size_t n = 0; n < tone.size(); n += kHopSize) {
    channel->Analyze(windows, fft.value(), std::span(tone).subspan(n, kHopSize));
  }
  const float peak = std::abs(channel->spectrum()[static_cast<std::size_t>(BinOf(3000.0F))]);
  for (int k = 0; k < kNumBins; ++k) {
    if (std::abs(k - BinOf(3000.0F)) < BinOf(500.0F)) continue;
    ASSERT_LT(std::abs(channel->spectrum()[static_cast<std::size_t>(k)]), peak * 0.00316F) << k;
  }
}

}  // namespace
}  // namespace earshot
