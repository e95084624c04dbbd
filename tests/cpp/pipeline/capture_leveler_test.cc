// The chain without the suppressor in the path of the sound: for remote participants.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "pipeline/capture_chain.h"
#include "support/allocation_counter.h"
#include "support/planar_buffer.h"
#include "support/recording.h"

namespace earshot {
namespace {

using testing::AsConst;
using testing::PlanarBuffer;

std::unique_ptr<CaptureChain> MakeLeveler(int rate, int num_channels = 1) {
  auto chain = CaptureChain::Create({.sample_rate_hz = rate,
                                     .num_channels = num_channels,
                                     .max_block_frames = 1024,
                                     .noise_suppressor = false});
  EXPECT_TRUE(chain.ok()) << chain.status().message();
  return std::move(chain).value();
}

void Play(CaptureChain& chain, PlanarBuffer& signal, int max_block, uint32_t seed) {
  std::mt19937 random(seed);
  for (int start = 0; start < signal.num_frames();) {
    const int wanted =
        seed == 0 ? max_block : 1 + static_cast<int>(random() % static_cast<uint32_t>(max_block));
    const int frames = std::min(wanted, signal.num_frames() - start);
    const AudioView view = signal.View(start, frames);
    chain.Process(AsConst(view), view);
    start += frames;
  }
}

/// The recorded voice at `gain`, said again and again.
PlanarBuffer Voice(int rate, double seconds, float gain) {
  const std::vector<float> voice =
      testing::ReadRecording(EARSHOT_TEST_DATA "/clean-speech.wav", rate);
  PlanarBuffer signal(1, static_cast<int>(seconds * rate));
  for (std::size_t i = 0; i < signal[0].size() && !voice.empty(); ++i) {
    signal[0][i] = gain * voice[i % voice.size()];
  }
  return signal;
}

class CaptureLevelerTest : public ::testing::TestWithParam<int> {};

TEST_P(CaptureLevelerTest, IsLateByTheLimiterAloneAndOtherwiseTransparent) {
  const int rate = GetParam();
  const auto chain = MakeLeveler(rate);
  chain->set_auto_gain_control(false);
  const double latency = chain->latency_samples();
  EXPECT_EQ(latency, std::floor(latency));
  EXPECT_LE(latency, 0.002 * rate);
  PlanarBuffer signal(1, rate / 2);
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-0.2F, 0.2F);
  for (float& sample : signal[0]) sample = uniform(random);
  const std::vector<float> input = signal[0];
  Play(*chain, signal, 1024, 5);
  const auto late = static_cast<std::size_t>(latency);
  for (std::size_t i = late; i < input.size(); ++i) {
    ASSERT_EQ(signal[0][i], input[i - late]) << i;
  }
}

TEST_P(CaptureLevelerTest, BlocksDoNotChangeTheSound) {
  const int rate = GetParam();
  PlanarBuffer whole = Voice(rate, 3.0, 0.1F);
  PlanarBuffer parts = whole;
  Play(*MakeLeveler(rate), whole, 128, 0);
  Play(*MakeLeveler(rate), parts, 700, 9);
  EXPECT_EQ(whole[0], parts[0]);
}

INSTANTIATE_TEST_SUITE_P(Rates, CaptureLevelerTest,
                         ::testing::Values(8000, 16000, 22050, 44100, 48000, 96000, 192000));

TEST(CaptureLevelerTest, QuietAndLoudTalkersComeOutAlikeAtAnyRate) {
  for (const int rate : {16000, 44100, 48000}) {
    std::vector<double> loudness;
    for (const float gain : {0.05F, 0.3F, 2.0F}) {
      const auto chain = MakeLeveler(rate);
      PlanarBuffer signal = Voice(rate, 12.0, gain);
      Play(*chain, signal, 128, 0);
      loudness.push_back(chain->stats().output_loudness_lufs);
      EXPECT_NEAR(chain->stats().output_loudness_lufs, -23.0, 3.0) << rate << " " << gain;
    }
    EXPECT_LT(*std::max_element(loudness.begin(), loudness.end()) -
                  *std::min_element(loudness.begin(), loudness.end()),
              2.0);
  }
}

TEST(CaptureLevelerTest, TheTargetIsSettableAndWrongValuesAreRefused) {
  const auto chain = MakeLeveler(48000);
  EXPECT_TRUE(chain->set_gain_control({.target_loudness_lufs = -30.0F}).ok());
  EXPECT_EQ(chain->set_gain_control({.target_loudness_lufs = 0.0F}).code(),
            StatusCode::kInvalidArgument);
  PlanarBuffer signal = Voice(48000, 12.0, 0.1F);
  Play(*chain, signal, 128, 0);
  EXPECT_NEAR(chain->stats().output_loudness_lufs, -30.0, 3.0);
}

TEST(CaptureLevelerTest, VoiceIsFoundInSpeechAndLostInSilence) {
  const auto chain = MakeLeveler(48000);
  EXPECT_FALSE(chain->stats().voice_active);
  PlanarBuffer voice = Voice(48000, 4.0, 0.3F);
  bool found = false;
  for (int start = 0; start < voice.num_frames(); start += 128) {
    const AudioView view = voice.View(start, 128);
    chain->Process(AsConst(view), view);
    found = found || chain->stats().voice_active;
  }
  EXPECT_TRUE(found);
  PlanarBuffer silence(1, 48000);
  Play(*chain, silence, 128, 0);
  EXPECT_FALSE(chain->stats().voice_active);
  EXPECT_GE(chain->stats().voice_changes, 2.0);
  EXPECT_EQ(std::fmod(chain->stats().voice_changes, 2.0), 0.0);
}

TEST(CaptureLevelerTest, NeverAllocates) {
  for (const int rate : {16000, 48000}) {
    const auto chain = MakeLeveler(rate, 2);
    PlanarBuffer signal(2, rate);
    const int64_t before = testing::AllocationCount();
    Play(*chain, signal, 1024, 3);
    EXPECT_TRUE(chain->set_gain_control({.max_gain_db = 10.0F}).ok());
    EXPECT_EQ(testing::AllocationCount(), before);
  }
}

}  // namespace
}  // namespace earshot
