// What gain control makes of noise: alone, taken for speech, under speech, in pauses.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "agc/adaptive_gain.h"
#include "base/decibels.h"
#include "gain_player.h"
#include "support/planar_buffer.h"
#include "support/synthetic_speech.h"

namespace earshot {
namespace {

using testing::LevelDbfs;
using testing::MakeGain;
using testing::MakeSyntheticSpeech;
using testing::PlanarBuffer;
using testing::Play;
using testing::Played;
using testing::SyntheticSpeech;

TEST(AdaptiveGainNoiseTest, NoiseAloneIsNeverRaisedOverTheLimit) {
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
                    std::max(config.parameters.max_output_noise_dbfs, level_dbfs) + 0.7F)
              << "noise " << level_dbfs << " probability " << probability << " frame " << i;
          energy = 0.0;
        }
      }
    }
  }
}

/// 20 s of a noise at an RMS of -45 dBFS, of which a speech detector is entirely sure.
SyntheticSpeech MakeNoise(float (*envelope)(float seconds)) {
  SyntheticSpeech noise;
  std::mt19937 random(11);
  std::normal_distribution<float> gauss;
  double energy = 0.0;
  for (int i = 0; i < 20 * 48000; ++i) {
    noise.samples.push_back(gauss(random) * envelope(static_cast<float>(i) / 48000.0F));
    energy += static_cast<double>(noise.samples.back()) * static_cast<double>(noise.samples.back());
  }
  const auto scale = DbToAmplitude(-45.0F) /
                     static_cast<float>(std::sqrt(energy / static_cast<double>(20 * 48000)));
  for (float& sample : noise.samples) {
    sample *= scale;
  }
  noise.active.assign(noise.samples.size(), true);
  return noise;
}

TEST(AdaptiveGainNoiseTest, NoiseTakenForSpeechIsRaisedByNoMoreThan3Db) {
  struct Kind {
    const char* name;
    float (*envelope)(float);
  };
  static const auto kCycle = [](float t, float hz) { return std::fmod(t * hz, 1.0F); };
  for (const Kind& kind : {
           Kind{"steady", [](float) { return 1.0F; }},
           // 26 dB deep, twenty times a second: an engine.
           Kind{"engine", [](float t) { return kCycle(t, 20.0F) < 0.5F ? 1.0F : 0.05F; }},
           // Five strokes a second that ring for 20 ms, in a quiet room.
           Kind{"strokes", [](float t) { return 1e-3F + std::exp(-kCycle(t, 5.0F) / 0.1F); }},
           // Full for 2 s, idle for 1 s.
           Kind{"saw", [](float t) { return kCycle(t, 1.0F / 3.0F) < 0.67F ? 1.0F : 0.02F; }},
           // A crowd: rhythm of syllables, but none stands alone.
           Kind{"crowd", [](float t) { return 1.5F + 0.7F * std::sin(25.0F * t); }},
           // A second of quiet before it starts.
           Kind{"starts", [](float t) { return t < 1.0F ? 1e-3F : 1.0F; }},
       }) {
    AdaptiveGain gain = MakeGain({});
    for (const float gain_db : Play(gain, MakeNoise(kind.envelope)).gain_db) {
      ASSERT_LE(gain_db, 3.0F) << kind.name;
    }
  }
}

TEST(AdaptiveGainNoiseTest, WhatASuppressorLeavesOfNoiseIsRaisedByNoMoreThan3Db) {
  // The dips are the suppressor's: at its input the noise is steady.
  const SyntheticSpeech before = MakeNoise([](float) { return 1.0F; });
  const SyntheticSpeech after =
      MakeSyntheticSpeech({.seconds = 20.0F, .level_dbfs = -45.0F, .background_dbfs = -90.0F});
  AdaptiveGain listens = MakeGain({});
  AdaptiveGain is_deceived = MakeGain({});
  PlanarBuffer input(1, 256);
  PlanarBuffer frame(1, 256);
  for (std::size_t start = 0; start + 256 <= after.samples.size(); start += 256) {
    const auto at = static_cast<std::ptrdiff_t>(start);
    std::copy_n(before.samples.begin() + at, 256, input[0].begin());
    std::copy_n(after.samples.begin() + at, 256, frame[0].begin());
    is_deceived.Analyze(testing::AsConst(frame.View(0, 256)), after.active[start] ? 1.0F : 0.0F);
    listens.Listen(testing::AsConst(input.View(0, 256)), 1.0F);
    listens.Process(frame.View(0, 256), after.active[start] ? 1.0F : 0.0F);
    ASSERT_LE(listens.gain_db(), 3.0F);
  }
  EXPECT_GT(is_deceived.gain_db(), 15.0F);
}

TEST(AdaptiveGainNoiseTest, SoftSpeechOverNoiseIsRaisedOnlyToTheNoiseLimit) {
  const AdaptiveGainConfig config;
  AdaptiveGain gain = MakeGain(config);
  const SyntheticSpeech speech =
      MakeSyntheticSpeech({.seconds = 15.0F, .level_dbfs = -45.0F, .background_dbfs = -62.0F});
  const Played played = Play(gain, speech);
  EXPECT_NEAR(LevelDbfs(played.samples, speech.active, false, 10.0F, 15.0F),
              config.parameters.max_output_noise_dbfs, 1.5F);
}

TEST(AdaptiveGainNoiseTest, LoudNoiseDoesNotTurnTheVoiceDown) {
  AdaptiveGain gain = MakeGain({});
  const SyntheticSpeech speech =
      MakeSyntheticSpeech({.seconds = 10.0F, .level_dbfs = -25.0F, .background_dbfs = -40.0F});
  Play(gain, speech);
  EXPECT_NEAR(gain.gain_db(), 0.0F, 0.01F);
}

TEST(AdaptiveGainNoiseTest, IsFrozenInPauses) {
  AdaptiveGain gain = MakeGain({});
  // Ends while the gain is still on its way up, which a pause must not continue.
  Play(gain,
       MakeSyntheticSpeech({.seconds = 2.4F, .level_dbfs = -45.0F, .background_dbfs = -85.0F}));
  const float before = gain.gain_db();
  EXPECT_GT(before, 4.0F);
  EXPECT_LT(before, 20.0F);
  const Played pause = Play(gain, MakeSyntheticSpeech({.seconds = 20.0F,
                                                       .level_dbfs = -200.0F,
                                                       .background_dbfs = -85.0F,
                                                       .lead_in_seconds = 20.0F}));
  for (const float gain_db : pause.gain_db) {
    ASSERT_EQ(gain_db, before);
  }
}

TEST(AdaptiveGainNoiseTest, NoiseThatStartsInAPauseLowersTheGain) {
  AdaptiveGain gain = MakeGain({});
  Play(gain,
       MakeSyntheticSpeech({.seconds = 8.0F, .level_dbfs = -42.0F, .background_dbfs = -85.0F}));
  EXPECT_NEAR(gain.gain_db(), 21.0F, 3.0F);
  Play(gain, MakeSyntheticSpeech({.seconds = 6.0F,
                                  .level_dbfs = -200.0F,
                                  .background_dbfs = -58.0F,
                                  .lead_in_seconds = 6.0F}));
  EXPECT_NEAR(gain.gain_db(), GainControlParameters().max_output_noise_dbfs + 58.0F, 1.0F);
}

TEST(AdaptiveGainNoiseTest, AClickTakenForSpeechChangesNothing) {
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

}  // namespace
}  // namespace earshot
