#include "agc/adaptive_gain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "base/decibels.h"
#include "gain_player.h"
#include "support/allocation_counter.h"
#include "support/planar_buffer.h"
#include "support/synthetic_speech.h"

namespace earshot {
namespace {

using testing::LoudnessLufsOf;
using testing::MakeGain;
using testing::MakeSyntheticSpeech;
using testing::PlanarBuffer;
using testing::Play;
using testing::Played;
using testing::SyntheticSpeech;

class AdaptiveGainLevelTest : public ::testing::TestWithParam<float> {};

TEST_P(AdaptiveGainLevelTest, BringsSpeechToTheTargetAtTheRateAllowed) {
  const float level_dbfs = GetParam();
  const AdaptiveGainConfig config;
  AdaptiveGain gain = MakeGain(config);
  const SyntheticSpeech speech = MakeSyntheticSpeech(
      {.seconds = 14.0F, .level_dbfs = level_dbfs, .background_dbfs = level_dbfs - 60.0F});
  const Played played = Play(gain, speech);
  const GainControlParameters& parameters = config.parameters;
  const float needed_db = std::abs(parameters.target_loudness_lufs - level_dbfs);
  // Up to 20 % of a syllable and a third of the time are pauses, in which the gain rests: twice the
  // time of the bare rate, and two seconds to recognise the talker.
  const float settled = 0.5F + 2.0F + 2.0F * needed_db / parameters.max_gain_change_db_per_s;
  EXPECT_NEAR(LoudnessLufsOf(played.samples, settled, 14.0F), parameters.target_loudness_lufs, 2.0);
}

TEST_P(AdaptiveGainLevelTest, NeverMovesFasterThanItsRates) {
  const AdaptiveGainConfig config;
  AdaptiveGain gain = MakeGain(config);
  const SyntheticSpeech speech =
      MakeSyntheticSpeech({.seconds = 10.0F, .level_dbfs = GetParam(), .background_dbfs = -70.0F});
  const Played played = Play(gain, speech);
  const float frame_s = 256.0F / 48000.0F;
  const float rate_db_per_s = config.parameters.max_gain_change_db_per_s;
  float previous_db = 0.0F;
  for (const float gain_db : played.gain_db) {
    ASSERT_LE(gain_db - previous_db, 2.0F * rate_db_per_s * frame_s + 1e-4F);
    ASSERT_GE(gain_db - previous_db, -4.0F * rate_db_per_s * frame_s - 1e-4F);
    previous_db = gain_db;
  }
  // Twice the rate is for the first way up.
  const float higher_lufs = config.parameters.target_loudness_lufs + 6.0F;
  ASSERT_TRUE(gain.set_parameters({.target_loudness_lufs = higher_lufs}).ok());
  for (const float gain_db : Play(gain, speech).gain_db) {
    ASSERT_LE(gain_db - previous_db, rate_db_per_s * frame_s + 1e-4F);
    previous_db = gain_db;
  }
  // Neither does the gain of any single sample: no steps between or within frames.
  float previous_gain = 0.0F;
  for (std::size_t i = 0; i < played.samples.size(); ++i) {
    if (std::fabs(speech.samples[i]) > 1e-5F) {
      const float sample_gain = played.samples[i] / speech.samples[i];
      if (previous_gain != 0.0F && std::fabs(speech.samples[i - 1]) > 1e-5F) {
        ASSERT_NEAR(sample_gain / previous_gain, 1.0F, 7e-5F) << i;
      }
      previous_gain = sample_gain;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, AdaptiveGainLevelTest,
                         ::testing::Values(-50.0F, -40.0F, -35.0F, -30.0F, -22.0F, -16.0F, -10.0F));

TEST(AdaptiveGainTest, StopsAtTheLargestAndSmallestGain) {
  AdaptiveGain gain = MakeGain({.parameters = {.max_gain_db = 12.0F}});
  Play(gain, MakeSyntheticSpeech({.seconds = 12.0F, .level_dbfs = -60.0F}));
  EXPECT_LE(gain.gain_db(), 12.0F);
  EXPECT_GE(gain.gain_db(), 11.8F);
  Play(gain, MakeSyntheticSpeech({.seconds = 30.0F, .level_dbfs = 15.0F}));
  EXPECT_GE(gain.gain_db(), -25.0F);
  EXPECT_LE(gain.gain_db(), -24.0F);  // the play of the gain
}

TEST(AdaptiveGainTest, PeaksOfSpeechKeepTheHeadroom) {
  // Single samples of 25 dB over the voice: the loudness alone would raise them to -6 dBFS.
  SyntheticSpeech speech =
      MakeSyntheticSpeech({.seconds = 15.0F, .level_dbfs = -40.0F, .background_dbfs = -90.0F});
  const float peak = DbToAmplitude(-15.0F);
  for (std::size_t i = 0; i < speech.samples.size(); i += 3000) {
    speech.samples[i] = speech.active[i] ? peak : speech.samples[i];
  }
  for (const float headroom_db : {0.0F, 6.0F, 20.0F}) {
    AdaptiveGain gain = MakeGain({.parameters = {.headroom_db = headroom_db}});
    Play(gain, speech);
    EXPECT_LE(gain.gain_db() - 15.0F, -headroom_db + 1.5F);  // the play of the gain, and the spread
    EXPECT_GE(gain.gain_db() - 15.0F, -headroom_db - 2.5F);
  }
}

TEST(AdaptiveGainTest, ParametersChangeWhileItRuns) {
  AdaptiveGain gain = MakeGain({});
  const SyntheticSpeech speech =
      MakeSyntheticSpeech({.seconds = 12.0F, .level_dbfs = -35.0F, .background_dbfs = -90.0F});
  Play(gain, speech);
  const float at_23_db = gain.gain_db();
  ASSERT_TRUE(gain.set_parameters({.target_loudness_lufs = -30.0F}).ok());
  Play(gain, speech);
  EXPECT_NEAR(gain.gain_db(), at_23_db - 7.0F, 2.1F);
  // A refused set changes nothing.
  EXPECT_EQ(gain.set_parameters({.target_loudness_lufs = -4.0F}).code(),
            StatusCode::kInvalidArgument);
  const float before = gain.gain_db();
  Play(gain, speech);
  EXPECT_NEAR(gain.gain_db(), before, 1.5F);
}

TEST(AdaptiveGainTest, ASteadyTalkerGetsASteadyGain) {
  AdaptiveGain gain = MakeGain({});
  const Played played = Play(
      gain,
      MakeSyntheticSpeech({.seconds = 40.0F, .level_dbfs = -33.0F, .background_dbfs = -80.0F}));
  const auto settled = played.gain_db.begin() + 10 * 48000 / 256;
  const auto [least, most] = std::minmax_element(settled, played.gain_db.end());
  EXPECT_LT(*most - *least, 0.5F);
}

TEST(AdaptiveGainTest, BothChannelsGetOneGainForTheirCommonLoudness) {
  AdaptiveGain stereo = MakeGain({.num_channels = 2});
  const SyntheticSpeech speech =
      MakeSyntheticSpeech({.seconds = 6.0F, .level_dbfs = -35.0F, .background_dbfs = -80.0F});
  PlanarBuffer frame(2, 256);
  for (std::size_t start = 0; start + 256 <= speech.samples.size(); start += 256) {
    for (std::size_t i = 0; i < 256; ++i) {
      frame[0][i] = 0.5F * speech.samples[start + i];
      frame[1][i] = speech.samples[start + i];
    }
    stereo.Process(frame.View(0, 256), speech.active[start] ? 1.0F : 0.0F);
    for (std::size_t i = 0; i < 256; ++i) {
      ASSERT_EQ(frame[0][i], 0.5F * frame[1][i]);
    }
  }
  // ITU-R BS.1770 adds the powers of the channels: 1 dB more for one at half the amplitude.
  AdaptiveGain mono = MakeGain({});
  Play(mono, speech);
  EXPECT_NEAR(mono.gain_db() - stereo.gain_db(), 10.0F * std::log10(1.25F), 0.3F);
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
      EXPECT_NEAR(LoudnessLufsOf(played.samples, 6.0F, 9.0F, rate), -23.0, 2.0)
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
  AdaptiveGain gain = MakeGain({.parameters = {.initial_gain_db = 8.0F}});
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
  // Every parameter, below, above and not a number.
  using P = GainControlParameters;
  struct Range {
    float P::*field;
    float least, most;
  };
  for (const Range& range :
       {Range{&P::target_loudness_lufs, -60.0F, -5.0F}, Range{&P::max_gain_db, 0.0F, 60.0F},
        Range{&P::initial_gain_db, 0.0F, 40.0F}, Range{&P::max_gain_change_db_per_s, 0.5F, 20.0F},
        Range{&P::headroom_db, 0.0F, 20.0F}, Range{&P::max_output_noise_dbfs, -80.0F, -20.0F}}) {
    for (const float value : {range.least - 0.1F, range.most + 0.1F, nan}) {
      EXPECT_TRUE(refused([&](AdaptiveGainConfig& c) { c.parameters.*range.field = value; }));
    }
    for (const float value : {range.least, range.most}) {
      EXPECT_FALSE(refused([&](AdaptiveGainConfig& c) { c.parameters.*range.field = value; }));
    }
  }
}

}  // namespace
}  // namespace earshot
