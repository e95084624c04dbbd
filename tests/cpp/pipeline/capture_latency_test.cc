// What the chain does to sound when every stage is off: nothing, latency_samples() late.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <vector>

#include "pipeline/capture_chain.h"
#include "support/planar_buffer.h"

namespace earshot {
namespace {

using testing::AsConst;
using testing::PlanarBuffer;

std::unique_ptr<CaptureChain> MakeIdleChain(const CaptureChainConfig& config) {
  auto chain = CaptureChain::Create(config);
  EXPECT_TRUE(chain.ok()) << chain.status().message();
  chain.value()->set_noise_suppression(0.0F);
  chain.value()->set_auto_gain_control(false);
  chain.value()->set_limiter(false);
  return std::move(chain).value();
}

std::vector<float> Play(CaptureChain& chain, const std::vector<float>& input, int block) {
  PlanarBuffer signal(1, static_cast<int>(input.size()));
  signal[0] = input;
  for (int start = 0; start < signal.num_frames(); start += block) {
    const AudioView view = signal.View(start, std::min(block, signal.num_frames() - start));
    chain.Process(AsConst(view), view);
  }
  return signal[0];
}

std::vector<float> Noise(int length) {
  std::mt19937 random(31);
  std::normal_distribution<float> normal(0.0F, 0.1F);
  std::vector<float> samples(static_cast<std::size_t>(length));
  for (float& sample : samples) {
    sample = normal(random);
  }
  return samples;
}

/// Lag of the largest cross-correlation, refined by a parabola.
double MeasuredLag(const std::vector<float>& input, const std::vector<float>& output, int max_lag) {
  std::vector<double> correlation(static_cast<std::size_t>(max_lag));
  for (std::size_t lag = 0; lag < correlation.size(); ++lag) {
    for (std::size_t i = 0; i + lag < output.size(); ++i) {
      correlation[lag] += static_cast<double>(input[i]) * static_cast<double>(output[i + lag]);
    }
  }
  const auto best = static_cast<std::size_t>(
      std::max_element(correlation.begin(), correlation.end()) - correlation.begin());
  EXPECT_GT(best, 0U);
  EXPECT_LT(best, correlation.size() - 1);
  const double before = correlation[best - 1];
  const double after = correlation[best + 1];
  return static_cast<double>(best) +
         0.5 * (before - after) / (before - 2.0 * correlation[best] + after);
}

class CaptureLatencyTest : public ::testing::TestWithParam<int> {};

TEST_P(CaptureLatencyTest, IsWhatTheCrossCorrelationSays) {
  const int rate = GetParam();
  const auto chain = MakeIdleChain({.sample_rate_hz = rate, .block_multiple = 128});
  const double latency = chain->latency_samples();
  const std::vector<float> input = Noise((2 * static_cast<int>(latency) + 4000) / 128 * 128);
  const std::vector<float> output = Play(*chain, input, 128);
  // What the parabola misses.
  EXPECT_NEAR(MeasuredLag(input, output, 2 * static_cast<int>(latency)), latency, 0.15);
  EXPECT_EQ(chain->latency_samples(), latency);
}

TEST_P(CaptureLatencyTest, OfTheWholeChainIsAtMost20Ms) {
  const int rate = GetParam();
  const auto chain = MakeIdleChain({.sample_rate_hz = rate, .block_multiple = 128});
  // The filters of the resamplers last longer the lower the rate; a context runs at 44.1 kHz or
  // more.
  if (rate >= 44100) {
    EXPECT_LE(1000.0 * chain->latency_samples() / rate, 20.0);
  }
  if (rate == 48000) {
    EXPECT_EQ(chain->latency_samples(), 128 + 512 + 72);
    EXPECT_EQ(MakeIdleChain({})->latency_samples(), 255 + 512 + 72);
  }
}

TEST_P(CaptureLatencyTest, TonesPassUnchangedInLevelAndTime) {
  const int rate = GetParam();
  const auto chain = MakeIdleChain({.sample_rate_hz = rate, .max_block_frames = 256});
  const double latency = chain->latency_samples();
  const int length = rate / 2;
  // Up to nine tenths of the narrower band.
  const double edge_hz = 0.9 * 0.5 * std::min(rate, 48000);
  const std::vector<double> tones_hz = {0.01 * edge_hz, 0.1 * edge_hz, 0.5 * edge_hz, edge_hz};
  std::vector<float> input(static_cast<std::size_t>(length));
  for (std::size_t i = 0; i < input.size(); ++i) {
    double sum = 0.0;
    for (const double hz : tones_hz) {
      sum += 0.1 * std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(i) / rate);
    }
    input[i] = static_cast<float>(sum);
  }
  const std::vector<float> output = Play(*chain, input, 256);
  // A Hann-windowed projection of each tone, settled part only.
  const auto project = [&](const std::vector<float>& x, int shift, double hz) {
    const int begin = rate / 8;
    const int count = rate / 4;
    std::complex<double> sum = 0.0;
    for (int i = 0; i < count; ++i) {
      const double window = 1.0 - std::cos(2.0 * std::numbers::pi * i / count);
      sum += window * static_cast<double>(x[static_cast<std::size_t>(begin + shift + i)]) *
             std::polar(1.0, -2.0 * std::numbers::pi * hz * (begin + i) / rate);
    }
    return sum;
  };
  for (const double hz : tones_hz) {
    const std::complex<double> ratio =
        project(output, static_cast<int>(latency), hz) / project(input, 0, hz);
    EXPECT_NEAR(20.0 * std::log10(std::abs(ratio)), 0.0, 0.25) << hz;  // two resamplers of 0.1 dB
    const double late_samples = -std::arg(ratio) / (2.0 * std::numbers::pi * hz / rate);
    EXPECT_NEAR(late_samples, latency - std::floor(latency), 1e-3) << hz;
  }
}

INSTANTIATE_TEST_SUITE_P(Rates, CaptureLatencyTest,
                         ::testing::Values(8000, 16000, 22050, 24000, 32000, 44100, 48000, 88200,
                                           96000, 192000));

TEST(CaptureIdentityTest, At48KhzTheOutputIsTheInputLatencySamplesLater) {
  for (const int block_multiple : {1, 64, 128}) {
    const auto chain = MakeIdleChain({.block_multiple = block_multiple});
    const auto latency = static_cast<std::size_t>(chain->latency_samples());
    const std::vector<float> input = Noise(20 * 128 * 10);
    const std::vector<float> output = Play(*chain, input, 128);
    for (std::size_t i = 0; i < latency; ++i) {
      ASSERT_NEAR(output[i], 0.0F, 1e-6F) << i;
    }
    for (std::size_t i = latency; i < output.size(); ++i) {
      ASSERT_NEAR(output[i], input[i - latency], 1e-6F) << i;
    }
  }
}

}  // namespace
}  // namespace earshot
