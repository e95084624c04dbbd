// The suppressor as a whole, against laws: what noise alone, clean speech and a pure delay must
// become.
#include "denoise/noise_suppressor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "signals.h"
#include "support/planar_buffer.h"

namespace earshot {
namespace {

using testing::Align;
using testing::MakeSuppressor;
using testing::Process;
using testing::RmsDb;
using testing::Seconds;
using testing::Signal;
using testing::WhiteNoise;

constexpr float kOff = ToStrength(NoiseSuppressionLevel::kOff);
constexpr float kHigh = ToStrength(NoiseSuppressionLevel::kHigh);
constexpr float kMax = ToStrength(NoiseSuppressionLevel::kMax);

TEST(NoiseSuppressorTest, TakesOneOrTwoChannels) {
  for (int n : {-1, 0, 3, 1000}) {
    EXPECT_EQ(NoiseSuppressor::Create({.num_channels = n}).status().code(),
              StatusCode::kInvalidArgument);
  }
  EXPECT_TRUE(NoiseSuppressor::Create({.num_channels = 1}).ok());
  EXPECT_TRUE(NoiseSuppressor::Create({.num_channels = 2}).ok());
}

TEST(NoiseSuppressorTest, StrengthIsClampedAndStartsHigh) {
  auto suppressor = NoiseSuppressor::Create({});
  EXPECT_EQ(suppressor.value().strength(), kHigh);
  suppressor.value().set_strength(7.0F);
  EXPECT_EQ(suppressor.value().strength(), 1.0F);
  suppressor.value().set_strength(-1.0F);
  EXPECT_EQ(suppressor.value().strength(), 0.0F);
  suppressor.value().set_strength(NAN);
  EXPECT_EQ(suppressor.value().strength(), 0.0F);
}

TEST(NoiseSuppressorTest, OffIsAPureDelay) {
  NoiseSuppressor suppressor = MakeSuppressor(kOff);
  const Signal input =
      testing::Sum(testing::Voice(Seconds(2.0)), WhiteNoise(Seconds(2.0), 0.05, 1));
  const Signal output = Process(suppressor, input);
  const std::size_t whole =
      output.size() / NoiseSuppressor::kFrameSize * NoiseSuppressor::kFrameSize;
  for (std::size_t n = 0; n < whole; ++n) {
    const float expected =
        n < NoiseSuppressor::kLatencySamples ? 0.0F : input[n - NoiseSuppressor::kLatencySamples];
    ASSERT_NEAR(output[n], expected, 1e-6F) << n;  // −120 dB
  }
  EXPECT_EQ(suppressor.attenuation_db(), 0.0F);
}

struct NoiseCase {
  const char* name;
  Signal (*make)(std::size_t, double, uint32_t);
};

class SteadyNoiseTest : public ::testing::TestWithParam<NoiseCase> {};

// After two seconds noise alone is down by at least the nominal attenuation, and more so at every
// higher strength.
TEST_P(SteadyNoiseTest, IsTurnedDownByTheNamedAmount) {
  const Signal noise = GetParam().make(Seconds(4.0), 0.01, 3);
  constexpr NoiseSuppressionLevel kLevels[] = {
      NoiseSuppressionLevel::kOff, NoiseSuppressionLevel::kLow, NoiseSuppressionLevel::kModerate,
      NoiseSuppressionLevel::kHigh, NoiseSuppressionLevel::kMax};
  constexpr double kNominalDb[] = {0.0, 6.0, 12.0, 18.0, 26.0};
  double previous_db = -1.0;
  for (std::size_t i = 0; i < std::size(kLevels); ++i) {
    NoiseSuppressor suppressor = MakeSuppressor(ToStrength(kLevels[i]));
    const Signal output = Process(suppressor, noise);
    const double reduction_db = RmsDb(noise, 2.0, 3.9) - RmsDb(output, 2.0, 3.9);
    EXPECT_GT(reduction_db, kNominalDb[i] - 1.0) << i;
    EXPECT_GT(reduction_db, previous_db) << i;
    previous_db = reduction_db;
  }
}

// Musical noise is what remains when single bins open at random: the residue of steady noise must
// stay as steady as the noise was.
TEST_P(SteadyNoiseTest, LeavesNoMusicalNoise) {
  const Signal noise = GetParam().make(Seconds(5.0), 0.01, 5);
  NoiseSuppressor suppressor = MakeSuppressor(kHigh);
  const Signal output = Process(suppressor, noise);
  const auto kurtosis = [](const Signal& x) {
    double second = 0.0, fourth = 0.0;
    for (std::size_t n = Seconds(2.0); n < Seconds(4.9); ++n) {
      const double square = static_cast<double>(x[n]) * static_cast<double>(x[n]);
      second += square;
      fourth += square * square;
    }
    return fourth * static_cast<double>(Seconds(4.9) - Seconds(2.0)) / (second * second);
  };
  EXPECT_NEAR(kurtosis(noise), 3.0, 0.2) << "Gaussian";
  EXPECT_LT(kurtosis(output), 4.0);
}

TEST_P(SteadyNoiseTest, IsNotTakenForSpeech) {
  const Signal noise = GetParam().make(Seconds(6.0), 0.01, 4);
  NoiseSuppressor suppressor = MakeSuppressor(kHigh);
  double sum = 0.0;
  int frames = 0;
  Process(suppressor, noise, [&](std::size_t at) {
    if (at < Seconds(2.0)) return;
    sum += static_cast<double>(suppressor.speech_probability());
    ++frames;
  });
  EXPECT_LT(sum / frames, 0.25);
}

INSTANTIATE_TEST_SUITE_P(Colours, SteadyNoiseTest,
                         ::testing::Values(NoiseCase{"white", testing::WhiteNoise},
                                           NoiseCase{"pink", testing::PinkNoise}),
                         [](const auto& info) { return info.param.name; });

TEST(NoiseSuppressorTest, KeepsCleanSpeech) {
  const Signal voice = testing::Voice(Seconds(6.0));
  const double level = testing::Rms(voice, 0.5, 6.0);
  const Signal input = testing::Sum(voice, WhiteNoise(voice.size(), level * 0.01, 2));  // 40 dB
  for (float strength : {kHigh, kMax}) {
    NoiseSuppressor suppressor = MakeSuppressor(strength);
    const Signal output = Align(Process(suppressor, input));
    EXPECT_GT(testing::SiSdrDb(voice, output), 20.0) << strength;
  }
}

TEST(NoiseSuppressorTest, ImprovesNoisySpeech) {
  const Signal voice = testing::Voice(Seconds(6.0));
  const double level = testing::Rms(voice, 0.5, 6.0);
  const Signal input = testing::Sum(voice, WhiteNoise(voice.size(), level * 0.562, 2));  // 5 dB
  NoiseSuppressor suppressor = MakeSuppressor(kHigh);
  const Signal output = Align(Process(suppressor, input));
  EXPECT_GT(testing::SiSdrDb(voice, output), testing::SiSdrDb(voice, input) + 7.0);
}

TEST(NoiseSuppressorTest, KnowsSpeechFromPauses) {
  const Signal voice = testing::Voice(Seconds(8.0));
  const Signal input = testing::Sum(voice, WhiteNoise(voice.size(), 0.003, 2));
  NoiseSuppressor suppressor = MakeSuppressor(kHigh);
  double inside = 0.0;
  int frames = 0;
  Process(suppressor, input, [&](std::size_t at) {
    // The crests of the syllables (two a second); the frame before the call ended at `at`.
    const double t = static_cast<double>(at) / 48000.0;
    if (t < 2.0 || std::sin(2.0 * std::numbers::pi * 2.0 * t) < 0.5) return;
    inside += static_cast<double>(suppressor.speech_probability());
    ++frames;
  });
  EXPECT_GT(inside / frames, 0.75);
}

TEST(NoiseSuppressorTest, ReportsTheNoiseLevel) {
  for (double dbfs : {-60.0, -40.0, -20.0}) {
    NoiseSuppressor suppressor = MakeSuppressor(kHigh);
    Process(suppressor, WhiteNoise(Seconds(3.0), std::pow(10.0, dbfs / 20.0), 6));
    EXPECT_NEAR(static_cast<double>(suppressor.noise_level_dbfs()), dbfs, 1.5);
  }
  NoiseSuppressor silent = MakeSuppressor(kHigh);
  Process(silent, Signal(Seconds(1.0), 0.0F));
  EXPECT_EQ(silent.noise_level_dbfs(), -120.0F);
}

// The report is a mean of decibels over the speech bands, the measurement a power over all: not the
// same, but near.
TEST(NoiseSuppressorTest, ReportsWhatItTakesAway) {
  const Signal noise = WhiteNoise(Seconds(3.0), 0.01, 8);
  for (float strength : {0.25F, 0.5F, kHigh}) {
    NoiseSuppressor suppressor = MakeSuppressor(strength);
    const Signal output = Process(suppressor, noise);
    const double measured_db = RmsDb(noise, 2.5, 2.9) - RmsDb(output, 2.5, 2.9);
    EXPECT_NEAR(static_cast<double>(suppressor.attenuation_db()), measured_db, 0.2 * measured_db);
  }
}

// What is left of one channel must be what is left of the other, wherever the voice sits.
TEST(NoiseSuppressorTest, KeepsTheStereoImage) {
  const Signal voice = testing::Voice(Seconds(3.0));
  const Signal mono = testing::Sum(voice, WhiteNoise(voice.size(), 0.01, 9));
  testing::PlanarBuffer stereo(2, static_cast<int>(mono.size()));
  for (std::size_t n = 0; n < mono.size(); ++n) {
    stereo[0][n] = mono[n];
    stereo[1][n] = -0.25F * mono[n];
  }
  NoiseSuppressor suppressor = MakeSuppressor(kHigh, 2);
  for (int at = 0; at + NoiseSuppressor::kFrameSize <= stereo.num_frames();
       at += NoiseSuppressor::kFrameSize) {
    suppressor.Process(stereo.View(at, NoiseSuppressor::kFrameSize));
  }
  for (std::size_t n = 0; n < mono.size(); ++n)
    ASSERT_NEAR(stereo[1][n], -0.25F * stereo[0][n], 1e-6F) << n;
}

// A switch must not be heard. A 1 kHz tone shows every discontinuity: its steepest step is known.
TEST(NoiseSuppressorTest, ChangesStrengthWithoutAClick) {
  Signal tone = WhiteNoise(Seconds(4.0), 0.001, 10);
  for (std::size_t n = 0; n < tone.size(); ++n) {
    tone[n] += static_cast<float>(
        0.3 * std::sin(2.0 * std::numbers::pi * 1000.0 * static_cast<double>(n) / 48000.0));
  }
  NoiseSuppressor suppressor = MakeSuppressor(kOff);
  const Signal output = Process(suppressor, tone, [&](std::size_t at) {
    const bool odd = at / Seconds(0.3) % 2 == 1;
    suppressor.set_strength(odd ? kMax : kOff);
  });
  const double steepest =
      0.3 * 2.0 * std::numbers::pi * 1000.0 / 48000.0 + 0.012;  // the noise's peaks
  for (std::size_t n = 2000; n < output.size() / 256 * 256; ++n) {
    ASSERT_LT(std::fabs(static_cast<double>(output[n] - output[n - 1])), steepest) << n;
  }
}

// Looking alone must see what processing sees, bit by bit, and leave the sound alone.
TEST(NoiseSuppressorTest, AnalysisSeesWhatProcessingSees) {
  const Signal input =
      testing::Sum(testing::Voice(Seconds(3.0)), WhiteNoise(Seconds(3.0), 0.01, 14));
  NoiseSuppressor processing = MakeSuppressor(kHigh);
  NoiseSuppressor looking = MakeSuppressor(kHigh);
  Signal looked_at = input;
  Process(processing, input, [&](std::size_t at) {
    if (at > 0) {
      const float* frame = looked_at.data() + at - NoiseSuppressor::kFrameSize;
      looking.Analyze(ConstAudioView(&frame, 1, NoiseSuppressor::kFrameSize));
    }
    ASSERT_EQ(looking.speech_probability(), processing.speech_probability()) << at;
    ASSERT_EQ(looking.noise_level_dbfs(), processing.noise_level_dbfs()) << at;
  });
  EXPECT_EQ(looked_at, input);
}

TEST(NoiseSuppressorTest, ResetForgetsTheSignalAndKeepsTheStrength) {
  NoiseSuppressor used = MakeSuppressor(kMax);
  NoiseSuppressor fresh = MakeSuppressor(kMax);
  Process(used, WhiteNoise(Seconds(1.0), 0.3, 11));
  used.Reset();
  const Signal input =
      testing::Sum(testing::Voice(Seconds(1.0)), WhiteNoise(Seconds(1.0), 0.01, 12));
  EXPECT_EQ(used.strength(), kMax);
  EXPECT_EQ(Process(used, input), Process(fresh, input));
}

}  // namespace
}  // namespace earshot
