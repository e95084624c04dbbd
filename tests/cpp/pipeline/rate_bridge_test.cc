#include "pipeline/rate_bridge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "support/planar_buffer.h"

namespace earshot {
namespace {

using testing::AsConst;
using testing::PlanarBuffer;

struct Rates {
  int outer_hz;
  int inner_hz;
};

class RateBridgeTest : public ::testing::TestWithParam<Rates> {};

// Were there ever too few samples for a block, silence would slip in and the streams would differ
// from there on.
TEST_P(RateBridgeTest, AnyBlocksGiveTheSameStream) {
  const int outer_hz = GetParam().outer_hz;
  const int inner_hz = GetParam().inner_hz;
  constexpr int kMaxBlock = 1024;
  const int length = 10 * outer_hz;
  PlanarBuffer even(1, length);
  std::mt19937 random(static_cast<uint32_t>(outer_hz));
  std::normal_distribution<float> normal(0.0F, 0.1F);
  for (float& sample : even[0]) {
    sample = normal(random);
  }
  PlanarBuffer uneven = even;
  const auto play = [&](PlanarBuffer& signal, auto next_block) {
    auto bridge = RateBridge::Create({.outer_rate_hz = outer_hz,
                                      .inner_rate_hz = inner_hz,
                                      .num_channels = 1,
                                      .max_block_frames = kMaxBlock});
    ASSERT_TRUE(bridge.ok());
    int64_t inner_frames = 0;
    for (int start = 0; start < length;) {
      const int frames = std::min(next_block(), length - start);
      const AudioView view = signal.View(start, frames);
      bridge.value().Process(AsConst(view), view,
                             [&](AudioView inner) { inner_frames += inner.num_frames(); });
      start += frames;
    }
    EXPECT_NEAR(static_cast<double>(inner_frames), 10.0 * inner_hz, 2.0);
  };
  play(even, [] { return 128; });
  play(uneven, [&] { return random() % 4 == 0 ? 1 : 1 + static_cast<int>(random() % kMaxBlock); });
  EXPECT_EQ(even[0], uneven[0]);
}

INSTANTIATE_TEST_SUITE_P(Pairs, RateBridgeTest,
                         ::testing::Values(Rates{8000, 48000}, Rates{11025, 48000},
                                           Rates{44100, 48000}, Rates{47999, 48000},
                                           Rates{192000, 48000}, Rates{192000, 8000}));

TEST(RateBridgeTest, CreateRefusesWhatItCannotBridge) {
  EXPECT_FALSE(RateBridge::Create({.outer_rate_hz = 48000, .inner_rate_hz = 48000}).ok());
  EXPECT_FALSE(RateBridge::Create({.outer_rate_hz = 1, .inner_rate_hz = 48000}).ok());
  EXPECT_FALSE(RateBridge::Create({.outer_rate_hz = 48000, .inner_rate_hz = 1}).ok());
  EXPECT_FALSE(RateBridge::Create({.max_block_frames = 0}).ok());
}

}  // namespace
}  // namespace earshot
