// Wind: found by where its energy lies, followed through its gusts.
#include <gtest/gtest.h>

#include <cmath>

#include "denoise/noise_suppressor.h"
#include "denoise/wind_estimator.h"
#include "signals.h"

namespace earshot {
namespace {

using testing::Align;
using testing::MakeSuppressor;
using testing::Process;
using testing::Seconds;
using testing::Signal;

// White noise through two poles at 100 Hz, swelling by ±10 dB about once a second.
Signal Wind(std::size_t length, double rms, uint32_t seed) {
  Signal wind = testing::WhiteNoise(length, 1.0, seed);
  const double pole = std::exp(-2.0 * std::numbers::pi * 100.0 / testing::kRateHz);
  double a = 0.0, b = 0.0;
  for (std::size_t n = 0; n < length; ++n) {
    a = pole * a + (1.0 - pole) * static_cast<double>(wind[n]);
    b = pole * b + (1.0 - pole) * a;
    const double t = static_cast<double>(n) / testing::kRateHz;
    const double gust_db = 10.0 * std::sin(2.0 * std::numbers::pi * 0.9 * t);
    wind[n] = static_cast<float>(b * std::pow(10.0, gust_db / 20.0));
  }
  const double scale =
      rms / testing::Rms(wind, 0.0, static_cast<double>(length) / testing::kRateHz);
  for (float& x : wind) x = static_cast<float>(static_cast<double>(x) * scale);
  return wind;
}

Spectrum FallingPower(double at_lowest, double fall_db_per_octave) {
  Spectrum power;
  for (int k = 0; k < kPaddedBins; ++k) {
    const double octaves = std::log2(static_cast<double>(k + 1));
    power[k] = static_cast<float>(at_lowest * std::pow(10.0, -fall_db_per_octave * octaves / 10.0));
  }
  return power;
}

TEST(WindEstimatorTest, FindsWindAndFollowsAGust) {
  WindEstimator estimator;
  Spectrum noise;
  const Spectrum calm = FallingPower(1e-4, 12.0);
  for (int i = 0; i < 400; ++i) {
    noise = calm;
    estimator.Update(calm, 0.0F, noise);
  }
  EXPECT_EQ(estimator.presence(), 1.0F);
  const Spectrum gust = FallingPower(1e-3, 12.0);  // 10 dB more, during speech
  for (int i = 0; i < 10; ++i) {
    noise = calm;
    estimator.Update(gust, 1.0F, noise);
  }
  for (int k = 0; k < BinOf(350.0F); ++k) EXPECT_NEAR(noise[k] / gust[k], 1.0F, 0.25F) << k;
  for (int k = BinOf(800.0F); k < kNumBins; ++k) EXPECT_EQ(noise[k], calm[k]) << k;
}

TEST(WindEstimatorTest, AVoiceInTheLowestBinsIsNoGust) {
  WindEstimator estimator;
  Spectrum noise;
  const Spectrum calm = FallingPower(1e-6, 12.0);
  for (int i = 0; i < 400; ++i) {
    noise = calm;
    estimator.Update(calm, 0.0F, noise);
  }
  const Spectrum voice = FallingPower(1e-2, 3.0);  // 40 dB above the pauses
  for (int i = 0; i < 20; ++i) {
    noise = calm;
    estimator.Update(voice, 1.0F, noise);
  }
  for (int k = 0; k < kNumBins; ++k) EXPECT_LT(noise[k], 0.01F * voice[k]) << k;
}

TEST(WindEstimatorTest, FindsNoneInWhiteOrPinkNoise) {
  for (const double fall : {0.0, 3.0}) {
    WindEstimator estimator;
    Spectrum noise;
    const Spectrum power = FallingPower(1e-4, fall);
    for (int i = 0; i < 400; ++i) {
      noise = power;
      estimator.Update(power, 0.0F, noise);
    }
    EXPECT_EQ(estimator.presence(), 0.0F) << fall;
    EXPECT_EQ(noise.bins, power.bins);
  }
}

TEST(WindSuppressionTest, SpeechComesOutOfWind) {
  const Signal voice = testing::Voice(Seconds(8.0));
  const double level = testing::Rms(voice, 0.5, 8.0);
  const Signal input = testing::Sum(voice, Wind(voice.size(), level, 3));  // 0 dB
  NoiseSuppressor suppressor = MakeSuppressor(ToStrength(NoiseSuppressionLevel::kHigh));
  const Signal output = Align(Process(suppressor, input));
  EXPECT_GT(testing::SiSdrDb(voice, output), testing::SiSdrDb(voice, input) + 8.0);
}

}  // namespace
}  // namespace earshot
