// Gain control within the chain, on recorded speech in recorded noise: the suppressor's own speech
// probability drives it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "pipeline/capture_chain.h"
#include "support/planar_buffer.h"
#include "support/recording.h"

namespace earshot {
namespace {

using testing::AsConst;
using testing::PlanarBuffer;
using testing::ReadRecording;

constexpr int kRateHz = 48000;
constexpr double kTargetDbfs = -22.0;  // of this voice at -23 LUFS

/// Level of active speech after the idea of ITU-T P.56: mean power of the 20 ms frames that lie no
/// more than 15.9 dB below that mean.
double ActiveLevelDbfs(const float* samples, std::size_t length) {
  std::vector<double> powers;
  for (std::size_t start = 0; start + 960 <= length; start += 960) {
    double energy = 0.0;
    for (std::size_t i = start; i < start + 960; ++i) {
      energy += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
    }
    powers.push_back(energy / 960.0);
  }
  double mean = 0.0;
  for (int round = 0; round < 20; ++round) {
    double sum = 0.0;
    int count = 0;
    for (const double power : powers) {
      if (power >= mean / 38.9) {
        sum += power;
        ++count;
      }
    }
    mean = sum / std::max(count, 1);
  }
  return 10.0 * std::log10(mean + 1e-12);
}

void Scale(std::vector<float>& samples, double gain_db) {
  for (float& sample : samples) {
    sample *= static_cast<float>(std::pow(10.0, gain_db / 20.0));
  }
}

/// Speech of the level given, said again and again, in noise.
PlanarBuffer NoisySpeech(double seconds, double speech_dbfs, double noise_dbfs) {
  std::vector<float> speech = ReadRecording(EARSHOT_TEST_DATA "/clean-speech.wav", kRateHz);
  std::vector<float> noise = ReadRecording(EARSHOT_TEST_DATA "/room-noise.wav", kRateHz);
  PlanarBuffer signal(1, static_cast<int>(seconds * kRateHz));
  if (speech.empty() || noise.empty()) {
    ADD_FAILURE() << "no recordings in " << EARSHOT_TEST_DATA;
    return signal;
  }
  Scale(speech, speech_dbfs - ActiveLevelDbfs(speech.data(), speech.size()));
  Scale(noise, noise_dbfs - ActiveLevelDbfs(noise.data(), noise.size()));
  for (std::size_t i = 0; i < signal[0].size(); ++i) {
    signal[0][i] = speech[i % speech.size()] + noise[i % noise.size()];
  }
  return signal;
}

std::vector<double> PlayForGain(CaptureChain& chain, PlanarBuffer& signal) {
  std::vector<double> gain_db;
  for (int start = 0; start + 128 <= signal.num_frames(); start += 128) {
    const AudioView view = signal.View(start, 128);
    chain.Process(AsConst(view), view);
    gain_db.push_back(chain.stats().gain_db);
  }
  return gain_db;
}

class CaptureSpeechTest : public ::testing::TestWithParam<double> {};

TEST_P(CaptureSpeechTest, ReachesTheTargetWithinTenSecondsAndStays) {
  const double level_dbfs = GetParam();
  auto chain = std::move(CaptureChain::Create({.block_multiple = 128})).value();
  PlanarBuffer signal = NoisySpeech(25.0, level_dbfs, level_dbfs - 25.0);
  const std::vector<double> gain_db = PlayForGain(*chain, signal);
  for (const int second : {10, 15, 20}) {
    EXPECT_NEAR(ActiveLevelDbfs(signal[0].data() + second * kRateHz, 5 * kRateHz), kTargetDbfs, 2.0)
        << "from second " << second;
  }
  const auto settled = gain_db.begin() + 10 * kRateHz / 128;
  const auto [least, most] = std::minmax_element(settled, gain_db.end());
  EXPECT_LT(*most - *least, 3.0);  // no pumping
}

INSTANTIATE_TEST_SUITE_P(Levels, CaptureSpeechTest,
                         ::testing::Values(-40.0, -35.0, -28.0, -20.0, -12.0));

TEST(CaptureNoiseTest, RoomNoiseAloneIsNeverRaisedOverTheLimit) {
  constexpr double kLimitDbfs = -43.0;
  for (const double noise_dbfs : {-60.0, -50.0, -43.0, -35.0}) {
    for (const float strength : {0.0F, 0.75F}) {
      auto chain = std::move(CaptureChain::Create({.block_multiple = 128})).value();
      chain->set_noise_suppression(strength);
      PlanarBuffer signal = NoisySpeech(15.0, -200.0, noise_dbfs);
      PlayForGain(*chain, signal);
      // The median of 100 ms levels: the room has thumps of its own, which say nothing about the
      // gain.
      constexpr std::size_t kWindow = kRateHz / 10;
      std::vector<double> levels_dbfs;
      for (std::size_t start = 0; start + kWindow <= signal[0].size(); start += kWindow) {
        double energy = 0.0;
        for (std::size_t i = start; i < start + kWindow; ++i) {
          energy += static_cast<double>(signal[0][i]) * static_cast<double>(signal[0][i]);
        }
        levels_dbfs.push_back(10.0 * std::log10(energy / kWindow + 1e-12));
      }
      const auto middle = levels_dbfs.begin() + static_cast<std::ptrdiff_t>(levels_dbfs.size() / 2);
      std::nth_element(levels_dbfs.begin(), middle, levels_dbfs.end());
      EXPECT_LE(*middle, std::max(kLimitDbfs, noise_dbfs) + 1.0)
          << "noise " << noise_dbfs << " strength " << strength;
    }
  }
}

TEST(CaptureNoiseTest, GainRestsInPauses) {
  auto chain = std::move(CaptureChain::Create({.block_multiple = 128})).value();
  PlanarBuffer speech = NoisySpeech(10.0, -35.0, -70.0);
  PlayForGain(*chain, speech);
  PlanarBuffer pause = NoisySpeech(15.0, -200.0, -70.0);
  const std::vector<double> gain_db = PlayForGain(*chain, pause);
  // The last word is still on its way through the chain when the pause begins.
  const auto settled = gain_db.begin() + kRateHz / 4 / 128;
  const auto [least, most] = std::minmax_element(settled, gain_db.end());
  EXPECT_LT(*most - *least, 0.1);
}

}  // namespace
}  // namespace earshot
