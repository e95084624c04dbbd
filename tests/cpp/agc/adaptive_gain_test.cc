#include "agc/adaptive_gain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "base/decibels.h"
#include "support/allocation_counter.h"
#include "support/planar_buffer.h"
#include "support/synthetic_speech.h"

namespace earshot {
namespace {

using testing::MakeSyntheticSpeech;
using testing::PlanarBuffer;
using testing::SyntheticSpeech;

AdaptiveGain MakeGain(const AdaptiveGainConfig& config) {
  auto gain = AdaptiveGain::Create(config);
  EXPECT_TRUE(gain.ok()) << gain.status().message();
  return gain.value();
}

struct Played {
  std::vector<float> samples;
  std::vector<float> gain_db;  // after each frame
};

Played Play(AdaptiveGain& gain, const SyntheticSpeech& speech, int frame_size = 256) {
  Played played;
  PlanarBuffer frame(1, frame_size);
  const auto size = static_cast<std::size_t>(frame_size);
  for (std::size_t start = 0; start + size <= speech.samples.size(); start += size) {
    std::copy_n(speech.samples.begin() + static_cast<std::ptrdiff_t>(start), size,
                frame[0].begin());
    gain.Process(frame.View(0, frame_size), speech.active[start] ? 1.0F : 0.0F);
    played.samples.insert(played.samples.end(), frame[0].begin(), frame[0].end());
    played.gain_db.push_back(gain.gain_db());
  }
  return played;
}

/// RMS over the samples of [from, to) seconds where `active` is `wanted`.
float LevelDbfs(const std::vector<float>& samples, const std::vector<bool>& active, bool wanted,
                float from, float to, int rate = 48000) {
  double energy = 0.0;
  int count = 0;
  const auto begin = static_cast<std::size_t>(from * static_cast<float>(rate));
  const auto end =
      std::min(samples.size(), static_cast<std::size_t>(to * static_cast<float>(rate)));
  for (std::size_t i = begin; i < end; ++i) {
    if (active[i] == wanted) {
      energy += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
      ++count;
    }
  }
  return PowerToDb(static_cast<float>(energy / std::max(count, 1)));
}

class AdaptiveGainLevelTest : public ::testing::TestWithParam<float> {};

TEST_P(AdaptiveGainLevelTest, BringsSpeechToTheTargetAtTheRateAllowed) {
  const float level_dbfs = GetParam();
  const AdaptiveGainConfig config;
  AdaptiveGain gain = MakeGain(config);
  const SyntheticSpeech speech = MakeSyntheticSpeech(
      {.seconds = 14.0F, .level_dbfs = level_dbfs, .background_dbfs = level_dbfs - 60.0F});
  const Played played = Play(gain, speech);
  const float needed_db = std::abs(config.target_level_dbfs - level_dbfs);
  // Up to 20 % of a syllable and a third of the time are pauses, in which the gain rests: twice the
  // time of the bare rate, and a second to get to know the talker.
  const float settled = 0.5F + 1.0F + 2.0F * needed_db / config.max_increase_db_per_s;
  EXPECT_NEAR(LevelDbfs(played.samples, speech.active, true, settled, 14.0F),
              config.target_level_dbfs, 2.0F);
}

TEST_P(AdaptiveGainLevelTest, NeverMovesFasterThanItsRates) {
  const AdaptiveGainConfig config;
  AdaptiveGain gain = MakeGain(config);
  const SyntheticSpeech speech =
      MakeSyntheticSpeech({.seconds = 10.0F, .level_dbfs = GetParam(), .background_dbfs = -70.0F});
  const Played played = Play(gain, speech);
  const float frame_s = 256.0F / 48000.0F;
  float previous_db = 0.0F;
  for (const float gain_db : played.gain_db) {
    ASSERT_LE(gain_db - previous_db, config.max_increase_db_per_s * frame_s + 1e-4F);
    ASSERT_GE(gain_db - previous_db, -config.max_decrease_db_per_s * frame_s - 1e-4F);
    previous_db = gain_db;
  }
  // Neither does the gain of any single sample: no steps between or within frames.
  float previous_gain = 0.0F;
  for (std::size_t i = 0; i < played.samples.size(); ++i) {
    if (std::fabs(speech.samples[i]) > 1e-5F) {
      const float sample_gain = played.samples[i] / speech.samples[i];
      if (previous_gain != 0.0F && std::fabs(speech.samples[i - 1]) > 1e-5F) {
        ASSERT_NEAR(sample_gain / previous_gain, 1.0F, 3e-5F) << i;
      }
      previous_gain = sample_gain;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, AdaptiveGainLevelTest,
                         ::testing::Values(-50.0F, -40.0F, -35.0F, -30.0F, -22.0F, -16.0F, -10.0F));

TEST(AdaptiveGainTest, StopsAtTheLargestAndSmallestGain) {
  AdaptiveGain gain = MakeGain({.max_gain_db = 12.0F, .min_gain_db = -6.0F});
  Play(gain, MakeSyntheticSpeech({.seconds = 12.0F, .level_dbfs = -60.0F}));
  EXPECT_NEAR(gain.gain_db(), 12.0F, 0.01F);
  Play(gain, MakeSyntheticSpeech({.seconds = 20.0F, .level_dbfs = -5.0F}));
  EXPECT_NEAR(gain.gain_db(), -6.0F, 0.01F);
}

TEST(AdaptiveGainTest, NoiseAloneIsNeverRaisedOverTheLimit) {
  const AdaptiveGainConfig config;
  for (const float probability : {0.0F, 0.3F, 1.0F}) {
    for (float level_dbfs = -80.0F; level_dbfs <= -30.0F; level_dbfs += 5.0F) {
      AdaptiveGain gain = MakeGain(config);
      std::mt19937 random(2);
      std::normal_distribution<float> noise(0.0F, DbToAmplitude(level_dbfs));
      PlanarBuffer frame(1, 256);
      double energy = 0.0;
      for (int i = 1; i <= 2000; ++i) {
        for (float& sample : frame[0]) {
          sample = noise(random);
        }
        gain.Process(frame.View(0, 256), probability);
        for (const float sample : frame[0]) {
          energy += static_cast<double>(sample) * static_cast<double>(sample);
        }
        if (i % 10 == 0) {
          ASSERT_LE(PowerToDb(static_cast<float>(energy / 2560.0)),
                    std::max(config.max_output_noise_dbfs, level_dbfs) + 0.7F)
              << "noise " << level_dbfs << " probability " << probability << " frame " << i;
          energy = 0.0;
        }
      }
    }
  }
}

TEST(AdaptiveGainTest, SoftSpeechOverNoiseIsRaisedOnlyToTheNoiseLimit) {
  const AdaptiveGainConfig config;
  AdaptiveGain gain = MakeGain(config);
  const SyntheticSpeech speech =
      MakeSyntheticSpeech({.seconds = 15.0F, .level_dbfs = -45.0F, .background_dbfs = -62.0F});
  const Played played = Play(gain, speech);
  EXPECT_NEAR(LevelDbfs(played.samples, speech.active, false, 10.0F, 15.0F),
              config.max_output_noise_dbfs, 1.5F);
}

TEST(AdaptiveGainTest, LoudNoiseDoesNotTurnTheVoiceDown) {
  AdaptiveGain gain = MakeGain({});
  const SyntheticSpeech speech =
      MakeSyntheticSpeech({.seconds = 10.0F, .level_dbfs = -25.0F, .background_dbfs = -40.0F});
  Play(gain, speech);
  EXPECT_NEAR(gain.gain_db(), 0.0F, 0.01F);
}

TEST(AdaptiveGainTest, IsFrozenInPauses) {
  AdaptiveGain gain = MakeGain({});
  // Ends while the gain is still on its way up, which a pause must not continue.
  Play(gain,
       MakeSyntheticSpeech({.seconds = 2.0F, .level_dbfs = -45.0F, .background_dbfs = -85.0F}));
  const float before = gain.gain_db();
  EXPECT_GT(before, 8.0F);
  EXPECT_LT(before, 20.0F);
  const Played pause = Play(gain, MakeSyntheticSpeech({.seconds = 20.0F,
                                                       .level_dbfs = -200.0F,
                                                       .background_dbfs = -85.0F,
                                                       .lead_in_seconds = 20.0F}));
  for (const float gain_db : pause.gain_db) {
    ASSERT_EQ(gain_db, before);
  }
}

TEST(AdaptiveGainTest, NoiseThatStartsInAPauseLowersTheGain) {
  AdaptiveGain gain = MakeGain({});
  Play(gain,
       MakeSyntheticSpeech({.seconds = 8.0F, .level_dbfs = -42.0F, .background_dbfs = -85.0F}));
  EXPECT_NEAR(gain.gain_db(), 20.0F, 2.0F);
  Play(gain, MakeSyntheticSpeech({.seconds = 6.0F,
                                  .level_dbfs = -200.0F,
                                  .background_dbfs = -58.0F,
                                  .lead_in_seconds = 6.0F}));
  EXPECT_NEAR(gain.gain_db(), 8.0F, 1.0F);
}

TEST(AdaptiveGainTest, AClickTakenForSpeechChangesNothing) {
  AdaptiveGain gain = MakeGain({});
  Play(gain,
       MakeSyntheticSpeech({.seconds = 8.0F, .level_dbfs = -40.0F, .background_dbfs = -85.0F}));
  const float before = gain.gain_db();
  PlanarBuffer frame(1, 256);
  for (int i = 0; i < 1000; ++i) {
    const bool click = i % 100 < 10;
    frame[0].assign(256, click ? 0.5F : 1e-4F);
    gain.Process(frame.View(0, 256), click ? 1.0F : 0.0F);
  }
  EXPECT_NEAR(gain.gain_db(), before, 0.01F);
}

TEST(AdaptiveGainTest, BothChannelsGetTheGainOfTheLouder) {
  AdaptiveGain mono = MakeGain({});
  AdaptiveGain stereo = MakeGain({.num_channels = 2});
  const SyntheticSpeech speech =
      MakeSyntheticSpeech({.seconds = 6.0F, .level_dbfs = -35.0F, .background_dbfs = -80.0F});
  const Played expected = Play(mono, speech);
  PlanarBuffer frame(2, 256);
  for (std::size_t start = 0; start + 256 <= speech.samples.size(); start += 256) {
    for (std::size_t i = 0; i < 256; ++i) {
      frame[0][i] = 0.5F * speech.samples[start + i];
      frame[1][i] = speech.samples[start + i];
    }
    stereo.Process(frame.View(0, 256), speech.active[start] ? 1.0F : 0.0F);
    for (std::size_t i = 0; i < 256; ++i) {
      ASSERT_EQ(frame[1][i], expected.samples[start + i]);
      ASSERT_EQ(frame[0][i], 0.5F * expected.samples[start + i]);
    }
  }
}

TEST(AdaptiveGainTest, FrameSizeAndRateDoNotChangeTheLaw) {
  for (const int rate : {16000, 48000}) {
    for (const int frame_size : {64, 160, 480, 1024}) {
      AdaptiveGain gain = MakeGain({.sample_rate_hz = rate, .frame_size = frame_size});
      const SyntheticSpeech speech = MakeSyntheticSpeech({.sample_rate_hz = rate,
                                                          .seconds = 10.0F,
                                                          .level_dbfs = -35.0F,
                                                          .background_dbfs = -85.0F});
      const Played played = Play(gain, speech, frame_size);
      EXPECT_NEAR(LevelDbfs(played.samples, speech.active, true, 6.0F, 9.9F, rate), -22.0F, 2.0F)
          << rate << " " << frame_size;
    }
  }
}

TEST(AdaptiveGainTest, OffGlidesToTheExactInputAndOnGlidesBack) {
  AdaptiveGain gain = MakeGain({});
  Play(gain,
       MakeSyntheticSpeech({.seconds = 8.0F, .level_dbfs = -40.0F, .background_dbfs = -85.0F}));
  const float adapted_db = gain.gain_db();
  PlanarBuffer frame(1, 256);
  float previous = DbToAmplitude(adapted_db);
  for (const bool enabled : {false, true}) {
    gain.set_enabled(enabled);
    for (int i = 0; i < 40; ++i) {
      frame[0].assign(256, 1e-3F);
      gain.Process(frame.View(0, 256), 0.0F);
      for (const float sample : frame[0]) {
        ASSERT_NEAR(sample / 1e-3F / previous, 1.0F, 1e-3F);  // less than 0.01 dB a sample
        previous = sample / 1e-3F;
      }
    }
    if (!enabled) {
      EXPECT_EQ(frame[0][0], 1e-3F);
      EXPECT_EQ(gain.gain_db(), 0.0F);
    }
  }
  EXPECT_NEAR(gain.gain_db(), adapted_db, 0.5F);
}

TEST(AdaptiveGainTest, InitialGainIsApproachedBeforeTheFirstWord) {
  AdaptiveGain gain = MakeGain({});
  Play(gain, MakeSyntheticSpeech({.seconds = 3.0F,
                                  .level_dbfs = -200.0F,
                                  .background_dbfs = -80.0F,
                                  .lead_in_seconds = 3.0F}));
  EXPECT_NEAR(gain.gain_db(), 8.0F, 0.01F);
  gain.Reset();
  EXPECT_EQ(gain.gain_db(), 0.0F);
  // Nothing is known of a source that has not started.
  Play(gain,
       MakeSyntheticSpeech({.seconds = 3.0F, .level_dbfs = -200.0F, .lead_in_seconds = 3.0F}));
  EXPECT_EQ(gain.gain_db(), 0.0F);
}

TEST(AdaptiveGainTest, AWrongShapeIsLeftAlone) {
  AdaptiveGain gain = MakeGain({});
  PlanarBuffer frame(1, 256);
  frame[0].assign(256, 0.1F);
  for (int i = 0; i < 500; ++i) {
    gain.Process(frame.View(0, 255), 1.0F);
  }
  EXPECT_EQ(frame[0][0], 0.1F);
}

TEST(AdaptiveGainTest, ProcessNeverAllocates) {
  AdaptiveGain gain = MakeGain({});
  PlanarBuffer frame(1, 256);
  const int64_t before = testing::AllocationCount();
  for (int i = 0; i < 2000; ++i) {
    std::fill(frame[0].begin(), frame[0].end(), i % 100 < 60 ? 0.1F : 0.001F);
    gain.Process(frame.View(0, 256), i % 100 < 60 ? 1.0F : 0.0F);
  }
  EXPECT_EQ(testing::AllocationCount(), before);
}

TEST(AdaptiveGainTest, CreateRefusesValuesOutOfRange) {
  const auto refused = [](auto change) {
    AdaptiveGainConfig config;
    change(config);
    const auto gain = AdaptiveGain::Create(config);
    return !gain.ok() && gain.status().code() == StatusCode::kInvalidArgument;
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(refused([](AdaptiveGainConfig& c) { c.sample_rate_hz = 0; }));
  EXPECT_TRUE(refused([](AdaptiveGainConfig& c) { c.num_channels = 3; }));
  EXPECT_TRUE(refused([](AdaptiveGainConfig& c) { c.frame_size = 0; }));
  EXPECT_TRUE(refused([](AdaptiveGainConfig& c) { c.frame_size = 4801; }));
  EXPECT_TRUE(refused([](AdaptiveGainConfig& c) { c.target_level_dbfs = 0.0F; }));
  EXPECT_TRUE(refused([](AdaptiveGainConfig& c) { c.initial_gain_db = 31.0F; }));
  EXPECT_TRUE(refused([](AdaptiveGainConfig& c) { c.max_gain_db = 61.0F; }));
  EXPECT_TRUE(refused([](AdaptiveGainConfig& c) { c.min_gain_db = 1.0F; }));
  EXPECT_TRUE(refused([](AdaptiveGainConfig& c) { c.max_increase_db_per_s = 0.0F; }));
  EXPECT_TRUE(refused([](AdaptiveGainConfig& c) { c.max_decrease_db_per_s = 101.0F; }));
  EXPECT_TRUE(refused([](AdaptiveGainConfig& c) { c.max_output_noise_dbfs = 1.0F; }));
  EXPECT_TRUE(refused([=](AdaptiveGainConfig& c) { c.target_level_dbfs = nan; }));
  EXPECT_TRUE(refused([=](AdaptiveGainConfig& c) { c.max_increase_db_per_s = nan; }));
  EXPECT_TRUE(refused([=](AdaptiveGainConfig& c) { c.max_output_noise_dbfs = nan; }));
}

}  // namespace
}  // namespace earshot
