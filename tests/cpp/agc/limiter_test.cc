#include "agc/limiter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "base/decibels.h"
#include "support/allocation_counter.h"
#include "support/planar_buffer.h"

namespace earshot {
namespace {

using testing::PlanarBuffer;

constexpr float kCeiling = 0.89125094F;    // -1 dBFS
constexpr float kPlateau = 0.84139514F;    // -1.5 dBFS: the ceiling less the limiter's margin
constexpr float kKneeStart = 0.70794578F;  // -3 dBFS

Limiter MakeLimiter(const LimiterConfig& config) {
  auto limiter = Limiter::Create(config);
  EXPECT_TRUE(limiter.ok()) << limiter.status().message();
  return std::move(limiter).value();
}

/// Runs `signal` through in blocks of changing size.
void ProcessInBlocks(Limiter& limiter, PlanarBuffer& signal, int max_frames, uint32_t seed) {
  std::mt19937 random(seed);
  for (int start = 0; start < signal.num_frames();) {
    const int wanted = 1 + static_cast<int>(random() % static_cast<uint32_t>(max_frames));
    const int frames = std::min(wanted, signal.num_frames() - start);
    limiter.Process(signal.View(start, frames));
    start += frames;
  }
}

PlanarBuffer Mono(int num_frames, const std::function<float(int)>& sample) {
  PlanarBuffer signal(1, num_frames);
  for (int i = 0; i < num_frames; ++i) {
    signal[0][static_cast<std::size_t>(i)] = sample(i);
  }
  return signal;
}

struct Hostile {
  std::string name;
  std::function<float(int, std::mt19937&)> sample;
};

std::vector<Hostile> HostileSignals() {
  const auto uniform = [](std::mt19937& random) {
    return std::uniform_real_distribution<float>(-1.0F, 1.0F)(random);
  };
  return {
      {"noise at +20 dBFS", [=](int, std::mt19937& r) { return 10.0F * uniform(r); }},
      {"bursts out of silence",
       [=](int i, std::mt19937& r) { return (i / 500) % 2 == 0 ? 0.0F : 5.0F * uniform(r); }},
      {"sparse impulses",
       [=](int, std::mt19937& r) { return r() % 97 == 0 ? 10.0F * uniform(r) : 0.0F; }},
      {"impulses just above the ceiling",
       [=](int, std::mt19937& r) { return r() % 53 == 0 ? 0.8913F : 0.1F * uniform(r); }},
      {"growing steps",
       [](int i, std::mt19937&) { return 0.1F * std::floor(static_cast<float>(i) / 200.0F); }},
      {"alternating full scale", [](int i, std::mt19937&) { return i % 2 == 0 ? 1.0F : -1.0F; }},
      {"tone at +6 dBFS",
       [](int i, std::mt19937&) { return 2.0F * std::sin(0.13F * static_cast<float>(i)); }},
      {"slow tone at +3 dBFS",
       [](int i, std::mt19937&) { return 1.41F * std::sin(0.004F * static_cast<float>(i)); }},
      {"any exponent",
       [=](int, std::mt19937& r) {
         return uniform(r) * std::exp2(static_cast<float>(static_cast<int>(r() % 250) - 124));
       }},
      {"largest finite",
       [](int i, std::mt19937&) {
         return i % 300 == 0 ? std::numeric_limits<float>::max() : 0.0F;
       }},
  };
}

TEST(LimiterTest, NothingFiniteEverExceedsTheCeiling) {
  for (const Hostile& hostile : HostileSignals()) {
    for (const int num_channels : {1, 2}) {
      std::mt19937 random(7);
      PlanarBuffer signal(num_channels, 20000);
      for (int c = 0; c < num_channels; ++c) {
        for (int i = 0; i < signal.num_frames(); ++i) {
          signal[c][static_cast<std::size_t>(i)] = hostile.sample(i, random);
        }
      }
      Limiter limiter = MakeLimiter({.num_channels = num_channels, .max_frames = 300});
      ProcessInBlocks(limiter, signal, 300, 3);
      for (int c = 0; c < num_channels; ++c) {
        for (const float sample : signal[c]) {
          // The negation also catches NaN.
          ASSERT_FALSE(!(std::fabs(sample) <= kCeiling)) << hostile.name << ": " << sample;
        }
      }
    }
  }
}

TEST(LimiterTest, CeilingHoldsAtEveryRateAndLookAhead) {
  for (const int rate : {8000, 16000, 44100, 48000, 96000, 192000}) {
    for (const float look_ahead_ms : {1.0F, 1.5F, 2.0F}) {
      Limiter limiter = MakeLimiter({.sample_rate_hz = rate, .look_ahead_ms = look_ahead_ms});
      std::mt19937 random(11);
      PlanarBuffer signal = Mono(8000, [&](int) {
        return random() % 20 == 0 ? static_cast<float>(random() % 1000) * 0.01F : 0.0F;
      });
      ProcessInBlocks(limiter, signal, 256, 5);
      EXPECT_LE(*std::max_element(signal[0].begin(), signal[0].end()), kCeiling);
    }
  }
}

TEST(LimiterTest, BelowTheKneeTheOutputIsTheInputLatencySamplesLater) {
  // A slow sweep: nothing between its samples exceeds them by much.
  PlanarBuffer signal = Mono(10000, [&](int i) {
    return 0.995F * kKneeStart * std::sin(2e-6F * static_cast<float>(i) * static_cast<float>(i));
  });
  const std::vector<float> input = signal[0];
  Limiter limiter = MakeLimiter({.max_frames = 512});
  const auto latency = static_cast<std::size_t>(limiter.latency_samples());
  ProcessInBlocks(limiter, signal, 512, 6);
  for (std::size_t i = 0; i < input.size(); ++i) {
    ASSERT_EQ(signal[0][i], i < latency ? 0.0F : input[i - latency]) << i;
  }
}

TEST(LimiterTest, LookAheadIsTheLatency) {
  EXPECT_EQ(MakeLimiter({}).latency_samples(), 72);
  EXPECT_EQ(MakeLimiter({.look_ahead_ms = 2.0F}).latency_samples(), 96);
  EXPECT_EQ(MakeLimiter({.sample_rate_hz = 16000}).latency_samples(), 24);
}

TEST(LimiterTest, StaticCurveIsMonotoneContinuousAndFlatAtTheCeiling) {
  float previous_out = 0.0F;
  float previous_in = 0.0F;
  for (float level_dbfs = -40.0F; level_dbfs <= 40.0F; level_dbfs += 0.1F) {
    const float in = DbToAmplitude(level_dbfs);
    // Long after the step, whose overshoot the limiter hears between the samples, is forgotten.
    Limiter limiter = MakeLimiter({.release_ms = 5.0F});
    PlanarBuffer signal = Mono(8192, [&](int) { return in; });
    ProcessInBlocks(limiter, signal, 256, 1);
    const float out = signal[0].back();
    if (in <= 0.998F * kKneeStart) {  // the standard's filter makes 0.014 dB of a constant
      ASSERT_EQ(out, in);
    }
    if (level_dbfs > 1.0F) {
      ASSERT_NEAR(out, kPlateau, 2e-3F);
    }
    // Monotone up to the resolution of the gain (2^-24), and never steeper than the identity.
    ASSERT_GE(out, previous_out - 1.2e-7F * in - 3e-7F) << level_dbfs;
    ASSERT_LE(out - previous_out, (in - previous_in) * 1.0001F + 3e-7F) << level_dbfs;
    previous_out = out;
    previous_in = in;
  }
}

/// The gain over time that a single peak of `height` at `at` causes, read off a faint constant.
std::vector<float> GainAroundPeak(Limiter& limiter, int num_frames, int at, float height) {
  constexpr float kPilot = 0.01F;
  PlanarBuffer signal = Mono(num_frames, [&](int i) { return i == at ? height : kPilot; });
  ProcessInBlocks(limiter, signal, 256, 9);
  std::vector<float> gain;
  for (int i = limiter.latency_samples(); i < num_frames; ++i) {
    const bool is_peak = i - limiter.latency_samples() == at;
    gain.push_back(signal[0][static_cast<std::size_t>(i)] / (is_peak ? height : kPilot));
  }
  return gain;  // gain[i] is what input sample i got
}

TEST(LimiterTest, AttackFallsWithinTheLookAheadWithoutAJump) {
  Limiter limiter = MakeLimiter({});
  const int peak = 1000;
  const std::vector<float> gain = GainAroundPeak(limiter, 3000, peak, 10.0F);
  // The detector takes 12 of the 72 samples, and 2 belong to each point between samples.
  const int fall_samples = limiter.latency_samples() - 12 - 2;
  const float fall = 1.0F - gain[peak];
  EXPECT_NEAR(gain[peak] * 10.0F, kPlateau, 1e-4F);
  float steepest = 0.0F;
  for (int i = peak - limiter.latency_samples(); i <= peak; ++i) {
    const auto n = static_cast<std::size_t>(i);
    EXPECT_LE(gain[n], gain[n - 1] + 1e-6F);
    steepest = std::max(steepest, gain[n - 1] - gain[n]);
  }
  // Two running means of equal length: a parabola down and a parabola out, steepest in the middle,
  // at one over half the span; a single step or a straight line would be steeper or end in a
  // corner.
  EXPECT_LE(steepest, 1.05F * fall / (0.5F * static_cast<float>(fall_samples + 2)));
  const auto begin = static_cast<std::size_t>(peak - limiter.latency_samples());
  EXPECT_LE(1.0F - gain[begin], 1e-3F * fall);
}

TEST(LimiterTest, ReleaseIsExponentialWithItsTimeConstant) {
  const float release_ms = 60.0F;
  Limiter limiter = MakeLimiter({.release_ms = release_ms});
  const int latency = limiter.latency_samples();
  const int peak = 1000;
  const std::vector<float> gain = GainAroundPeak(limiter, 20000, peak, 4.0F);
  const auto reduction = [&](int i) { return 1.0F - gain[static_cast<std::size_t>(i)]; };
  // The hold ends a look-ahead after the peak has been seen, the means a look-ahead later at most.
  const int released = peak + 3 * latency;
  const int time_constant = 2880;
  for (int i = peak + 1; i < 20000 - latency - 1; ++i) {
    ASSERT_LE(reduction(i + 1), reduction(i) + 1e-6F) << i;
  }
  for (const int i : {released, released + 1000, released + 5000}) {
    EXPECT_NEAR(reduction(i + time_constant) / reduction(i), std::exp(-1.0F), 2e-3F) << i;
  }
}

TEST(LimiterTest, ReturnsToTheExactInput) {
  Limiter limiter = MakeLimiter({});
  const std::vector<float> gain = GainAroundPeak(limiter, 60000, 10, 100.0F);
  EXPECT_EQ(gain.back(), 1.0F);
  EXPECT_EQ(limiter.reduction_db(), 0.0F);
}

TEST(LimiterTest, BlockSizesDoNotChangeTheOutput) {
  std::mt19937 random(21);
  std::uniform_real_distribution<float> uniform(-2.0F, 2.0F);
  PlanarBuffer signal =
      Mono(30000, [&](int i) { return (i / 3000) % 2 == 0 ? uniform(random) : 0.1F; });
  PlanarBuffer same = signal;
  Limiter limiter = MakeLimiter({.max_frames = 1024});
  Limiter other = MakeLimiter({.max_frames = 1024});
  ProcessInBlocks(limiter, signal, 1024, 1);
  ProcessInBlocks(other, same, 3, 2);
  EXPECT_EQ(signal[0], same[0]);
}

TEST(LimiterTest, ChannelsShareTheGain) {
  std::mt19937 random(8);
  std::uniform_real_distribution<float> uniform(-3.0F, 3.0F);
  PlanarBuffer signal(2, 5000);
  for (std::size_t i = 0; i < 5000; ++i) {
    signal[0][i] = uniform(random);
    signal[1][i] = -0.25F * signal[0][i];
  }
  Limiter limiter = MakeLimiter({.num_channels = 2});
  ProcessInBlocks(limiter, signal, 256, 4);
  for (std::size_t i = 0; i < 5000; ++i) {
    ASSERT_FLOAT_EQ(signal[1][i], -0.25F * signal[0][i]);
  }
}

TEST(LimiterTest, ReportsTheReductionOfTheLatestBlock) {
  Limiter limiter = MakeLimiter({});
  PlanarBuffer signal = Mono(256, [](int) { return 10.0F; });
  limiter.Process(signal.View(0, 256));
  EXPECT_NEAR(limiter.reduction_db(), 21.5F, 2.5F);  // and what a step overshoots between samples
}

TEST(LimiterTest, OffPassesEverythingEquallyLateAndOnLimitsAgain) {
  Limiter limiter = MakeLimiter({.max_frames = 4096});
  const auto latency = static_cast<std::size_t>(limiter.latency_samples());
  limiter.set_enabled(false);
  PlanarBuffer loud = Mono(4096, [](int i) { return i % 7 == 0 ? 5.0F : -3.0F; });
  const std::vector<float> input = loud[0];
  limiter.Process(loud.View(0, 4096));
  for (std::size_t i = latency; i < input.size(); ++i) {
    ASSERT_EQ(loud[0][i], input[i - latency]);
  }
  limiter.set_enabled(true);
  PlanarBuffer again = Mono(4096, [](int i) { return i % 7 == 0 ? 5.0F : -3.0F; });
  limiter.Process(again.View(0, 4096));
  for (std::size_t i = latency; i < input.size(); ++i) {
    ASSERT_LE(std::fabs(again[0][i]), kCeiling);
  }
}

TEST(LimiterTest, AWrongShapeIsLeftAlone) {
  Limiter limiter = MakeLimiter({.num_channels = 1, .max_frames = 64});
  PlanarBuffer stereo(2, 64);
  stereo[0][3] = 5.0F;
  limiter.Process(stereo.View(0, 64));
  EXPECT_EQ(stereo[0][3], 5.0F);
  PlanarBuffer longer = Mono(65, [](int) { return 5.0F; });
  limiter.Process(longer.View(0, 65));
  EXPECT_EQ(longer[0][64], 5.0F);
}

TEST(LimiterTest, ResetForgetsTheSignal) {
  Limiter limiter = MakeLimiter({});
  PlanarBuffer loud = Mono(256, [](int) { return 10.0F; });
  limiter.Process(loud.View(0, 256));
  limiter.Reset();
  PlanarBuffer soft = Mono(256, [](int) { return 0.5F; });
  limiter.Process(soft.View(0, 256));
  const auto latency = static_cast<std::size_t>(limiter.latency_samples());
  EXPECT_EQ(soft[0][latency - 1], 0.0F);
  EXPECT_EQ(soft[0][latency], 0.5F);
}

TEST(LimiterTest, ProcessNeverAllocates) {
  Limiter limiter = MakeLimiter({});
  std::mt19937 random(3);
  std::uniform_real_distribution<float> uniform(-3.0F, 3.0F);
  PlanarBuffer signal = Mono(20000, [&](int) { return uniform(random); });
  const int64_t before = testing::AllocationCount();
  ProcessInBlocks(limiter, signal, 256, 8);
  EXPECT_EQ(testing::AllocationCount(), before);
}

TEST(LimiterTest, CreateRefusesValuesOutOfRange) {
  const LimiterConfig good;
  const auto refused = [&](auto change) {
    LimiterConfig config = good;
    change(config);
    const auto limiter = Limiter::Create(config);
    return !limiter.ok() && limiter.status().code() == StatusCode::kInvalidArgument;
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(refused([](LimiterConfig& c) { c.sample_rate_hz = 7999; }));
  EXPECT_TRUE(refused([](LimiterConfig& c) { c.sample_rate_hz = 192001; }));
  EXPECT_TRUE(refused([](LimiterConfig& c) { c.num_channels = 0; }));
  EXPECT_TRUE(refused([](LimiterConfig& c) { c.num_channels = 3; }));
  EXPECT_TRUE(refused([](LimiterConfig& c) { c.max_frames = 0; }));
  EXPECT_TRUE(refused([](LimiterConfig& c) { c.max_frames = 65537; }));
  EXPECT_TRUE(refused([](LimiterConfig& c) { c.ceiling_dbtp = 0.1F; }));
  EXPECT_TRUE(refused([](LimiterConfig& c) { c.knee_start_dbtp = -1.6F; }));
  EXPECT_TRUE(refused([](LimiterConfig& c) { c.look_ahead_ms = 0.9F; }));
  EXPECT_TRUE(refused([](LimiterConfig& c) { c.look_ahead_ms = 2.1F; }));
  EXPECT_TRUE(refused([](LimiterConfig& c) { c.release_ms = 4.0F; }));
  EXPECT_TRUE(refused([=](LimiterConfig& c) { c.ceiling_dbtp = nan; }));
  EXPECT_TRUE(refused([=](LimiterConfig& c) { c.knee_start_dbtp = nan; }));
  EXPECT_TRUE(refused([=](LimiterConfig& c) { c.look_ahead_ms = nan; }));
  EXPECT_TRUE(refused([=](LimiterConfig& c) { c.release_ms = nan; }));
}

}  // namespace
}  // namespace earshot
