#include "denoise/noise_estimator.h"

#include <gtest/gtest.h>

#include <cmath>

#include "denoise/fast_math.h"
#include "signals.h"

namespace earshot {
namespace {

constexpr int kFramesPerSecond = 48000 / kHopSize;

// The power of one bin of Gaussian noise is exponentially distributed about its mean: the law the
// estimate rests on.
class ExponentialNoise {
 public:
  Spectrum Next(double mean) {
    Spectrum power;
    for (float& p : power.bins) {
      state_ = state_ * 1664525U + 1013904223U;
      const double u = (static_cast<double>(state_ >> 8) + 0.5) / 16777216.0;
      p = static_cast<float>(-mean * std::log(u));
    }
    return power;
  }

 private:
  uint32_t state_ = 7;
};

double MeanDb(const Spectrum& psd) {
  double sum = 0.0;
  for (int k = 0; k < kNumBins; ++k) sum += static_cast<double>(psd[k]);
  return 10.0 * std::log10(sum / kNumBins);
}

TEST(NoiseEstimatorTest, ConvergesToTheMeanPower) {
  NoiseEstimator estimator;
  ExponentialNoise noise;
  for (int i = 0; i < 3 * kFramesPerSecond; ++i) estimator.Update(noise.Next(1e-4));
  EXPECT_NEAR(MeanDb(estimator.psd()), -40.0, 1.0);
  int far = 0;
  for (int k = 0; k < kNumBins; ++k)
    far += std::fabs(FastPowerToDb(estimator.psd()[k]) + 40.0F) > 3.0F;
  EXPECT_LT(far, kNumBins / 20) << "single bins follow too";
}

TEST(NoiseEstimatorTest, FollowsAStepOf10DbWithin1500Ms) {
  NoiseEstimator estimator;
  ExponentialNoise noise;
  for (int i = 0; i < 2 * kFramesPerSecond; ++i) estimator.Update(noise.Next(1e-5));
  for (int i = 0; i < 3 * kFramesPerSecond / 2; ++i) estimator.Update(noise.Next(1e-4));
  EXPECT_NEAR(MeanDb(estimator.psd()), -40.0, 1.5);
  for (int i = 0; i < kFramesPerSecond; ++i) estimator.Update(noise.Next(1e-5));
  EXPECT_NEAR(MeanDb(estimator.psd()), -50.0, 1.5) << "and back";
}

// Between syllables the noise shows; within them the estimate must hold.
TEST(NoiseEstimatorTest, DoesNotTakeSyllablesForNoise) {
  NoiseEstimator estimator;
  ExponentialNoise noise;
  for (int i = 0; i < kFramesPerSecond; ++i) estimator.Update(noise.Next(1e-5));
  for (int i = 0; i < 4 * kFramesPerSecond; ++i) {
    const bool syllable = i % 60 < 40;
    estimator.Update(noise.Next(syllable ? 1e-5 * 300.0 : 1e-5));
  }
  EXPECT_NEAR(MeanDb(estimator.psd()), -50.0, 2.5);
}

// From 40 dB below, every bin looks like speech for certain: without the guard the estimate would
// stay where it is for ever.
TEST(NoiseEstimatorTest, DoesNotStagnateBelowALoudNoise) {
  NoiseEstimator estimator;
  ExponentialNoise noise;
  for (int i = 0; i < kFramesPerSecond; ++i) estimator.Update(noise.Next(1e-7));
  for (int i = 0; i < 10 * kFramesPerSecond; ++i) estimator.Update(noise.Next(1e-3));
  EXPECT_NEAR(MeanDb(estimator.psd()), -30.0, 2.0);
}

TEST(NoiseEstimatorTest, PassesOverDigitalSilence) {
  NoiseEstimator estimator;
  ExponentialNoise noise;
  for (int i = 0; i < kFramesPerSecond; ++i) estimator.Update(noise.Next(1e-5));
  const double before = MeanDb(estimator.psd());
  Spectrum silence;
  silence.Fill(kPowerFloor);
  for (int i = 0; i < 5 * kFramesPerSecond; ++i) estimator.Update(silence);
  EXPECT_EQ(MeanDb(estimator.psd()), before);
}

TEST(NoiseEstimatorTest, ResetForgets) {
  NoiseEstimator used, fresh;
  ExponentialNoise noise;
  for (int i = 0; i < 100; ++i) used.Update(noise.Next(1.0));
  used.Reset();
  for (int i = 0; i < 20; ++i) {
    const Spectrum power = noise.Next(1e-5);
    used.Update(power);
    fresh.Update(power);
  }
  EXPECT_EQ(used.psd().bins, fresh.psd().bins);
}

}  // namespace
}  // namespace earshot
