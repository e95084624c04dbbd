#include "pipeline/capture_chain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "support/allocation_counter.h"
#include "support/planar_buffer.h"

namespace earshot {
namespace {

using testing::AsConst;
using testing::PlanarBuffer;

constexpr float kCeiling = 0.89125094F;  // -1 dBFS

std::unique_ptr<CaptureChain> MakeChain(const CaptureChainConfig& config) {
  auto chain = CaptureChain::Create(config);
  EXPECT_TRUE(chain.ok()) << chain.status().message();
  return std::move(chain).value();
}

PlanarBuffer Noise(int num_channels, int num_frames, float rms, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.0F, rms);
  PlanarBuffer signal(num_channels, num_frames);
  for (int c = 0; c < num_channels; ++c) {
    for (float& sample : signal[c]) {
      sample = normal(random);
    }
  }
  return signal;
}

/// In place, in blocks of random length up to `max_block`.
void PlayInBlocks(CaptureChain& chain, PlanarBuffer& signal, int max_block, uint32_t seed) {
  std::mt19937 random(seed);
  for (int start = 0; start < signal.num_frames();) {
    const int wanted = 1 + static_cast<int>(random() % static_cast<uint32_t>(max_block));
    const int frames = std::min(wanted, signal.num_frames() - start);
    const AudioView view = signal.View(start, frames);
    chain.Process(AsConst(view), view);
    start += frames;
  }
}

TEST(CaptureChainTest, AMinuteOfRandomBlocksAt44100GivesTheStreamOfEqualBlocks) {
  PlanarBuffer uneven = Noise(1, 60 * 44100, 0.05F, 1);
  PlanarBuffer even = uneven;
  const auto chain = MakeChain({.sample_rate_hz = 44100, .max_block_frames = 1024});
  PlayInBlocks(*chain, uneven, 1024, 2);
  const auto reference = MakeChain({.sample_rate_hz = 44100, .max_block_frames = 128});
  for (int start = 0; start < even.num_frames(); start += 128) {
    const AudioView view = even.View(start, std::min(128, even.num_frames() - start));
    reference->Process(AsConst(view), view);
  }
  EXPECT_TRUE(uneven[0] == even[0]);
  EXPECT_EQ(chain->latency_samples(), reference->latency_samples());
}

TEST(CaptureChainTest, OutputMayBeOtherMemoryAndBlocksMayBeLong) {
  PlanarBuffer in = Noise(2, 20000, 0.05F, 3);
  PlanarBuffer in_place = in;
  PlanarBuffer out(2, 20000);
  const auto one_block = MakeChain({.num_channels = 2, .max_block_frames = 20000});
  one_block->Process(AsConst(in.View(0, 20000)), out.View(0, 20000));
  const auto many_blocks = MakeChain({.num_channels = 2, .max_block_frames = 480});
  PlayInBlocks(*many_blocks, in_place, 480, 4);
  EXPECT_EQ(out[0], in_place[0]);
  EXPECT_EQ(out[1], in_place[1]);
}

TEST(CaptureChainTest, HostileSamplesCountAsSilenceAndLeaveNoTrace) {
  const float hostile[] = {std::numeric_limits<float>::quiet_NaN(),
                           std::numeric_limits<float>::infinity(),
                           -std::numeric_limits<float>::infinity()};
  for (const int rate : {44100, 48000}) {
    PlanarBuffer poisoned = Noise(1, rate, 0.05F, 5);
    PlanarBuffer clean = poisoned;
    std::mt19937 random(6);
    for (std::size_t i = 5000; i < 12000; ++i) {
      if (random() % 3 == 0) {
        poisoned[0][i] = hostile[random() % 3];
        clean[0][i] = 0.0F;
      }
    }
    const auto chain = MakeChain({.sample_rate_hz = rate, .max_block_frames = 128});
    const auto reference = MakeChain({.sample_rate_hz = rate, .max_block_frames = 128});
    PlayInBlocks(*chain, poisoned, 128, 7);
    PlayInBlocks(*reference, clean, 128, 7);
    EXPECT_EQ(poisoned[0], clean[0]);
    EXPECT_TRUE(std::isfinite(chain->stats().input_rms_dbfs));
  }
}

TEST(CaptureChainTest, HugeFiniteSamplesStayBelowTheCeiling) {
  PlanarBuffer signal = Noise(2, 48000, 3.0F, 8);
  for (std::size_t i = 0; i < 48000; i += 1000) {
    signal[0][i] = std::numeric_limits<float>::max();
    signal[1][i + 1] = std::numeric_limits<float>::lowest();
  }
  const auto chain = MakeChain({.num_channels = 2});
  PlayInBlocks(*chain, signal, 128, 9);
  for (const int c : {0, 1}) {
    for (const float sample : signal[c]) {
      ASSERT_FALSE(!(std::fabs(sample) <= kCeiling)) << sample;
    }
  }
}

TEST(CaptureChainTest, SwitchingStagesNeitherClicksNorShifts) {
  const auto chain = MakeChain({});
  chain->set_noise_suppression(0.0F);
  PlanarBuffer signal(1, 4 * 48000);
  const float step = 2.0F * 3.14159265F * 440.0F / 48000.0F;
  for (std::size_t i = 0; i < signal[0].size(); ++i) {
    signal[0][i] = 0.2F * std::sin(step * static_cast<float>(i % 1200));  // 11 whole periods
  }
  std::mt19937 random(10);
  const double latency = chain->latency_samples();
  for (int start = 0; start < signal.num_frames(); start += 128) {
    if (start / 128 % 20 == 0) {
      chain->set_noise_suppression(0.5F * static_cast<float>(random() % 3));
      chain->set_auto_gain_control(random() % 2 == 0);
      chain->set_limiter(random() % 2 == 0);
    }
    const AudioView view = signal.View(start, 128);
    chain->Process(AsConst(view), view);
    ASSERT_EQ(chain->latency_samples(), latency);
  }
  // A sine whose amplitude glides satisfies x[n+1] + x[n-1] = 2·cos(ω)·x[n] up to the glide; a
  // click or a shift would stand out by about its height.
  const float two_cosine = 2.0F * std::cos(step);
  for (std::size_t i = 4801; i + 1 < signal[0].size(); ++i) {
    ASSERT_NEAR(signal[0][i + 1] + signal[0][i - 1], two_cosine * signal[0][i], 2e-3F) << i;
  }
}

TEST(CaptureChainTest, ABlockThatBreaksThePromiseIsStillHeard) {
  const auto chain = MakeChain({.max_block_frames = 128, .block_multiple = 128});
  chain->set_noise_suppression(0.0F);
  chain->set_auto_gain_control(false);
  PlanarBuffer signal = Noise(1, 20000, 0.05F, 11);
  const std::vector<float> input = signal[0];
  PlayInBlocks(*chain, signal, 128, 12);
  const auto latency = static_cast<std::size_t>(chain->latency_samples());
  EXPECT_EQ(latency, 255U + 512U + 72U);
  for (std::size_t i = 10000; i < input.size(); ++i) {
    ASSERT_NEAR(signal[0][i], input[i - latency], 1e-6F);
  }
}

TEST(CaptureChainTest, AWrongShapeLeavesTheOutputAlone) {
  const auto chain = MakeChain({.num_channels = 1, .max_block_frames = 128});
  PlanarBuffer in(1, 256);
  PlanarBuffer stereo(2, 256);
  PlanarBuffer out(1, 256);
  out[0].assign(256, 7.0F);
  stereo[0].assign(256, 7.0F);
  chain->Process(AsConst(in.View(0, 129)), out.View(0, 129));
  chain->Process(AsConst(in.View(0, 0)), out.View(0, 0));
  chain->Process(AsConst(in.View(0, 64)), out.View(0, 65));
  chain->Process(AsConst(in.View(0, 64)), stereo.View(0, 64));
  EXPECT_EQ(out[0], std::vector<float>(256, 7.0F));
  EXPECT_EQ(stereo[0], std::vector<float>(256, 7.0F));
  EXPECT_EQ(chain->stats().frames_processed, 0.0);
}

TEST(CaptureChainTest, StatsDescribeTheSound) {
  const auto chain = MakeChain({.num_channels = 2});
  chain->set_auto_gain_control(false);
  PlanarBuffer signal = Noise(2, 5 * 48000, 0.01F, 13);
  std::fill(signal[0].begin(), signal[0].end(), 0.0F);
  PlayInBlocks(*chain, signal, 128, 14);
  const CaptureStats& stats = chain->stats();
  EXPECT_NEAR(stats.input_rms_dbfs, -40.0, 1.5);  // the louder channel
  EXPECT_GT(stats.input_peak_dbfs, stats.input_rms_dbfs + 6.0);
  EXPECT_NEAR(stats.noise_level_dbfs, -43.0, 1.5);  // mean of the channels
  EXPECT_GT(stats.noise_attenuation_db, 10.0);
  EXPECT_LT(stats.output_rms_dbfs, stats.input_rms_dbfs - 10.0);
  EXPECT_LT(stats.speech_probability, 0.9);
  EXPECT_EQ(stats.gain_db, 0.0);
  EXPECT_EQ(stats.limiter_reduction_db, 0.0);
  EXPECT_EQ(stats.frames_processed, 5.0 * 48000.0);
}

TEST(CaptureChainTest, ProcessAndSettersNeverAllocate) {
  for (const int rate : {16000, 44100, 48000}) {
    const auto chain =
        MakeChain({.sample_rate_hz = rate, .num_channels = 2, .max_block_frames = 700});
    PlanarBuffer signal = Noise(2, rate, 0.5F, 15);
    const int64_t before = testing::AllocationCount();
    for (const float strength : {0.0F, 1.0F}) {
      chain->set_noise_suppression(strength);
      chain->set_auto_gain_control(strength > 0.5F);
      chain->set_limiter(strength > 0.5F);
      PlayInBlocks(*chain, signal, 700, 16);
    }
    EXPECT_GE(chain->stats().frames_processed, 2.0 * rate);
    EXPECT_EQ(testing::AllocationCount(), before);
  }
}

TEST(CaptureChainTest, CreateRefusesValuesOutOfRange) {
  const auto refused = [](const CaptureChainConfig& config) {
    const auto chain = CaptureChain::Create(config);
    return !chain.ok() && chain.status().code() == StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused({.sample_rate_hz = 7999}));
  EXPECT_TRUE(refused({.sample_rate_hz = 192001}));
  EXPECT_TRUE(refused({.num_channels = 0}));
  EXPECT_TRUE(refused({.num_channels = 3}));
  EXPECT_TRUE(refused({.max_block_frames = 0}));
  EXPECT_TRUE(refused({.max_block_frames = 65537}));
  EXPECT_TRUE(refused({.block_multiple = 0}));
  EXPECT_TRUE(refused({.max_block_frames = 128, .block_multiple = 129}));
}

}  // namespace
}  // namespace earshot
