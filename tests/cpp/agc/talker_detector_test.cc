#include "agc/talker_detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "support/allocation_counter.h"
#include "support/planar_buffer.h"
#include "support/synthetic_speech.h"

namespace earshot {
namespace {

using testing::AsConst;
using testing::MakeSyntheticSpeech;
using testing::PlanarBuffer;
using testing::SyntheticSpeech;

TalkerDetector MakeDetector(const TalkerDetectorConfig& config = {}) {
  auto detector = TalkerDetector::Create(config);
  EXPECT_TRUE(detector.ok()) << detector.status().message();
  return detector.value();
}

/// Whether a talker was found at the end of each frame.
std::vector<bool> Play(TalkerDetector& detector, const std::vector<float>& samples,
                       float probability, std::size_t frame_size = 240) {
  std::vector<bool> talking;
  PlanarBuffer frame(1, static_cast<int>(frame_size));
  for (std::size_t start = 0; start + frame_size <= samples.size(); start += frame_size) {
    std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(start), frame_size, frame[0].begin());
    detector.Process(AsConst(frame.View(0, static_cast<int>(frame_size))), probability);
    talking.push_back(detector.talking());
  }
  return talking;
}

/// Bursts of noise of `burst_s`, five in two seconds, 40 dB over what is between.
std::vector<float> MakeBursts(float burst_s) {
  std::mt19937 random(4);
  std::normal_distribution<float> noise(0.0F, 0.05F);
  std::vector<float> samples;
  for (int i = 0; i < 6 * 48000; ++i) {
    const bool on = std::fmod(static_cast<float>(i) / 48000.0F, 0.4F) < burst_s;
    samples.push_back(noise(random) * (on ? 1.0F : 0.01F));
  }
  return samples;
}

TEST(TalkerDetectorTest, FindsATalkerWithinThreeSecondsAtEveryLevelRateAndFraming) {
  for (const int rate : {8000, 16000, 44100, 48000, 96000}) {
    for (const float level_dbfs : {-55.0F, -30.0F, -5.0F}) {
      const SyntheticSpeech speech = MakeSyntheticSpeech({.sample_rate_hz = rate,
                                                          .seconds = 3.5F,
                                                          .level_dbfs = level_dbfs,
                                                          .background_dbfs = level_dbfs - 30.0F});
      for (const std::size_t frame_size : {std::size_t{64}, std::size_t{700}}) {
        TalkerDetector detector = MakeDetector({.sample_rate_hz = rate});
        Play(detector, speech.samples, 1.0F, frame_size);
        EXPECT_TRUE(detector.talking()) << rate << " " << level_dbfs << " " << frame_size;
      }
    }
  }
}

TEST(TalkerDetectorTest, CountsOnlyWhatLastsAsLongAsASyllable) {
  for (const float burst_s : {0.01F, 0.03F, 0.1F, 0.2F, 0.3F, 0.4F}) {
    TalkerDetector detector = MakeDetector();
    Play(detector, MakeBursts(burst_s), 1.0F);
    EXPECT_EQ(detector.heard_talker(), burst_s > 0.05F && burst_s < 0.35F) << burst_s;
  }
}

TEST(TalkerDetectorTest, CountsOnlyWhatTheSpeechDetectorTakesForSpeech) {
  TalkerDetector detector = MakeDetector();
  Play(detector, MakeSyntheticSpeech({.seconds = 6.0F, .background_dbfs = -70.0F}).samples, 0.8F);
  EXPECT_FALSE(detector.heard_talker());
}

TEST(TalkerDetectorTest, ATalkerWhoStopsIsForgottenButWasHeard) {
  TalkerDetector detector = MakeDetector();
  Play(detector, MakeSyntheticSpeech({.seconds = 4.0F, .background_dbfs = -70.0F}).samples, 1.0F);
  ASSERT_TRUE(detector.talking());
  const std::vector<bool> after = Play(detector, std::vector<float>(17 * 48000), 0.0F);
  EXPECT_FALSE(after.back());
  EXPECT_TRUE(after[5 * 200]);  // five seconds later: silence says little
  EXPECT_TRUE(detector.heard_talker());
  detector.Reset();
  EXPECT_FALSE(detector.heard_talker());
}

/// Turns of two syllables at -26 dBFS, three seconds apart, over a background.
std::vector<float> MakeShortTurns(float background) {
  std::mt19937 random(5);
  std::normal_distribution<float> noise(0.0F, 1.0F);
  std::vector<float> samples;
  for (int i = 0; i < 15 * 48000; ++i) {
    const float in_turn_s = std::fmod(static_cast<float>(i) / 48000.0F, 3.0F);
    const bool on = in_turn_s < 0.6F && std::fmod(in_turn_s, 0.3F) < 0.15F;
    samples.push_back(noise(random) * (on ? 0.05F : background));
  }
  return samples;
}

TEST(TalkerDetectorTest, FindsATalkerOfShortTurnsWhenSilenceIsBetweenThem) {
  TalkerDetector detector = MakeDetector();
  Play(detector, MakeShortTurns(0.0005F), 1.0F);
  EXPECT_TRUE(detector.talking());
  detector.Reset();
  // What bangs now and then in a loud room has no silence between.
  Play(detector, MakeShortTurns(0.005F), 1.0F);
  EXPECT_FALSE(detector.heard_talker());
}

TEST(TalkerDetectorTest, OtherSoundForgetsATalkerFasterThanSilence) {
  TalkerDetector detector = MakeDetector();
  Play(detector, MakeSyntheticSpeech({.seconds = 4.0F, .background_dbfs = -70.0F}).samples, 1.0F);
  ASSERT_TRUE(detector.talking());
  std::mt19937 random(6);
  std::normal_distribution<float> noise(0.0F, 0.02F);
  std::vector<float> samples(5 * 48000);
  std::generate(samples.begin(), samples.end(), [&] { return noise(random); });
  EXPECT_FALSE(Play(detector, samples, 1.0F).back());
}

TEST(TalkerDetectorTest, ALoudSoundIsRememberedForSeconds) {
  TalkerDetector detector = MakeDetector();
  std::vector<float> tone(48000);
  for (std::size_t i = 0; i < tone.size(); ++i) {
    tone[i] = 0.1F * std::sin(0.1309F * static_cast<float>(i));  // 1 kHz at -23 dBFS
  }
  Play(detector, tone, 0.0F);
  EXPECT_NEAR(detector.loudest_dbfs(), -23.0F, 0.5F);
  Play(detector, std::vector<float>(2 * 48000), 0.0F);
  EXPECT_NEAR(detector.loudest_dbfs(), -29.0F, 0.7F);
}

TEST(TalkerDetectorTest, AVoiceOnOneOfTwoChannelsCounts) {
  TalkerDetector detector = MakeDetector({.num_channels = 2});
  const SyntheticSpeech speech = MakeSyntheticSpeech({.seconds = 4.0F, .background_dbfs = -70.0F});
  PlanarBuffer frame(2, 240);
  for (std::size_t start = 0; start + 240 <= speech.samples.size(); start += 240) {
    std::copy_n(speech.samples.begin() + static_cast<std::ptrdiff_t>(start), 240, frame[1].begin());
    detector.Process(AsConst(frame.View(0, 240)), 1.0F);
  }
  EXPECT_TRUE(detector.talking());
}

TEST(TalkerDetectorTest, CreateRefusesValuesOutOfRange) {
  EXPECT_FALSE(TalkerDetector::Create({.sample_rate_hz = 7999}).ok());
  EXPECT_FALSE(TalkerDetector::Create({.sample_rate_hz = 192001}).ok());
  EXPECT_FALSE(TalkerDetector::Create({.num_channels = 0}).ok());
  EXPECT_FALSE(TalkerDetector::Create({.num_channels = 3}).ok());
}

TEST(TalkerDetectorTest, ProcessNeverAllocates) {
  TalkerDetector detector = MakeDetector();
  PlanarBuffer frame(1, 256);
  const int64_t before = testing::AllocationCount();
  for (int i = 0; i < 2000; ++i) {
    std::fill(frame[0].begin(), frame[0].end(), i % 40 < 20 ? 0.1F : 0.001F);
    detector.Process(AsConst(frame.View(0, 256)), 1.0F);
  }
  EXPECT_EQ(testing::AllocationCount(), before);
}

}  // namespace
}  // namespace earshot
