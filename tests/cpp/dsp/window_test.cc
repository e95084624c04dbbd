// Oracles: the overlap-add law, and published values of the Kaiser window.
#include "dsp/window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace earshot {
namespace {

constexpr double kRounding = 1e-6;

TEST(WindowTest, HannShiftsAddUpToAConstant) {
  std::vector<float> hann(960);
  FillHann(hann);
  const std::vector<float> ones(960, 1.0f);
  EXPECT_LT(ReconstructionError(hann, ones, 480), kRounding);
  EXPECT_NEAR(ReconstructionError(hann, ones, 240), 1.0, kRounding);  // four shifts add up to 2
  EXPECT_GT(ReconstructionError(hann, ones, 960), 0.9);
}

TEST(WindowTest, SqrtHannReconstructsAtHalfOverlap) {
  for (const std::size_t size : {64u, 960u, 1024u}) {
    std::vector<float> window(size);
    FillSqrtHann(window);
    EXPECT_LT(ReconstructionError(window, window, static_cast<int>(size / 2)), kRounding);
    EXPECT_NEAR(window[size / 4], window[size - 1 - size / 4], kRounding);  // symmetric
  }
}

TEST(WindowTest, LowDelayPairReconstructs) {
  struct Shape {
    std::size_t analysis;
    std::size_t synthesis;
    int hop;
  };
  for (const Shape shape :
       {Shape{1024, 768, 256}, Shape{1024, 512, 256}, Shape{960, 480, 120}, Shape{960, 960, 480}}) {
    std::vector<float> analysis(shape.analysis);
    std::vector<float> synthesis(shape.synthesis);
    ASSERT_TRUE(FillLowDelayPair(shape.hop, analysis, synthesis).ok());
    EXPECT_LT(ReconstructionError(analysis, synthesis, shape.hop), kRounding);
    EXPECT_NEAR(*std::max_element(analysis.begin(), analysis.end()), 1.0f, 1e-4f);
    EXPECT_GT(*std::min_element(synthesis.begin(), synthesis.end()), 0.0f);
  }
}

TEST(WindowTest, LowDelayPairRefusesWhatCannotReconstruct) {
  std::vector<float> a(1024);
  std::vector<float> s(512);
  EXPECT_FALSE(FillLowDelayPair(512, a, s).ok());  // one hop only
  EXPECT_FALSE(FillLowDelayPair(96, a, s).ok());   // no divisor
  EXPECT_FALSE(FillLowDelayPair(0, a, s).ok());
  EXPECT_FALSE(FillLowDelayPair(256, s, a).ok());  // synthesis longer
}

TEST(WindowTest, KaiserHasItsKnownValues) {
  EXPECT_DOUBLE_EQ(Kaiser(0.0, 8.0), 1.0);
  EXPECT_EQ(Kaiser(1.01, 8.0), 0.0);
  // 1/I0(β), I0 from Abramowitz & Stegun, table 9.8: I0(1) = 1.2660658778, I0(5) = 27.2398718236.
  EXPECT_NEAR(Kaiser(1.0, 1.0), 1.0 / 1.2660658778, 1e-10);
  EXPECT_NEAR(Kaiser(-1.0, 5.0), 1.0 / 27.2398718236, 1e-12);
  EXPECT_NEAR(Kaiser(0.6, 5.0), 11.3019219521 / 27.2398718236, 1e-10);  // I0(4)
}

}  // namespace
}  // namespace earshot
