// Hostile input and the promises to the audio thread.
#include <gtest/gtest.h>

#include <cmath>
#include <iterator>
#include <limits>

#include "denoise/noise_suppressor.h"
#include "signals.h"
#include "support/allocation_counter.h"

namespace earshot {
namespace {

using testing::MakeSuppressor;
using testing::Process;
using testing::RmsDb;
using testing::Seconds;
using testing::Signal;

constexpr float kHigh = ToStrength(NoiseSuppressionLevel::kHigh);

// The frame of 256 samples that begins at `at`.
Signal Slice(const Signal& signal, std::size_t at) {
  const auto begin = signal.begin() + static_cast<std::ptrdiff_t>(at);
  return {begin, begin + NoiseSuppressor::kFrameSize};
}

struct Poison {
  const char* name;
  float value;
};

class PoisonTest : public ::testing::TestWithParam<Poison> {};

// Half a second of poison, mixed and pure, then ordinary noise: the output stays finite throughout,
// and two seconds later it is what it would have been.
TEST_P(PoisonTest, LeavesNoTrace) {
  const Signal clean =
      testing::Sum(testing::Voice(Seconds(5.0)), testing::WhiteNoise(Seconds(5.0), 0.01, 1));
  Signal poisoned = clean;
  for (std::size_t n = Seconds(1.0); n < Seconds(1.25); n += 7) poisoned[n] = GetParam().value;
  for (std::size_t n = Seconds(1.25); n < Seconds(1.5); ++n) poisoned[n] = GetParam().value;
  NoiseSuppressor reference = MakeSuppressor(kHigh);
  NoiseSuppressor suppressor = MakeSuppressor(kHigh);
  const Signal expected = Process(reference, clean);
  const Signal output = Process(suppressor, poisoned);
  for (float x : output) ASSERT_TRUE(std::isfinite(x));
  Signal difference = expected;
  for (std::size_t n = 0; n < difference.size(); ++n) difference[n] -= output[n];
  EXPECT_LT(RmsDb(difference, 4.0, 4.9), RmsDb(expected, 4.0, 4.9) - 20.0);
  EXPECT_TRUE(std::isfinite(suppressor.noise_level_dbfs()));
  EXPECT_TRUE(std::isfinite(suppressor.attenuation_db()));
  EXPECT_GE(suppressor.speech_probability(), 0.0F);
  EXPECT_LE(suppressor.speech_probability(), 1.0F);
}

INSTANTIATE_TEST_SUITE_P(
    Values, PoisonTest,
    ::testing::Values(Poison{"nan", std::numeric_limits<float>::quiet_NaN()},
                      Poison{"infinity", std::numeric_limits<float>::infinity()},
                      Poison{"minus_infinity", -std::numeric_limits<float>::infinity()},
                      Poison{"denormal", std::numeric_limits<float>::denorm_min()},
                      Poison{"twenty_dbfs", 10.0F}, Poison{"huge", 3e38F}, Poison{"silence", 0.0F}),
    [](const auto& info) { return info.param.name; });

// What no microphone sends is silence at that very sample and nothing else: the output is bit by
// bit that of zeros in its place, in either channel.
TEST(RobustnessTest, NotANumberAndInfinityCountAsSilence) {
  constexpr float kNone[] = {std::numeric_limits<float>::quiet_NaN(),
                             std::numeric_limits<float>::infinity(),
                             -std::numeric_limits<float>::infinity()};
  const Signal clean =
      testing::Sum(testing::Voice(Seconds(2.0)), testing::WhiteNoise(Seconds(2.0), 0.01, 1));
  Signal holes = clean, poisoned = clean;
  for (std::size_t n = Seconds(0.5), i = 0; n < Seconds(1.5); n += n % 3 == 0 ? 1 : 97, ++i) {
    holes[n] = 0.0F;
    poisoned[n] = kNone[i % std::size(kNone)];
  }
  for (const std::size_t hit : {0U, 1U}) {
    NoiseSuppressor expected_suppressor = MakeSuppressor(kHigh, 2);
    NoiseSuppressor suppressor = MakeSuppressor(kHigh, 2);
    for (std::size_t at = 0; at + 256 <= clean.size(); at += 256) {
      Signal expected[2] = {Slice(clean, at), Slice(clean, at)};
      Signal output[2] = {Slice(clean, at), Slice(clean, at)};
      expected[hit] = Slice(holes, at);
      output[hit] = Slice(poisoned, at);
      float* expected_channels[] = {expected[0].data(), expected[1].data()};
      float* channels[] = {output[0].data(), output[1].data()};
      expected_suppressor.Process(AudioView(expected_channels, 2, 256));
      suppressor.Process(AudioView(channels, 2, 256));
      ASSERT_EQ(output[0], expected[0]) << at;
      ASSERT_EQ(output[1], expected[1]) << at;
    }
  }
}

TEST(RobustnessTest, ProcessNeverAllocates) {
  NoiseSuppressor suppressor = MakeSuppressor(kHigh);
  Signal input = testing::Voice(Seconds(1.0));
  const int64_t before = testing::AllocationCount();
  for (std::size_t at = 0; at + 256 <= input.size(); at += 256) {
    float* channel = input.data() + at;
    suppressor.set_strength(at % 512 == 0 ? 0.3F : 0.9F);
    suppressor.Process(AudioView(&channel, 1, 256));
  }
  suppressor.Reset();
  EXPECT_EQ(testing::AllocationCount(), before);
}

TEST(RobustnessTest, LeavesOtherShapesUntouched) {
  NoiseSuppressor suppressor = MakeSuppressor(kHigh);
  Signal a(512, 0.5F), b(512, 0.5F);
  float* channels[] = {a.data(), b.data()};
  suppressor.Process(AudioView(channels, 2, 256));
  suppressor.Process(AudioView(channels, 1, 512));
  suppressor.Process(AudioView(channels, 1, 255));
  suppressor.Process(AudioView(channels, 0, 256));
  for (std::size_t n = 0; n < a.size(); ++n) ASSERT_TRUE(a[n] == 0.5F && b[n] == 0.5F);
}

// A microphone that starts muted: once it opens, its noise is learned within two seconds.
TEST(RobustnessTest, LearnsNoiseAfterDigitalSilence) {
  Signal input = testing::WhiteNoise(Seconds(5.0), 0.01, 3);
  std::fill_n(input.begin(), Seconds(1.0), 0.0F);
  NoiseSuppressor suppressor = MakeSuppressor(kHigh);
  const Signal output = Process(suppressor, input);
  EXPECT_LT(RmsDb(output, 3.0, 4.9), RmsDb(input, 3.0, 4.9) - 17.0);
}

}  // namespace
}  // namespace earshot
