// The minimum requirements test signals of EBU Tech 3341 (2016), Table 1, that concern momentary
// and short-term loudness, synthesised: 1 kHz sines in both channels, whose peak level in dBFS is
// then their loudness in LUFS.
#include "dsp/loudness_meter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <numbers>
#include <vector>

#include "support/allocation_counter.h"
#include "support/planar_buffer.h"

namespace earshot {
namespace {

using testing::AsConst;
using testing::PlanarBuffer;

struct Segment {
  double peak_dbfs;
  double seconds;
};
constexpr double kSilence = -400.0;

std::vector<Segment> Repeated(const std::vector<Segment>& pattern, int times) {
  std::vector<Segment> all;
  for (int i = 0; i < times; ++i) {
    all.insert(all.end(), pattern.begin(), pattern.end());
  }
  return all;
}

LoudnessMeter MakeMeter(int rate, int num_channels) {
  auto meter = LoudnessMeter::Create({.sample_rate_hz = rate, .num_channels = num_channels});
  EXPECT_TRUE(meter.ok());
  return std::move(meter).value();
}

/// Plays a sine of changing level into `meter` in blocks of 10 ms, calling `look` after each with
/// the time passed.
void Play(LoudnessMeter& meter, const std::vector<Segment>& segments, int rate, int num_channels,
          const std::function<void(double)>& look) {
  const int block = rate / 100;
  PlanarBuffer sound(num_channels, block);
  int64_t n = 0;
  int filled = 0;
  for (const Segment& segment : segments) {
    const auto count = static_cast<int64_t>(std::lround(segment.seconds * rate));
    const double peak = std::pow(10.0, segment.peak_dbfs / 20.0);
    for (int64_t i = 0; i < count; ++i, ++n) {
      const double phase = 2.0 * std::numbers::pi * 1000.0 * static_cast<double>(n) / rate;
      for (int c = 0; c < num_channels; ++c) {
        sound[c][static_cast<std::size_t>(filled)] = static_cast<float>(peak * std::sin(phase));
      }
      if (++filled == block) {
        meter.Process(AsConst(sound.View(0, block)));
        filled = 0;
        look(static_cast<double>(n + 1) / rate);
      }
    }
  }
}

class EbuModeTest : public ::testing::TestWithParam<int> {};

TEST_P(EbuModeTest, Cases1And2StereoSinesReadTheirLevel) {
  for (const double dbfs : {-23.0, -33.0}) {
    LoudnessMeter meter = MakeMeter(GetParam(), 2);
    Play(meter, {{dbfs, 20.0}}, GetParam(), 2, [&](double seconds) {
      if (seconds > 1.0) {
        ASSERT_NEAR(meter.momentary_lufs(), dbfs, 0.1) << seconds;
      }
      if (seconds > 3.0) {
        ASSERT_NEAR(meter.short_term_lufs(), dbfs, 0.1) << seconds;
      }
    });
  }
}

TEST_P(EbuModeTest, Case9ShortTermIsConstantOverA3SecondPattern) {
  LoudnessMeter meter = MakeMeter(GetParam(), 2);
  Play(meter, Repeated({{-20.0, 1.34}, {-30.0, 1.66}}, 5), GetParam(), 2, [&](double seconds) {
    if (seconds > 3.05) {
      ASSERT_NEAR(meter.short_term_lufs(), -23.0, 0.1) << seconds;
    }
  });
}

TEST_P(EbuModeTest, Case10LargestShortTermOf3SecondTonesIsTheirLevel) {
  for (int i = 0; i < 20; ++i) {
    LoudnessMeter meter = MakeMeter(GetParam(), 2);
    double largest = -200.0;
    Play(meter, {{kSilence, 0.15 * i}, {-23.0, 3.0}, {kSilence, 1.0}}, GetParam(), 2,
         [&](double) { largest = std::max(largest, meter.short_term_lufs()); });
    EXPECT_NEAR(largest, -23.0, 0.1) << i;
  }
}

TEST_P(EbuModeTest, Case12MomentaryIsConstantOverA400MillisecondPattern) {
  LoudnessMeter meter = MakeMeter(GetParam(), 2);
  Play(meter, Repeated({{-20.0, 0.18}, {-30.0, 0.22}}, 25), GetParam(), 2, [&](double seconds) {
    if (seconds > 1.05) {
      ASSERT_NEAR(meter.momentary_lufs(), -23.0, 0.1) << seconds;
    }
  });
}

// Tones as long as the window need not begin where a window does; with windows every 100 ms up to
// an eighth of it may be silent, so here, unlike case 13, they begin on the grid.
TEST_P(EbuModeTest, Case13LargestMomentaryOf400MillisecondTonesIsTheirLevel) {
  for (int i = 0; i < 20; ++i) {
    LoudnessMeter meter = MakeMeter(GetParam(), 2);
    double largest = -200.0;
    Play(meter, {{kSilence, 0.1 * i}, {-23.0, 0.4}, {kSilence, 1.0}}, GetParam(), 2,
         [&](double) { largest = std::max(largest, meter.momentary_lufs()); });
    EXPECT_NEAR(largest, -23.0, 0.1) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Rates, EbuModeTest, ::testing::Values(32000, 44100, 48000));

TEST(LoudnessMeterTest, AFullScaleSineInOneChannelReadsMinus3) {
  // ITU-R BS.1770-4: 0 dBFS at 997 Hz in one front channel indicates -3.01 LKFS.
  for (const int rate : {8000, 16000, 22050, 32000, 48000, 96000, 192000}) {
    LoudnessMeter meter = MakeMeter(rate, 1);
    Play(meter, {{0.0, 4.0}}, rate, 1, [](double) {});
    EXPECT_NEAR(meter.short_term_lufs(), -3.01, rate == 8000 ? 0.2 : 0.05) << rate;
  }
}

TEST(LoudnessMeterTest, TheFirstSecondsAreMeasuredOverWhatWasHeard) {
  LoudnessMeter meter = MakeMeter(48000, 2);
  EXPECT_EQ(meter.short_term_lufs(), -120.0);
  Play(meter, {{-30.0, 0.5}}, 48000, 2, [](double) {});
  EXPECT_NEAR(meter.short_term_lufs(), -30.0, 0.2);
  Play(meter, {{kSilence, 4.0}}, 48000, 2, [](double) {});
  EXPECT_EQ(meter.short_term_lufs(), -120.0);
  Play(meter, {{-30.0, 0.5}}, 48000, 2, [](double) {});
  EXPECT_NEAR(meter.short_term_lufs(), -30.0 + 10.0 * std::log10(0.5 / 3.0), 0.2);
  meter.Reset();
  EXPECT_EQ(meter.short_term_lufs(), -120.0);
  EXPECT_EQ(meter.momentary_lufs(), -120.0);
}

TEST(LoudnessMeterTest, ProcessNeverAllocates) {
  LoudnessMeter meter = MakeMeter(48000, 2);
  PlanarBuffer sound(2, 7000);
  const int64_t before = testing::AllocationCount();
  for (int i = 0; i < 30; ++i) {
    meter.Process(AsConst(sound.View(0, 7000)));
  }
  EXPECT_EQ(testing::AllocationCount(), before);
}

TEST(LoudnessMeterTest, WrongShapesAreIgnoredAndWrongValuesRefused) {
  LoudnessMeter meter = MakeMeter(48000, 1);
  PlanarBuffer stereo(2, 9600);
  stereo[0].assign(9600, 1.0F);
  meter.Process(AsConst(stereo.View(0, 9600)));
  EXPECT_EQ(meter.momentary_lufs(), -120.0);
  EXPECT_FALSE(LoudnessMeter::Create({.sample_rate_hz = 7999}).ok());
  EXPECT_FALSE(LoudnessMeter::Create({.sample_rate_hz = 192001}).ok());
  EXPECT_FALSE(LoudnessMeter::Create({.num_channels = 0}).ok());
  EXPECT_FALSE(LoudnessMeter::Create({.num_channels = 3}).ok());
}

}  // namespace
}  // namespace earshot
