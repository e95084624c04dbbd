#include "jitter/time_stretch.h"

#include <gtest/gtest.h>

#include <cmath>

#include "fake_decoder.h"
#include "jitter/sound_buffer.h"

namespace earshot::testing {
namespace {

constexpr int kHistory = 960;
constexpr int kAhead = 4800;

// Sound whose play position is at sample `played` of the signal.
SoundBuffer Filled(Signal signal, int num_channels = 1, int ahead = 2400) {
  SoundBuffer sound(num_channels, kHistory, kAhead);
  auto space = sound.Prepare(kHistory + ahead);
  for (int i = 0; i < kHistory + ahead; ++i) {
    for (int c = 0; c < num_channels; ++c)
      space[static_cast<size_t>(i * num_channels + c)] = (c == 0 ? 1.0f : -1.0f) * signal(i);
  }
  sound.Commit(kHistory + ahead);
  std::vector<float> past(static_cast<size_t>(kHistory * num_channels));
  sound.Read(kHistory, past);
  return sound;
}

float LargestStep(const SoundBuffer& sound) {
  float step = 0;
  for (int i = -kHistory; i + 1 < sound.ahead(); ++i) {
    step = std::max(step, std::abs(*sound.at(i + 1) - *sound.at(i)));
  }
  return step;
}

TEST(TimeStretch, RemovesWholePeriodsWithoutAJump) {
  SoundBuffer sound = Filled(Voice);
  TimeStretch stretch(kRate, 1);
  const int before = sound.ahead();
  for (int i = 0; i < 3; ++i) {
    const auto match = stretch.FindRemoval(sound, stretch.max_period());
    EXPECT_EQ(match.period % kVoicePeriod, 0);
    EXPECT_GT(match.period, 0);
    EXPECT_GT(match.similarity, 0.999f);
    stretch.Remove(match, sound);
  }
  EXPECT_EQ((before - sound.ahead()) % kVoicePeriod, 0);
  EXPECT_LE(LargestStep(sound), kVoiceSlope);
  // The signal goes on as if nothing had happened: it is periodic.
  for (int i = 0; i < sound.ahead(); ++i) ASSERT_NEAR(*sound.at(i), Voice(kHistory + i), 1e-5f);
}

TEST(TimeStretch, RepeatsWholePeriodsWithoutAJump) {
  SoundBuffer sound = Filled(Voice, 2);
  TimeStretch stretch(kRate, 2);
  const int before = sound.ahead();
  const auto match = stretch.FindRepetition(sound);
  EXPECT_EQ(match.period % kVoicePeriod, 0);
  stretch.Repeat(match, sound);
  EXPECT_EQ(sound.ahead(), before + match.period);
  for (int i = 0; i < sound.ahead(); ++i) {
    ASSERT_NEAR(sound.at(i)[0], Voice(kHistory + i), 1e-5f);
    ASSERT_NEAR(sound.at(i)[1], -Voice(kHistory + i), 1e-5f);
  }
}

TEST(TimeStretch, RespectsTheLongestPeriodAllowed) {
  SoundBuffer sound = Filled(Voice);
  TimeStretch stretch(kRate, 1);
  EXPECT_LE(stretch.FindRemoval(sound, kVoicePeriod + 50).period, kVoicePeriod + 50);
  EXPECT_NEAR(stretch.FindRemoval(sound, kVoicePeriod + 50).period, kVoicePeriod, 1);
  EXPECT_EQ(stretch.FindRemoval(sound, stretch.min_period()).period, stretch.min_period());
}

TEST(TimeStretch, NoiseDoesNotResembleItselfAndKeepsItsLoudness) {
  SoundBuffer sound = Filled(Noise);
  TimeStretch stretch(kRate, 1);
  const auto match = stretch.FindRemoval(sound, stretch.max_period());
  EXPECT_LT(match.similarity, 0.5f);
  // Cross-fading what is unrelated would lose 3 dB in the middle if the gains did not make up for
  // it.
  double power = 0;
  constexpr int kRuns = 50;
  for (int run = 0; run < kRuns; ++run) {
    SoundBuffer piece = Filled([](int64_t n) { return Noise(n); });
    std::vector<float> skip(static_cast<size_t>(run * 7));
    piece.Read(run * 7, skip);
    stretch.Remove({480 + run, 0}, piece);
    for (int i = 190; i < 290; ++i) power += *piece.at(i) * static_cast<double>(*piece.at(i));
  }
  EXPECT_NEAR(power / (kRuns * 100), 1.0 / 3, 0.03);
}

TEST(TimeStretch, SilenceIsHarmless) {
  SoundBuffer sound = Filled(Silence);
  TimeStretch stretch(kRate, 1);
  const auto match = stretch.FindRepetition(sound);
  EXPECT_GE(match.period, stretch.min_period());
  stretch.Repeat(match, sound);
  for (int i = 0; i < sound.ahead(); ++i) EXPECT_EQ(*sound.at(i), 0.0f);
}

TEST(TimeStretch, WorksAtEveryRate) {
  for (const int rate : {8000, 16000, 24000, 48000}) {
    SCOPED_TRACE(rate);
    const int period = rate / 100;
    SoundBuffer sound(1, rate / 50, rate / 10);
    auto space = sound.Prepare(rate / 10);
    for (int i = 0; i < rate / 10; ++i)
      space[static_cast<size_t>(i)] = std::sin(2 * std::numbers::pi_v<float> *
                                               static_cast<float>(i) / static_cast<float>(period));
    sound.Commit(rate / 10);
    std::vector<float> past(static_cast<size_t>(rate / 50));
    sound.Read(rate / 50, past);
    TimeStretch stretch(rate, 1);
    EXPECT_EQ(stretch.FindRemoval(sound, stretch.max_period()).period % period, 0);
    EXPECT_EQ(stretch.FindRepetition(sound).period % period, 0);
  }
}

TEST(SoundBuffer, ReadsWhatWasWrittenThroughEveryOperation) {
  SoundBuffer sound(1, 100, 1000);
  int64_t written = 0, read = 0;
  std::vector<float> out(1000);
  for (int i = 0; i < 500; ++i) {
    const int frames = 37 + i % 200;
    while (sound.room() >= frames && sound.ahead() < 300) {
      auto space = sound.Prepare(frames);
      for (float& x : space) x = static_cast<float>(written++);
      sound.Commit(frames);
    }
    const int count = std::min(sound.ahead(), 113);
    for (int j = 1; j <= std::min<int64_t>(100, read); ++j)
      ASSERT_EQ(*sound.at(-j), static_cast<float>(read - j));
    sound.Read(count, out);
    for (int j = 0; j < count; ++j)
      ASSERT_EQ(out[static_cast<size_t>(j)], static_cast<float>(read++));
  }
}

}  // namespace
}  // namespace earshot::testing
