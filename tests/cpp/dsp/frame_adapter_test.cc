// Oracle: a stage that changes nothing makes the adapter a pure delay; and no smaller delay could
// serve the same blocks.
#include "dsp/frame_adapter.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <vector>

#include "support/planar_buffer.h"

namespace earshot {
namespace {

using testing::AsConst;
using testing::PlanarBuffer;

FrameAdapter Make(int num_channels, int frame_samples, int block_multiple) {
  auto adapter = FrameAdapter::Create({.num_channels = num_channels,
                                       .frame_samples = frame_samples,
                                       .block_multiple = block_multiple});
  EXPECT_TRUE(adapter.ok());
  return std::move(adapter).value();
}

/// Channel c holds c·1000000 + 1, + 2, …: every sample says where it came from.
PlanarBuffer Ramp(int num_channels, int num_frames) {
  PlanarBuffer ramp(num_channels, num_frames);
  for (int c = 0; c < num_channels; ++c) {
    std::iota(ramp[c].begin(), ramp[c].end(), static_cast<float>(c * 1000000 + 1));
  }
  return ramp;
}

void ExpectDelayed(const PlanarBuffer& in, const PlanarBuffer& out, int delay) {
  for (int c = 0; c < in.num_channels(); ++c) {
    for (int n = 0; n < in.num_frames(); ++n) {
      const float expected = n < delay ? 0.0f : in[c][static_cast<std::size_t>(n - delay)];
      ASSERT_EQ(out[c][static_cast<std::size_t>(n)], expected)
          << "channel " << c << " sample " << n;
    }
  }
}

/// Largest t mod frame over the times between blocks: what any adapter must wait at least.
int NecessaryDelay(int frame_samples, const std::vector<int>& blocks) {
  int time = 0;
  int delay = 0;
  for (const int block : blocks) {
    time += block;
    delay = std::max(delay, time % frame_samples);
  }
  return delay;
}

struct Shape {
  int block;
  int frame;
};
class FixedBlocks : public ::testing::TestWithParam<Shape> {};

TEST_P(FixedBlocks, ArriveDelayedByTheLeastPossible) {
  const auto [block, frame] = GetParam();
  const std::vector<int> blocks(static_cast<std::size_t>(frame + 3), block);
  FrameAdapter adapter = Make(2, frame, block);
  PlanarBuffer in = Ramp(2, block * static_cast<int>(blocks.size()));
  PlanarBuffer out(2, in.num_frames());
  int frames = 0;
  for (int start = 0; start < in.num_frames(); start += block) {
    adapter.Process(AsConst(in.View(start, block)), out.View(start, block), [&](AudioView view) {
      EXPECT_EQ(view.num_frames(), frame);
      EXPECT_EQ(view.num_channels(), 2);
      // The frames tile the input: the first sample of each continues the last.
      EXPECT_EQ(view.channel(0)[0], static_cast<float>(frames * frame + 1));
      ++frames;
    });
  }
  EXPECT_EQ(frames, in.num_frames() / frame);
  EXPECT_EQ(adapter.latency_samples(), NecessaryDelay(frame, blocks));
  ExpectDelayed(in, out, adapter.latency_samples());
}

INSTANTIATE_TEST_SUITE_P(Shapes, FixedBlocks,
                         ::testing::Values(Shape{128, 480}, Shape{480, 480}, Shape{480, 128},
                                           Shape{128, 256}, Shape{256, 128}, Shape{441, 480},
                                           Shape{1, 7}, Shape{7, 1}, Shape{1024, 480}));

TEST(FrameAdapterTest, RandomBlocksArriveDelayedByOneSampleLessThanAFrame) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> length(0, 2000);
  FrameAdapter adapter = Make(2, 480, 1);
  EXPECT_EQ(adapter.latency_samples(), 479);
  PlanarBuffer in = Ramp(2, 200000);
  PlanarBuffer out(2, in.num_frames());
  for (int start = 0; start < in.num_frames();) {
    const int count = std::min(length(random), in.num_frames() - start);
    adapter.Process(AsConst(in.View(start, count)), out.View(start, count), [](AudioView) {});
    start += count;
  }
  EXPECT_EQ(adapter.latency_samples(), 479);
  ExpectDelayed(in, out, 479);
}

TEST(FrameAdapterTest, WorksInPlace) {
  FrameAdapter adapter = Make(1, 480, 128);
  const PlanarBuffer in = Ramp(1, 128 * 50);
  PlanarBuffer samples = in;
  for (int start = 0; start < samples.num_frames(); start += 128) {
    const AudioView view = samples.View(start, 128);
    adapter.Process(AsConst(view), view, [](AudioView) {});
  }
  ExpectDelayed(in, samples, 448);
}

TEST(FrameAdapterTest, ReturnsWhatTheStageMadeOfIt) {
  FrameAdapter adapter = Make(1, 32, 32);
  PlanarBuffer in = Ramp(1, 320);
  PlanarBuffer out(1, 320);
  adapter.Process(AsConst(in.View(0, 320)), out.View(0, 320), [](AudioView frame) {
    for (float& sample : frame.channel(0)) sample *= -2.0f;
  });
  for (std::size_t n = 0; n < 320; ++n) ASSERT_EQ(out[0][n], -2.0f * in[0][n]);
}

TEST(FrameAdapterTest, UnexpectedLengthRaisesTheDelayOnceAndLosesNothing) {
  FrameAdapter adapter = Make(1, 480, 128);
  constexpr int kSwitch = 128 * 9;
  PlanarBuffer in = Ramp(1, kSwitch + 100 * 100);
  PlanarBuffer out(1, in.num_frames());
  for (int start = 0; start < in.num_frames();) {
    const int count = start < kSwitch ? 128 : 100;
    adapter.Process(AsConst(in.View(start, count)), out.View(start, count), [](AudioView) {});
    start += count;
    EXPECT_EQ(adapter.latency_samples(), start <= kSwitch ? 448 : 476) << start;
  }
  // 448 zeros, the sound up to the switch, gcd(480, 128) − gcd(480, 128, 100) = 28 zeros, the rest
  // of the sound.
  std::vector<float> expected(448, 0.0f);
  expected.insert(expected.end(), in[0].begin(), in[0].begin() + kSwitch - 448);
  expected.insert(expected.end(), 28, 0.0f);
  expected.insert(expected.end(), in[0].begin() + kSwitch - 448, in[0].end() - 476);
  EXPECT_EQ(out[0], expected);
}

TEST(FrameAdapterTest, ResetForgetsSoundAndKeepsTheDelay) {
  FrameAdapter adapter = Make(1, 480, 128);
  PlanarBuffer in = Ramp(1, 128 * 30);
  PlanarBuffer out(1, in.num_frames());
  adapter.Process(AsConst(in.View(0, 100)), out.View(0, 100), [](AudioView) {});
  adapter.Reset();
  EXPECT_EQ(adapter.latency_samples(), 476);
  adapter.Process(AsConst(in.View(0, in.num_frames())), out.View(0, in.num_frames()),
                  [](AudioView) {});
  ExpectDelayed(in, out, 476);
}

TEST(FrameAdapterTest, RefusesEmptyShapes) {
  EXPECT_FALSE(FrameAdapter::Create({.num_channels = 0}).ok());
  EXPECT_FALSE(FrameAdapter::Create({.frame_samples = 0}).ok());
  EXPECT_FALSE(FrameAdapter::Create({.block_multiple = 0}).ok());
}

}  // namespace
}  // namespace earshot
