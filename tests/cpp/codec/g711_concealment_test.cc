// Laws every concealment of telephone sound has to keep, on sounds of which the truth is known.
#include "codec/g711_concealment.h"

#include <gtest/gtest.h>

#include "g711_signals.h"

namespace earshot::testing {
namespace {

constexpr std::size_t kTick = 80;  // 10 ms

/// What is heard of `sound` when [begin, end) is missing.
std::vector<float> Conceal(std::vector<float> sound, std::size_t begin, std::size_t end) {
  G711Concealment concealment;
  const std::span<float> all(sound);
  concealment.Receive(all.first(begin));
  concealment.Conceal(all.subspan(begin, end - begin));
  concealment.Receive(all.subspan(end));
  return sound;
}

TEST(G711Concealment, PeriodicSoundGoesOnAsItWas) {
  for (const double period : {20.0, 31.0, 53.0, 80.0, 117.0, 160.0}) {
    SCOPED_TRACE(period);
    const std::vector<float> sound = Vowel(period, 1600);
    const std::vector<float> heard = Conceal(sound, 1000, 1080);
    EXPECT_GT(SnrDb(std::span(sound).subspan(1000, 80), std::span(heard).subspan(1000, 80)), 30);
  }
}

TEST(G711Concealment, PeriodsBetweenWholeSamplesAreFollowedClosely) {
  for (const double period : {41.5, 57.3, 88.8, 131.4}) {
    SCOPED_TRACE(period);
    const std::vector<float> sound = Vowel(period, 1600);
    const std::vector<float> heard = Conceal(sound, 1000, 1080);
    EXPECT_GT(SnrDb(std::span(sound).subspan(1000, 80), std::span(heard).subspan(1000, 80)), 8);
  }
}

// Sound that is repeated has no edge, wherever in the period it breaks off and wherever it returns.
TEST(G711Concealment, NoClickAtEitherEnd) {
  for (const double period : {33.7, 61.4, 97.9}) {
    for (std::size_t begin = 1000; begin < 1100; begin += 7) {
      for (const std::size_t length : {kTick, 2 * kTick, 5 * kTick, 12 * kTick}) {
        std::vector<float> sound = Vowel(period, 3000);
        // Comes back elsewhere in its period.
        const auto gap = sound.begin() + static_cast<std::ptrdiff_t>(begin);
        sound.erase(gap, gap + static_cast<std::ptrdiff_t>(begin % 40));
        const std::vector<float> heard = Conceal(sound, begin, begin + length);
        const float own = Roughness(std::span(sound).first(1000));
        const auto around = std::span(heard).subspan(begin - 3, length + 2 * kTick);
        EXPECT_LT(Roughness(around), 2.5f * own) << period << ' ' << begin << ' ' << length;
      }
    }
  }
}

// A mixture that does not repeat itself in 20 ms: no earlier period leads on from its end.
TEST(G711Concealment, NoStepWhereNothingRepeats) {
  std::vector<float> sound(2000);
  for (std::size_t i = 0; i < sound.size(); ++i) {
    const auto t = 2 * std::numbers::pi * static_cast<double>(i) / 8000;
    sound[i] = static_cast<float>(0.25 * std::sin(31 * t) + 0.25 * std::sin(83 * t));
  }
  float steepest = 0;
  for (std::size_t i = 1; i < sound.size(); ++i) {
    steepest = std::max(steepest, std::abs(sound[i] - sound[i - 1]));
  }
  for (std::size_t begin = 1000; begin < 1300; begin += 11) {
    const std::vector<float> heard = Conceal(sound, begin, begin + kTick);
    EXPECT_LT(std::abs(heard[begin] - heard[begin - 1]), 2 * steepest) << begin;
  }
}

TEST(G711Concealment, ReturnsInPhase) {
  std::vector<float> sound(2000);
  for (std::size_t i = 0; i < sound.size(); ++i) {
    const auto t = static_cast<double>(i < 1160 ? i : i + 20);  // Half a period on.
    sound[i] = static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * t / 40));
  }
  const std::vector<float> heard = Conceal(sound, 1000, 1160);
  // Faded into its opposite within two periods, a tone keeps a quarter of its power.
  EXPECT_GT(MeanSquare(std::span(heard).subspan(1160, 40)), 0.4 * MeanSquare(sound));
  const auto after = std::span(sound).subspan(1160 + kTick);
  EXPECT_TRUE(std::equal(after.begin(), after.end(), heard.begin() + 1160 + kTick))
      << "what comes later is left as it is";
}

