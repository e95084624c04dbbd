// Oracles: the levels of signals whose peak and mean square are known, and exponential decay.
#include "dsp/level_meter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "base/decibels.h"

namespace earshot {
namespace {

LevelMeter Make(const LevelMeterConfig& config = {}) {
  auto meter = LevelMeter::Create(config);
  EXPECT_TRUE(meter.ok());
  return std::move(meter).value();
}

std::vector<float> Sine(float amplitude, int count) {
  std::vector<float> samples(static_cast<std::size_t>(count));
  for (std::size_t n = 0; n < samples.size(); ++n) {
    samples[n] =
        amplitude * static_cast<float>(std::sin(std::numbers::pi * static_cast<double>(n) / 24.0));
  }
  return samples;
}

TEST(LevelMeterTest, ReadsPeakAndRmsOfASine) {
  for (const float level_dbfs : {0.0f, -20.0f, -60.0f}) {
    LevelMeter meter = Make();
    for (int i = 0; i < 100; ++i) meter.Process(Sine(DbToAmplitude(level_dbfs), 480));
    EXPECT_NEAR(meter.peak_dbfs(), level_dbfs, 0.01f);
    EXPECT_NEAR(meter.rms_dbfs(), level_dbfs - 3.0103f, 0.01f);
  }
}

TEST(LevelMeterTest, FallsWithItsTimeConstantWhateverTheBlockLength) {
  for (const int block : {48, 128, 480}) {
    LevelMeter meter = Make({.sample_rate_hz = 48000, .attack_ms = 0.0f, .release_ms = 100.0f});
    meter.Process(std::vector<float>(480, 1.0f));
    EXPECT_NEAR(meter.rms_dbfs(), 0.0f, 0.01f);
    const int blocks = 9600 / block;
    for (int i = 0; i < blocks; ++i)
      meter.Process(std::vector<float>(static_cast<std::size_t>(block)));
    // An amplitude falls by e^-t/τ (8.686 dB per τ), a power by half as many dB.
    const float elapsed = static_cast<float>(blocks * block) / 4800.0f;
    EXPECT_NEAR(meter.peak_dbfs(), -8.6859f * elapsed, 0.05f) << block;
    EXPECT_NEAR(meter.rms_dbfs(), -4.3429f * elapsed, 0.05f) << block;
  }
}

TEST(LevelMeterTest, RisesWithItsTimeConstantAndPeaksAtOnce) {
  LevelMeter meter = Make({.sample_rate_hz = 48000, .attack_ms = 10.0f, .release_ms = 100.0f});
  for (int i = 0; i < 10; ++i) meter.Process(std::vector<float>(48, 0.5f));
  EXPECT_NEAR(meter.peak_dbfs(), -6.0206f, 0.001f);
  EXPECT_NEAR(meter.rms_dbfs(), PowerToDb(0.25f * (1.0f - std::exp(-1.0f))), 0.01f);
}

TEST(LevelMeterTest, SilenceReadsTheFloor) {
  LevelMeter meter = Make();
  EXPECT_EQ(meter.peak_dbfs(), kSilenceDbfs);
  meter.Process({});
  meter.Process(std::vector<float>(128));
  EXPECT_EQ(meter.rms_dbfs(), kSilenceDbfs);
  meter.Process(Sine(1.0f, 480));
  meter.Reset();
  EXPECT_EQ(meter.peak_dbfs(), kSilenceDbfs);
  EXPECT_EQ(meter.rms_dbfs(), kSilenceDbfs);
}

TEST(LevelMeterTest, RefusesImpossibleSettings) {
  EXPECT_FALSE(LevelMeter::Create({.sample_rate_hz = 0}).ok());
  EXPECT_FALSE(LevelMeter::Create({.attack_ms = -1.0f}).ok());
  EXPECT_FALSE(LevelMeter::Create({.release_ms = NAN}).ok());
}

}  // namespace
}  // namespace earshot
