// Steady tones: found at their frequencies, taken out to the last decibel that can be heard, and
// never mistaken for what a voice does.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "denoise/noise_suppressor.h"
#include "denoise/tone_canceller.h"
#include "denoise/tone_finder.h"
#include "signals.h"

namespace earshot {
namespace {

using testing::Align;
using testing::kRateHz;
using testing::MakeSuppressor;
using testing::Process;
using testing::RmsDb;
using testing::Seconds;
using testing::Signal;
using testing::WhiteNoise;

constexpr float kHigh = ToStrength(NoiseSuppressionLevel::kHigh);

// Harmonics of a fundamental that may drift by hz_per_s, or swing by `swing_hz` as a singer's does:
// a vibrato about 5.3 Hz and a slower wandering.
Signal Hum(std::size_t length, double hz, double peak, int harmonics, double hz_per_s = 0.0,
           double swing_hz = 0.0) {
  Signal hum(length);
  double phase = 0.0;
  for (std::size_t n = 0; n < length; ++n) {
    const double t = static_cast<double>(n) / kRateHz;
    const double swing = swing_hz * (std::sin(2.0 * std::numbers::pi * 5.3 * t) +
                                     std::sin(2.0 * std::numbers::pi * 0.37 * t));
    phase += 2.0 * std::numbers::pi * (hz + hz_per_s * t + swing) / kRateHz;
    double sum = 0.0;
    for (int h = 1; h <= harmonics; ++h) sum += std::sin(h * phase + h) / h;
    hum[n] = static_cast<float>(peak * sum);
  }
  return hum;
}

ToneFinder MakeFinder() {
  auto fft = RealFft::Create(ToneFinder::kSize);
  return ToneFinder(std::move(fft).value(), 1);
}

std::vector<float> Find(const Signal& signal) {
  ToneFinder finder = MakeFinder();
  for (std::size_t at = 0; at + kHopSize <= signal.size(); at += kHopSize) {
    finder.Push(0, std::span(signal).subspan(at, kHopSize));
    finder.Update();
  }
  const auto found = finder.frequencies_hz();
  return {found.begin(), found.end()};
}

TEST(ToneFinderTest, FindsHumAndItsHarmonics) {
  for (const double mains_hz : {50.0, 59.95}) {
    const std::vector<float> found = Find(
        testing::Sum(Hum(Seconds(5.0), mains_hz, 0.01, 6), WhiteNoise(Seconds(5.0), 0.002, 1)));
    ASSERT_EQ(found.size(), 6U);
    for (std::size_t h = 0; h < 6; ++h) {
      EXPECT_NEAR(static_cast<double>(found[h]), mains_hz * static_cast<double>(h + 1), 0.3);
    }
  }
}

// The voice and the song here repeat exactly, as no throat does: single harmonics of theirs may
// pass for a tone for a moment, not the sound.
TEST(ToneFinderTest, FindsNoneInNoiseOrHeldNotesAndHardlyAnyInVoice) {
  EXPECT_TRUE(Find(WhiteNoise(Seconds(5.0), 0.1, 2)).empty());
  EXPECT_LE(Find(testing::Voice(Seconds(6.0))).size(), 1U);
  EXPECT_LE(Find(Hum(Seconds(6.0), 220.0, 0.1, 8, 0.0, 4.0)).size(), 2U) << "sung, with vibrato";
  Signal held = WhiteNoise(Seconds(6.0), 0.0001, 3);
  const Signal note = Hum(Seconds(2.5), 180.0, 0.1, 8);
  std::copy(note.begin(), note.end(), held.begin() + static_cast<std::ptrdiff_t>(Seconds(3.4)));
  EXPECT_TRUE(Find(held).empty()) << "a note of 2.5 s without any vibrato";
  EXPECT_TRUE(Find(Signal(Seconds(5.0), 0.0F)).empty());
}

Signal Cancel(const Signal& input, std::span<const float> tones_hz, float share) {
  ToneCanceller canceller(1);
  canceller.SetTones(tones_hz);
  Signal output = input;
  for (std::size_t at = 0; at + kHopSize <= output.size(); at += kHopSize) {
    float* channel = output.data() + at;
    canceller.Process(std::span<float* const>(&channel, 1), share);
  }
  return output;
}

// A horn, a kettle: at one frequency without a break, but not at one level.
TEST(ToneFinderTest, FindsNoneInAToneThatComesAndGoes) {
  const auto swelling = [](double swell) {
    Signal tone = Hum(Seconds(6.0), 500.0, 0.002, 1);
    for (std::size_t n = 0; n < tone.size(); ++n) {
      const double t = static_cast<double>(n) / kRateHz;
      const double loud = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * t / 2.0);
      tone[n] *= static_cast<float>(1.0 + swell * loud * loud);
    }
    return testing::Sum(tone, WhiteNoise(tone.size(), 0.0005, 4));
  };
  EXPECT_EQ(Find(swelling(0.0)).size(), 1U);
  EXPECT_TRUE(Find(swelling(20.0)).empty());
}

TEST(ToneCancellerTest, TakesTheToneOutAndLeavesTheRest) {
  const Signal hum = Hum(Seconds(5.0), 100.0, 0.1, 3);
  const std::array<float, 3> tones = {100.05F, 199.9F, 300.1F};  // as near as the finder comes
  const Signal output = Cancel(hum, tones, 1.0F);
  EXPECT_LT(RmsDb(output, 3.0, 4.9), RmsDb(hum, 3.0, 4.9) - 35.0);
  const Signal other = Hum(Seconds(5.0), 105.0, 0.1, 1);
  EXPECT_NEAR(RmsDb(Cancel(other, tones, 1.0F), 3.0, 4.9), RmsDb(other, 3.0, 4.9), 0.3);
}

// Hum reaches each channel with a level and a phase of its own, or not at all: what one channel
// becomes is what it would become alone.
TEST(ToneCancellerTest, ChannelsHaveLevelsAndPhasesOfTheirOwn) {
  const Signal loud = Hum(Seconds(4.0), 100.0, 0.1, 2);
  Signal quiet(loud.size());
  for (std::size_t n = 100; n < loud.size(); ++n) quiet[n] = -0.2F * loud[n - 100];
  const Signal none = WhiteNoise(loud.size(), 0.01, 6);
  const std::array<float, 2> tones = {100.0F, 200.0F};  // exact, so that nothing has to be followed
  for (const Signal& other : {quiet, none}) {
    Signal left = loud, right = other;
    ToneCanceller canceller(2);
    canceller.SetTones(tones);
    for (std::size_t at = 0; at + kHopSize <= left.size(); at += kHopSize) {
      float* channels[] = {left.data() + at, right.data() + at};
      canceller.Process(channels, 1.0F);
    }
    const Signal left_alone = Cancel(loud, tones, 1.0F);
    const Signal right_alone = Cancel(other, tones, 1.0F);
    EXPECT_LT(RmsDb(left, 2.0, 3.9), RmsDb(loud, 2.0, 3.9) - 35.0);
    Signal left_difference = left, right_difference = right;
    for (std::size_t n = 0; n < left.size(); ++n) {
      left_difference[n] -= left_alone[n];
      right_difference[n] -= right_alone[n];
    }
    EXPECT_LT(RmsDb(left_difference, 0.0, 3.9), RmsDb(loud, 0.0, 3.9) - 35.0);
    EXPECT_LT(RmsDb(right_difference, 0.0, 3.9), RmsDb(other, 0.0, 3.9) - 35.0);
  }
}

TEST(ToneCancellerTest, FollowsDriftingMains) {
  const Signal hum = Hum(Seconds(8.0), 50.0, 0.1, 1, 0.05);  // 0.4 Hz in the end
  const std::array<float, 1> tones = {50.0F};
  const Signal output = Cancel(hum, tones, 1.0F);
  EXPECT_LT(RmsDb(output, 5.0, 7.9), RmsDb(hum, 5.0, 7.9) - 15.0);
}

TEST(ToneCancellerTest, ShareOfNothingChangesNothing) {
  const Signal hum = Hum(Seconds(1.0), 100.0, 0.1, 3);
  const std::array<float, 1> tones = {100.0F};
  EXPECT_EQ(Cancel(hum, tones, 0.0F), hum);
}

TEST(ToneCancellerTest, ForgetsAToneThatEnded) {
  ToneCanceller canceller(1);
  const std::array<float, 1> tones = {100.0F};
  canceller.SetTones(tones);
  Signal hum = Hum(Seconds(1.0), 100.0, 0.1, 1);
  hum.resize(Seconds(6.0), 0.0F);
  for (std::size_t at = 0; at + kHopSize <= hum.size(); at += kHopSize) {
    float* channel = hum.data() + at;
    canceller.Process(std::span<float* const>(&channel, 1), 1.0F);
    if (at / kHopSize % 64 == 63) canceller.SetTones({});
  }
  EXPECT_EQ(canceller.num_tones(), 0);
  EXPECT_EQ(hum[Seconds(5.9)], 0.0F);
}

TEST(ToneSuppressionTest, SpeechComesOutOfHum) {
  const Signal voice = testing::Voice(Seconds(12.0));
  const Signal input = testing::Sum(testing::Sum(voice, Hum(voice.size(), 60.0, 0.1, 12)),
                                    WhiteNoise(voice.size(), 0.001, 4));
  NoiseSuppressor suppressor = MakeSuppressor(kHigh);
  const Signal output = Align(Process(suppressor, input));
  const Signal late_voice(voice.begin() + static_cast<std::ptrdiff_t>(Seconds(6.0)), voice.end());
  const auto late = [](const Signal& x) {
    return Signal(x.begin() + static_cast<std::ptrdiff_t>(Seconds(6.0)), x.end());
  };
  EXPECT_GT(testing::SiSdrDb(late_voice, late(output)),
            testing::SiSdrDb(late_voice, late(input)) + 12.0);
}

// A note of five seconds is long for any noise estimate, which takes some 3 dB; the canceller would
// take all.
TEST(ToneSuppressionTest, ASungNoteLosesNoMoreThan4Db) {
  Signal song = WhiteNoise(Seconds(8.0), 0.0003, 5);
  const Signal note = Hum(Seconds(5.0), 220.0, 0.1, 8, 0.0, 4.0);
  for (std::size_t n = 0; n < note.size(); ++n) song[Seconds(2.0) + n] += note[n];
  NoiseSuppressor suppressor = MakeSuppressor(kHigh);
  const Signal output = Align(Process(suppressor, song));
  EXPECT_GT(RmsDb(output, 2.5, 6.5), RmsDb(song, 2.5, 6.5) - 4.0);
}

}  // namespace
}  // namespace earshot