TEST(G711Concealment, NeverLouderThanBefore) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    std::vector<float> sound = Vowel(20 + 3.7 * seed, 3000);
    const std::vector<float> noise = WhiteNoise(0.02f * static_cast<float>(seed % 5), 3000, seed);
    // From a whisper to full level and back within the history, in either direction.
    for (std::size_t i = 0; i < sound.size(); ++i) {
      const double t = static_cast<double>(i) / 300.0 + seed;
      sound[i] = (sound[i] + noise[i]) * static_cast<float>(std::pow(std::sin(t), 2));
    }
    G711Concealment concealment;
    const std::size_t begin = 1000 + 13 * seed;
    concealment.Receive(std::span(sound).first(begin));
    std::vector<float> gap(8 * kTick);
    concealment.Conceal(gap);
    const auto before = std::span(sound).subspan(begin - 520, 520);
    EXPECT_LE(Peak(gap), Peak(before));
    double loudest = 0;
    for (std::size_t i = 0; i + kTick <= before.size(); i += 8) {
      loudest = std::max(loudest, MeanSquare(before.subspan(i, kTick)));
    }
    for (std::size_t i = 0; i < gap.size(); i += kTick) {
      EXPECT_LE(MeanSquare(std::span(gap).subspan(i, kTick)), 1.05 * loudest) << i;
    }
  }
}

// One period over and over sounds like a buzzer; several in turn keep what made them differ.
TEST(G711Concealment, RepeatsSeveralPeriodsInALongGap) {
  std::vector<float> sound = Vowel(85, 2000);
  const std::vector<float> noise = WhiteNoise(0.005f, 2000, 2);
  for (std::size_t i = 0; i < sound.size(); ++i) sound[i] += noise[i];
  std::fill_n(sound.begin(), 400, 0.0f);  // Silence for a background.
  std::vector<float> heard = Conceal(sound, 1000, 1480);
  // Without the fade from 10 to 60 ms.
  for (std::size_t i = 1080; i < 1480; ++i) heard[i] *= 400.0f / static_cast<float>(1480 - i);
  // Share of the energy that is new compared with `lag` samples before.
  const auto novelty = [&heard](std::size_t lag) {
    double change = 0, all = 0;
    for (std::size_t i = 1440; i < 1475; ++i) {
      change += std::pow(heard[i] - heard[i - lag], 2);
      all += std::pow(heard[i], 2);
    }
    return change / all;
  };
  EXPECT_LT(novelty(3 * 85), 0.1 * novelty(85));
}

// Reaching back beyond the last period must not bring back the louder sound that was there.
TEST(G711Concealment, FadingVoiceDoesNotSwellAgain) {
  std::vector<float> sound = Vowel(60, 2000);
  for (std::size_t i = 0; i < sound.size(); ++i) {
    sound[i] *= static_cast<float>(std::exp(-static_cast<double>(i % 1000) / 150));
  }
  const std::vector<float> heard = Conceal(sound, 1500, 1740);
  const double last = MeanSquare(std::span(sound).subspan(1440, 60));
  EXPECT_LT(MeanSquare(std::span(heard).subspan(1660, 60)), 1.1 * last);
}

