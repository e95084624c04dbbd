// The ceiling between the samples, judged by interpolators that share nothing with the limiter's:
// windowed sincs evaluated in double precision from their formula, 4 and 16 points a sample.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "agc/limiter.h"
#include "support/planar_buffer.h"
#include "support/sinc_oracle.h"

namespace earshot {
namespace {

using testing::PlanarBuffer;
using testing::SincOracle;

Limiter MakeLimiter(const LimiterConfig& config) {
  auto limiter = Limiter::Create(config);
  EXPECT_TRUE(limiter.ok()) << limiter.status().message();
  return std::move(limiter).value();
}

struct Hostile {
  std::string name;
  std::function<double(int, std::mt19937&)> sample;
};

double Uniform(std::mt19937& random) {
  return std::uniform_real_distribution<double>(-1.0, 1.0)(random);
}

std::vector<Hostile> HostileSignals() {
  const auto tone = [](double fraction, double phase, int i) {
    return std::sin(2.0 * std::numbers::pi * (fraction * i + phase));
  };
  return {
      {"sine of a quarter of the rate at 45 degrees",
       [=](int i, std::mt19937&) { return 10.0 * tone(0.25, 0.125, i); }},
      {"bursts of it at full scale",
       [=](int i, std::mt19937&) { return i / 200 % 2 == 0 ? 0.0 : tone(0.25, 0.125, i); }},
      {"bursts of it, barely above",
       [=](int i, std::mt19937&) { return i / 300 % 2 == 0 ? 0.1 : 1.3 * tone(0.25, 0.125, i); }},
      {"sine of 0.45 of the rate",
       [=](int i, std::mt19937&) { return 3.0 * tone(0.4501, 0.1, i); }},
      {"two close tones",
       [=](int i, std::mt19937&) { return 5.0 * (tone(0.31, 0.0, i) + tone(0.3127, 0.3, i)); }},
      {"square at full scale",
       [=](int i, std::mt19937&) { return tone(1.0 / 109.3, 0.05, i) > 0.0 ? 1.0 : -1.0; }},
      {"square at +20 dBFS",
       [=](int i, std::mt19937&) { return tone(1.0 / 109.3, 0.05, i) > 0.0 ? 10.0 : -10.0; }},
      {"noise at +20 dBFS", [](int, std::mt19937& r) { return 10.0 * Uniform(r); }},
      {"noise in bursts",
       [](int i, std::mt19937& r) { return i / 500 % 2 == 0 ? 0.0 : 5.0 * Uniform(r); }},
      {"noise that breathes",
       [](int i, std::mt19937& r) {
         return 10.0 * Uniform(r) * (0.02 + std::fabs(std::sin(i / 40.0)));
       }},
      {"sparse impulses",
       [](int, std::mt19937& r) { return r() % 97 == 0 ? 10.0 * Uniform(r) : 0.0; }},
      {"dense impulses",
       [](int, std::mt19937& r) { return r() % 7 == 0 ? 10.0 * Uniform(r) : 0.0; }},
      {"impulses upon noise",
       [](int, std::mt19937& r) { return 0.9 * Uniform(r) + (r() % 53 == 0 ? 9.0 : 0.0); }},
      {"any exponent",
       [](int, std::mt19937& r) { return Uniform(r) * std::pow(10.0, 2.0 + 2.0 * Uniform(r)); }},
  };
}

class LimiterTruePeakTest : public ::testing::TestWithParam<int> {};

TEST_P(LimiterTruePeakTest, NoHostileSignalPassesTheCeiling) {
  const int rate = GetParam();
  // A flank of 10 samples, as common resamplers have, and of 6, as in the standard.
  const SincOracle four(4, 10);
  const SincOracle sixteen(16, 6);
  for (const Hostile& hostile : HostileSignals()) {
    std::mt19937 random(7);
    PlanarBuffer signal(1, 6000);
    for (int i = 100; i < 5700; ++i) {
      signal[0][static_cast<std::size_t>(i)] = static_cast<float>(hostile.sample(i, random));
    }
    Limiter limiter = MakeLimiter({.sample_rate_hz = rate, .max_frames = 128});
    for (int start = 0; start < 6000; start += 100) {
      limiter.Process(signal.View(start, 100));
    }
    EXPECT_LE(four.TruePeakDb(signal[0]), -1.0) << hostile.name;
    EXPECT_LE(sixteen.TruePeakDb(signal[0]), -1.0) << hostile.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Rates, LimiterTruePeakTest,
                         ::testing::Values(8000, 16000, 22050, 44100, 48000, 96000));

TEST(LimiterTruePeakTest, SeesAPeakThatNoSampleShows) {
  // All samples are ±0.95 · √½ = 0.67, below the knee; the sine's peak of 0.95 is not.
  PlanarBuffer signal(1, 4800);
  for (int i = 0; i < 4800; ++i) {
    const double fade = std::min(1.0, i / 1000.0);
    signal[0][static_cast<std::size_t>(i)] =
        static_cast<float>(0.95 * fade * std::sin(std::numbers::pi * (0.5 * i + 0.25)));
  }
  Limiter limiter = MakeLimiter({.max_frames = 4800});
  limiter.Process(signal.View(0, 4800));
  EXPECT_GT(limiter.reduction_db(), 0.5F);
  EXPECT_LE(SincOracle(16, 16).TruePeakDb(signal[0]), -1.0);
}

TEST(LimiterTruePeakTest, ASteadyToneSettlesAtTheCeilingAndNotFarBelow) {
  for (const double fraction : {0.02, 0.11, 0.25, 0.37}) {
    PlanarBuffer signal(1, 24000);
    for (int i = 0; i < 24000; ++i) {
      signal[0][static_cast<std::size_t>(i)] =
          static_cast<float>(4.0 * std::sin(2.0 * std::numbers::pi * (fraction * i + 0.125)));
    }
    Limiter limiter = MakeLimiter({.max_frames = 24000});
    limiter.Process(signal.View(0, 24000));
    const std::vector<float> settled(signal[0].begin() + 12000, signal[0].end() - 1);
    EXPECT_GE(SincOracle(16, 16).TruePeakDb(settled), -1.75) << fraction;
  }
}

}  // namespace
}  // namespace earshot
