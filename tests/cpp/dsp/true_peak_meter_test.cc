// Against the true-peak signals of EBU Tech 3341 (2016), Table 1, cases 15 to 19, and sums of
// sines, whose peaks are known without any interpolation.
#include "dsp/true_peak_meter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <random>
#include <vector>

#include "support/allocation_counter.h"

namespace earshot {
namespace {

TruePeakMeter MakeMeter(int rate = 48000) {
  auto meter = TruePeakMeter::Create(rate);
  EXPECT_TRUE(meter.ok());
  return std::move(meter).value();
}

/// A sine of `fraction` of the sample rate, faded in and out so that it has no other frequencies.
std::vector<float> Sine(double fraction, double degrees, double peak) {
  constexpr int kFade = 2000;
  std::vector<float> samples(8000);
  const int length = static_cast<int>(samples.size());
  for (int i = 0; i < length; ++i) {
    const double edge = std::min({i, length - 1 - i, kFade}) / static_cast<double>(kFade);
    const double fade = 0.5 - 0.5 * std::cos(std::numbers::pi * edge);
    samples[static_cast<std::size_t>(i)] = static_cast<float>(
        peak * fade * std::sin(2.0 * std::numbers::pi * (fraction * i + degrees / 360.0)));
  }
  return samples;
}

// Tolerance of the standard: +0.2, -0.4 dB.
void ExpectWithinTolerance(double dbtp, double expected) {
  EXPECT_LE(dbtp, expected + 0.2);
  EXPECT_GE(dbtp, expected - 0.4);
}

/// The highest reading while `samples` play.
double Highest(TruePeakMeter& meter, const std::vector<float>& samples) {
  double highest = -200.0;
  for (std::size_t at = 0; at < samples.size(); at += 100) {
    meter.Process(std::span(samples).subspan(at, std::min<std::size_t>(100, samples.size() - at)));
    highest = std::max(highest, static_cast<double>(meter.true_peak_dbtp()));
  }
  return highest;
}

TEST(TruePeakMeterTest, Tech3341Cases15To18SinesBetweenTheSamples) {
  struct Case {
    double fraction, degrees;
  };
  for (const auto& [fraction, degrees] :
       {Case{1.0 / 4, 0.0}, Case{1.0 / 4, 45.0}, Case{1.0 / 6, 60.0}, Case{1.0 / 8, 67.5}}) {
    TruePeakMeter meter = MakeMeter();
    ExpectWithinTolerance(Highest(meter, Sine(fraction, degrees, 0.5)), -6.0);
  }
}

TEST(TruePeakMeterTest, Tech3341Case19AboveFullScale) {
  TruePeakMeter meter = MakeMeter();
  ExpectWithinTolerance(Highest(meter, Sine(0.25, 45.0, 1.41)), 3.0);
}

TEST(TruePeakMeterTest, AnyToneUpToFourTenthsOfTheRateReadsItsPeak) {
  std::mt19937 random(4);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (int i = 0; i < 60; ++i) {
    TruePeakMeter meter = MakeMeter();
    const double dbtp = Highest(meter, Sine(0.4 * uniform(random), 360.0 * uniform(random), 1.0));
    EXPECT_LE(dbtp, 0.25);  // the standard's filter itself ripples by 0.22 dB
    EXPECT_GE(dbtp, -0.4);
  }
}

TEST(TruePeakMeterTest, FallsBy20DecibelsIn1700Milliseconds) {
  for (const int rate : {8000, 48000}) {
    TruePeakMeter meter = MakeMeter(rate);
    meter.Process(std::vector<float>(64, 0.5F));
    meter.Process(std::vector<float>(64, 0.0F));
    const float held = meter.true_peak_dbtp();
    meter.Process(std::vector<float>(static_cast<std::size_t>(1.7 * rate), 0.0F));
    EXPECT_NEAR(meter.true_peak_dbtp(), held - 20.0F, 0.05F);
    meter.Reset();
    EXPECT_EQ(meter.true_peak_dbtp(), -120.0F);
  }
}

TEST(TruePeakMeterTest, BlocksDoNotChangeTheReadingAndNothingAllocates) {
  std::mt19937 random(9);
  std::normal_distribution<float> normal(0.0F, 0.2F);
  std::vector<float> samples(20000);
  for (float& sample : samples) sample = normal(random);
  TruePeakMeter whole = MakeMeter();
  TruePeakMeter parts = MakeMeter();
  const int64_t before = testing::AllocationCount();
  whole.Process(samples);
  for (std::size_t at = 0; at < samples.size();) {
    const std::size_t count = std::min<std::size_t>(1 + random() % 300, samples.size() - at);
    parts.Process(std::span(samples).subspan(at, count));
    at += count;
  }
  EXPECT_EQ(testing::AllocationCount(), before);
  EXPECT_NEAR(parts.true_peak_dbtp(), whole.true_peak_dbtp(), 0.05);
}

TEST(TruePeakMeterTest, NeedsARate) { EXPECT_FALSE(TruePeakMeter::Create(0).ok()); }

}  // namespace
}  // namespace earshot