TEST(G711Concealment, FadesFromTenToSixtyMilliseconds) {
  std::vector<float> sound = Vowel(57, 4000);
  // So that there is silence to know as the background.
  std::fill_n(sound.begin(), 2000, 0.0f);
  const std::vector<float> heard = Conceal(sound, 3000, 3800);
  double before = MeanSquare(std::span(heard).subspan(3000, kTick));
  EXPECT_GT(before, 0.9 * MeanSquare(std::span(sound).subspan(3000, kTick)));
  for (std::size_t at = 3000 + kTick; at < 3000 + 6 * kTick; at += kTick) {
    const double now = MeanSquare(std::span(heard).subspan(at, kTick));
    EXPECT_LT(now, before) << at;
    EXPECT_GT(now, 0) << at;
    before = now;
  }
  EXPECT_EQ(Peak(std::span(heard).subspan(3000 + 6 * kTick, 4 * kTick)), 0.0f);
}

TEST(G711Concealment, LeavesTheBackgroundAsItWas) {
  // Noise with a colour of its own: neighbours differ (+) or resemble each other (−).
  for (const float slope : {0.9f, -0.9f}) {
    SCOPED_TRACE(slope);
    std::vector<float> background = WhiteNoise(0.003f, 24000, 5);
    for (std::size_t i = background.size() - 1; i > 0; --i) {
      background[i] -= slope * background[i - 1];
    }
    std::vector<float> sound = background;
    const std::vector<float> voice = Vowel(57, 24000);
    for (std::size_t i = 0; i < 16000; ++i) sound[i] += i % 4000 < 2500 ? 0.0f : voice[i];
    const std::vector<float> heard = Conceal(sound, 15990, 20000);
    const auto gap = std::span(heard).subspan(15990 + 480, 3200);
    EXPECT_NEAR(10 * std::log10(MeanSquare(gap) / MeanSquare(background)), 0, 2);
    const auto colour = [](std::span<const float> x) {
      double sum = 0;
      for (std::size_t i = 1; i < x.size(); ++i) sum += static_cast<double>(x[i]) * x[i - 1];
      return sum / static_cast<double>(x.size()) / MeanSquare(x);
    };
    EXPECT_NEAR(colour(gap), colour(background), 0.15);
  }
}

TEST(G711Concealment, SpeechFromTheFirstSampleOnIsNoBackground) {
  const std::vector<float> heard = Conceal(Vowel(57, 4000), 1000, 3000);
  EXPECT_LT(MeanSquare(std::span(heard).subspan(1000 + 480, 1400)), 1.2e-4);  // −40 dBFS
}

TEST(G711Concealment, SilenceStaysSilence) {
  EXPECT_EQ(Peak(Conceal(std::vector<float>(3000), 1000, 2000)), 0.0f);
}

TEST(G711Concealment, GapRightAtTheStartIsSilent) {
  std::vector<float> gap(400, 1.0f);
  G711Concealment().Conceal(gap);
  EXPECT_EQ(Peak(gap), 0.0f);
}

TEST(G711Concealment, CutIntoAnyPiecesItSoundsTheSame) {
  std::vector<float> sound = Vowel(61.4, 4000);
  const std::vector<float> noise = WhiteNoise(0.02f, 4000, 3);
  for (std::size_t i = 0; i < sound.size(); ++i) sound[i] += noise[i];
  const std::vector<float> whole = Conceal(sound, 1040, 1640);
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    std::vector<float> heard = sound;
    G711Concealment concealment;
    for (std::size_t at = 0; at < heard.size();) {
      const std::size_t end = at < 1040 ? 1040 : at < 1640 ? 1640 : heard.size();
      // The way back is found by the first 10 ms of sound.
      const std::size_t least = at == 1640 ? 80 : 1;
      const std::size_t size = std::min(end - at, least + random() % 200);
      const auto piece = std::span(heard).subspan(at, size);
      if (end == 1640) {
        concealment.Conceal(piece);
      } else {
        concealment.Receive(piece);
      }
      at += size;
    }
    ASSERT_EQ(heard, whole);
  }
}

}  // namespace
}  // namespace earshot::testing
