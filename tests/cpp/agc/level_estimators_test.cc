#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "agc/noise_floor_estimator.h"
#include "agc/speech_level_estimator.h"
#include "base/decibels.h"
#include "support/synthetic_speech.h"

namespace earshot {
namespace {

using testing::MakeSyntheticSpeech;
using testing::SyntheticSpeech;

constexpr int kFrameSize = 256;
constexpr float kFrameMs = 1000.0F * kFrameSize / 48000.0F;

float FramePower(const std::vector<float>& samples, std::size_t start) {
  double energy = 0.0;
  for (std::size_t i = start; i < start + kFrameSize; ++i) {
    energy += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
  }
  return static_cast<float>(energy / kFrameSize);
}

SpeechLevelEstimator MakeSpeechLevel() {
  return SpeechLevelEstimator::Create({.frame_ms = kFrameMs}).value();
}
NoiseFloorEstimator MakeNoiseFloor() {
  return NoiseFloorEstimator::Create({.frame_ms = kFrameMs}).value();
}

/// A frame whose powers are all `power`, as if there were no weighting.
SpeechFrame Frame(float power) {
  return {.weighted_power = power, .power = power, .peak = std::sqrt(power)};
}

void Feed(SpeechLevelEstimator& estimator, const SyntheticSpeech& speech, float noise_power) {
  for (std::size_t i = 0; i + kFrameSize <= speech.samples.size(); i += kFrameSize) {
    estimator.Update(Frame(FramePower(speech.samples, i)), noise_power,
                     speech.active[i] ? 1.0F : 0.0F);
  }
}

TEST(SpeechLevelEstimatorTest, ReadsTheLevelOfActiveSpeechWhateverThePauses) {
  for (const float level_dbfs : {-60.0F, -45.0F, -30.0F, -20.0F, -5.0F}) {
    for (const float pause_seconds : {0.0F, 1.0F, 6.0F}) {
      SpeechLevelEstimator estimator = MakeSpeechLevel();
      Feed(estimator,
           MakeSyntheticSpeech(
               {.seconds = 20.0F, .level_dbfs = level_dbfs, .pause_seconds = pause_seconds}),
           0.0F);
      EXPECT_NEAR(estimator.weighted_level_db(), level_dbfs, 2.0F) << pause_seconds;
      EXPECT_NEAR(estimator.level_dbfs(), level_dbfs, 2.0F) << pause_seconds;
      EXPECT_GT(estimator.confidence(), 0.9F);
    }
  }
}

TEST(SpeechLevelEstimatorTest, SubtractsTheBackground) {
  SpeechLevelEstimator quiet = MakeSpeechLevel();
  SpeechLevelEstimator noisy = MakeSpeechLevel();
  const float speech = DbToPower(-30.0F);
  const float background = DbToPower(-35.5F);  // would add 1.1 dB
  for (int i = 0; i < 2000; ++i) {
    quiet.Update(Frame(speech), 0.0F, 1.0F);
    noisy.Update(Frame(speech + background), background, 1.0F);
  }
  EXPECT_NEAR(noisy.weighted_level_db(), quiet.weighted_level_db(), 0.01F);
}

TEST(SpeechLevelEstimatorTest, FollowsANewTalkerUpAndDownAlike) {
  const float talker[] = {-40.0F, -20.0F, -40.0F};
  SpeechLevelEstimator estimator = MakeSpeechLevel();
  for (const float level_dbfs : talker) {
    Feed(estimator, MakeSyntheticSpeech({.seconds = 30.0F, .level_dbfs = level_dbfs}), 0.0F);
    EXPECT_NEAR(estimator.weighted_level_db(), level_dbfs, 2.5F);
  }
}

TEST(SpeechLevelEstimatorTest, TheFirstWordGivesAnEstimateThatGainsConfidence) {
  SpeechLevelEstimator estimator = MakeSpeechLevel();
  EXPECT_FALSE(estimator.has_estimate());
  EXPECT_EQ(estimator.confidence(), 0.0F);
  float before = 0.0F;
  for (int second = 0; second < 4; ++second) {
    for (int i = 0; i < 187; ++i) {
      estimator.Update(Frame(DbToPower(-50.0F)), 0.0F, 1.0F);
    }
    EXPECT_TRUE(estimator.has_estimate());
    EXPECT_NEAR(estimator.weighted_level_db(), -50.0F, 0.01F);
    EXPECT_GE(estimator.confidence(), before);
    before = estimator.confidence();
  }
  EXPECT_GT(before, 0.9F);
}

TEST(SpeechLevelEstimatorTest, ThePeakIsThatOfTheStretchesNotOfTheFrames) {
  SpeechLevelEstimator estimator = MakeSpeechLevel();
  for (int i = 0; i < 2000; ++i) {
    // One frame in eight is loud: every stretch of 300 ms has some.
    estimator.Update({.weighted_power = 1e-4F, .power = 1e-4F, .peak = i % 8 == 0 ? 0.5F : 0.05F},
                     0.0F, 1.0F);
  }
  EXPECT_NEAR(estimator.peak_dbfs(), AmplitudeToDb(0.5F), 0.01F);
}

TEST(SpeechLevelEstimatorTest, AShortStretchLeavesNoTrace) {
  SpeechLevelEstimator estimator = MakeSpeechLevel();
  for (int knock = 0; knock < 50; ++knock) {
    for (int i = 0; i < 20; ++i) {  // 107 ms taken for speech
      estimator.Update(Frame(1.0F), 0.0F, 1.0F);
      EXPECT_FALSE(estimator.in_speech());
    }
    for (int i = 0; i < 20; ++i) {
      estimator.Update(Frame(1e-6F), 0.0F, 0.0F);
    }
  }
  EXPECT_FALSE(estimator.has_estimate());
}

TEST(SpeechLevelEstimatorTest, FramesNearTheBackgroundDoNotCount) {
  SpeechLevelEstimator estimator = MakeSpeechLevel();
  for (int i = 0; i < 2000; ++i) {
    estimator.Update(Frame(DbToPower(-55.0F)), DbToPower(-58.0F), 1.0F);
  }
  EXPECT_FALSE(estimator.has_estimate());
}

TEST(SpeechLevelEstimatorTest, NanProbabilityIsNoSpeech) {
  SpeechLevelEstimator estimator = MakeSpeechLevel();
  for (int i = 0; i < 100; ++i) {
    estimator.Update(Frame(0.01F), 0.0F, std::numeric_limits<float>::quiet_NaN());
  }
  EXPECT_FALSE(estimator.has_estimate());
}

TEST(SpeechLevelEstimatorTest, CreateRefusesValuesOutOfRange) {
  EXPECT_FALSE(SpeechLevelEstimator::Create({}).ok());
  EXPECT_FALSE(SpeechLevelEstimator::Create({.frame_ms = 101.0F}).ok());
  EXPECT_FALSE(NoiseFloorEstimator::Create({}).ok());
  EXPECT_FALSE(NoiseFloorEstimator::Create({.frame_ms = 101.0F}).ok());
}

void FeedNoise(NoiseFloorEstimator& estimator, float level_dbfs, float seconds, float probability) {
  std::mt19937 random(4);
  std::normal_distribution<float> noise(0.0F, DbToAmplitude(level_dbfs));
  std::vector<float> frame(kFrameSize);
  for (int i = 0; i < static_cast<int>(1000.0F * seconds / kFrameMs); ++i) {
    for (float& sample : frame) {
      sample = noise(random);
    }
    estimator.Update(FramePower(frame, 0), probability);
  }
}

TEST(NoiseFloorEstimatorTest, ReadsSteadyNoise) {
  for (const float level_dbfs : {-90.0F, -60.0F, -30.0F}) {
    NoiseFloorEstimator estimator = MakeNoiseFloor();
    EXPECT_FALSE(estimator.has_estimate());
    FeedNoise(estimator, level_dbfs, 0.1F, 0.0F);
    EXPECT_TRUE(estimator.has_estimate());
    EXPECT_NEAR(estimator.level_dbfs(), level_dbfs, 1.0F);
    FeedNoise(estimator, level_dbfs, 10.0F, 0.0F);
    EXPECT_NEAR(estimator.level_dbfs(), level_dbfs, 0.5F);
  }
}

TEST(NoiseFloorEstimatorTest, FollowsAStepBothWays) {
  NoiseFloorEstimator estimator = MakeNoiseFloor();
  FeedNoise(estimator, -70.0F, 10.0F, 0.0F);
  FeedNoise(estimator, -40.0F, 6.0F, 0.0F);
  EXPECT_NEAR(estimator.level_dbfs(), -40.0F, 2.5F);
  FeedNoise(estimator, -70.0F, 3.0F, 0.0F);
  EXPECT_NEAR(estimator.level_dbfs(), -70.0F, 2.0F);
}

TEST(NoiseFloorEstimatorTest, SeesSteadyNoiseThatTheDetectorTakesForSpeech) {
  NoiseFloorEstimator estimator = MakeNoiseFloor();
  FeedNoise(estimator, -70.0F, 10.0F, 0.0F);
  FeedNoise(estimator, -40.0F, 6.0F, 1.0F);
  EXPECT_NEAR(estimator.level_dbfs(), -40.0F, 1.5F);
}

TEST(NoiseFloorEstimatorTest, SpeechDoesNotRaiseIt) {
  NoiseFloorEstimator estimator = MakeNoiseFloor();
  const SyntheticSpeech speech = MakeSyntheticSpeech(
      {.seconds = 20.0F, .level_dbfs = -25.0F, .background_dbfs = -60.0F, .pause_seconds = 0.3F});
  for (std::size_t i = 0; i + kFrameSize <= speech.samples.size(); i += kFrameSize) {
    const bool speaks = speech.active[i] || speech.active[i + kFrameSize - 1];
    estimator.Update(FramePower(speech.samples, i), speaks ? 1.0F : 0.0F);
    EXPECT_LT(estimator.level_dbfs(), -58.0F);
  }
  EXPECT_NEAR(estimator.level_dbfs(), -60.0F, 1.0F);
}

TEST(NoiseFloorEstimatorTest, KeyStrokesBarelyMoveIt) {
  NoiseFloorEstimator estimator = MakeNoiseFloor();
  for (int i = 0; i < 2000; ++i) {  // two 10 ms strokes a second, 30 dB above the noise
    estimator.Update(i % 94 < 2 ? 1e-3F : 1e-6F, 0.0F);
  }
  EXPECT_LT(estimator.level_dbfs(), -60.0F + 5.0F);
}

TEST(NoiseFloorEstimatorTest, SilenceBeforeTheFirstSoundIsNoEvidence) {
  NoiseFloorEstimator estimator = MakeNoiseFloor();
  for (int i = 0; i < 400; ++i) {
    estimator.Update(0.0F, 0.0F);
  }
  EXPECT_FALSE(estimator.has_estimate());
  EXPECT_EQ(estimator.level_dbfs(), kSilenceDbfs);
  // So noise that starts then is known at once.
  FeedNoise(estimator, -45.0F, 0.1F, 0.0F);
  EXPECT_NEAR(estimator.level_dbfs(), -45.0F, 1.0F);
}

TEST(NoiseFloorEstimatorTest, WordsThatTheDetectorMissesAreNoBackgroundWhenTheGapsAreEmpty) {
  NoiseFloorEstimator estimator = MakeNoiseFloor();
  // The first second of speech is taken for a pause, as are soft endings later.
  FeedNoise(estimator, -35.0F, 1.0F, 0.0F);
  for (int word = 0; word < 10; ++word) {
    for (int i = 0; i < 40; ++i) {
      estimator.Update(0.0F, 0.0F);
    }
    EXPECT_LT(estimator.level_dbfs(), -90.0F);
    FeedNoise(estimator, -35.0F, 0.4F, 1.0F);
    FeedNoise(estimator, -45.0F, 0.1F, 0.0F);
  }
}

TEST(NoiseFloorEstimatorTest, EdgesOfWordsDoNotCount) {
  NoiseFloorEstimator estimator = MakeNoiseFloor();
  FeedNoise(estimator, -60.0F, 3.0F, 0.0F);
  for (int word = 0; word < 10; ++word) {
    FeedNoise(estimator, -50.0F, 0.15F, 0.0F);  // heard late
    FeedNoise(estimator, -30.0F, 0.3F, 1.0F);
    FeedNoise(estimator, -50.0F, 0.15F, 0.0F);  // dies away
    FeedNoise(estimator, -60.0F, 0.4F, 0.0F);
    EXPECT_NEAR(estimator.level_dbfs(), -60.0F, 1.5F);
  }
}

}  // namespace
}  // namespace earshot
