#include "agc/gain_ramp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "support/planar_buffer.h"

namespace earshot {
namespace {

using testing::PlanarBuffer;

TEST(GainRampTest, RunsStraightAndArrivesWithTheLastSample) {
  GainRamp ramp;
  PlanarBuffer ones(1, 150);
  ones[0].assign(150, 1.0F);
  ramp.Start(3.0F, 100);
  ramp.Process(ones.View(0, 150));
  for (std::size_t i = 0; i < 150; ++i) {
    EXPECT_NEAR(ones[0][i], 1.0F + 0.02F * static_cast<float>(std::min<std::size_t>(i + 1, 100)),
                1e-5F);
  }
  EXPECT_EQ(ones[0][99], 3.0F);
}

TEST(GainRampTest, ANewAimStartsWhereTheOldRampIs) {
  GainRamp ramp;
  PlanarBuffer ones(1, 60);
  ones[0].assign(60, 1.0F);
  ramp.Start(2.0F, 100);
  ramp.Process(ones.View(0, 50));
  ramp.Start(1.0F, 10);
  ramp.Process(ones.View(50, 10));
  EXPECT_NEAR(ones[0][49], 1.5F, 1e-5F);
  EXPECT_NEAR(ones[0][50], 1.45F, 1e-5F);
  EXPECT_EQ(ones[0][59], 1.0F);
}

TEST(GainRampTest, BlocksDoNotChangeABitAndChannelsShareTheGain) {
  std::mt19937 random(2);
  PlanarBuffer whole(2, 2000);
  for (std::size_t i = 0; i < 2000; ++i) {
    whole[0][i] = std::uniform_real_distribution<float>(-1.0F, 1.0F)(random);
    whole[1][i] = 0.5F * whole[0][i];
  }
  PlanarBuffer parts = whole;
  GainRamp one;
  GainRamp other;
  for (int start = 0; start < 2000; start += 500) {
    const float aim = start % 1000 == 0 ? 0.3F : 1.0F;
    one.Start(aim, 400);
    one.Process(whole.View(start, 500));
    other.Start(aim, 400);
    for (int at = 0; at < 500;) {
      const int count = std::min(1 + static_cast<int>(random() % 90), 500 - at);
      other.Process(parts.View(start + at, count));
      at += count;
    }
  }
  EXPECT_EQ(whole[0], parts[0]);
  for (std::size_t i = 0; i < 2000; ++i) {
    ASSERT_EQ(whole[1][i], 0.5F * whole[0][i]);
  }
}

TEST(GainRampTest, AGainOfOneLeavesEverySampleAsItIs) {
  GainRamp ramp;
  PlanarBuffer signal(1, 64);
  signal[0].assign(64, 0.1F);
  ramp.Start(0.5F, 16);
  ramp.Process(signal.View(0, 16));
  ramp.Start(1.0F, 16);
  ramp.Process(signal.View(16, 16));
  ramp.Start(1.0F, 16);
  ramp.Process(signal.View(32, 32));
  for (std::size_t i = 31; i < 64; ++i) {
    EXPECT_EQ(signal[0][i], 0.1F);
  }
}

}  // namespace
}  // namespace earshot
