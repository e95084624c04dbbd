// Strokes and clicks: what they must become, and what must not be taken for one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "denoise/band_energies.h"
#include "denoise/noise_suppressor.h"
#include "denoise/transient_detector.h"
#include "denoise/transient_restorer.h"
#include "signals.h"

namespace earshot {
namespace {

using testing::Align;
using testing::MakeSuppressor;
using testing::Process;
using testing::RmsDb;
using testing::Seconds;
using testing::Signal;
using testing::WhiteNoise;

constexpr float kHigh = ToStrength(NoiseSuppressionLevel::kHigh);

// A burst of noise that rises at once and falls by 1/e every `decay_s`.
void AddBurst(double at_s, double peak, double decay_s, uint32_t seed, Signal& signal) {
  const Signal noise = WhiteNoise(Seconds(10.0 * decay_s), peak, seed);
  const std::size_t start = Seconds(at_s);
  for (std::size_t n = 0; n < noise.size() && start + n < signal.size(); ++n) {
    const double t = static_cast<double>(n) / testing::kRateHz;
    signal[start + n] += noise[n] * static_cast<float>(std::exp(-t / decay_s));
  }
}

// Typing: strokes some 230 ms apart, never in step with the frames.
Signal Typing(std::size_t length, double peak) {
  Signal strokes(length, 0.0F);
  double at_s = 0.31;
  for (uint32_t i = 0; Seconds(at_s) < length; ++i) {
    AddBurst(at_s, peak, 0.006, 50 + i, strokes);
    at_s += 0.17 + 0.12 * static_cast<double>(i * 7 % 11) / 10.0;
  }
  return strokes;
}

HopEnergies EnergiesOf(const Signal& signal) {
  BandEnergies bands;
  HopEnergies energies{};
  for (std::size_t at = 0; at + kHopSize <= signal.size(); at += kHopSize) {
    energies = {};
    bands.Accumulate(std::span(signal).subspan(at, kHopSize), 1.0F, energies);
  }
  return energies;
}

Signal Tone(double hz, std::size_t length) {
  Signal tone(length);
  for (std::size_t n = 0; n < length; ++n) {
    tone[n] = static_cast<float>(
        std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(n) / testing::kRateHz));
  }
  return tone;
}

// A sine of amplitude 1 has mean square 0.5; Butterworth sections pass their middle unchanged and
// turn down by 12 dB an octave outside.
TEST(BandEnergiesTest, TellVoicesFromClicks) {
  const HopEnergies click = EnergiesOf(Tone(3750.0, Seconds(0.2)));
  const HopEnergies voice = EnergiesOf(Tone(400.0, Seconds(0.2)));
  const HopEnergies rumble = EnergiesOf(Tone(20.0, Seconds(1.0)));
  const auto mean = [](const std::array<float, kSubBlocks>& e) {
    return (e[0] + e[1] + e[2] + e[3]) / 4.0F;
  };
  EXPECT_NEAR(mean(click.clicks), 0.5F, 0.08F);
  EXPECT_LT(mean(click.voices), 0.01F);
  EXPECT_NEAR(mean(voice.voices), 0.5F, 0.05F);
  EXPECT_LT(mean(voice.clicks), 0.002F);
  EXPECT_LT(mean(rumble.voices) + mean(rumble.clicks), 0.001F);
}

TEST(BandEnergiesTest, EndInSilenceNotInDenormals) {
  BandEnergies bands;
  HopEnergies energies{};
  bands.Accumulate(WhiteNoise(kHopSize, 1.0, 3), 1.0F, energies);
  const Signal silence(kHopSize, 0.0F);
  for (int i = 0; i < 200; ++i) {
    energies = {};
    bands.Accumulate(silence, 1.0F, energies);
  }
  for (const float e : energies.clicks) EXPECT_EQ(e, 0.0F);
  for (const float e : energies.voices) EXPECT_EQ(e, 0.0F);
}

// The highest probability in each stretch of `period_s`.
std::vector<float> Peaks(const Signal& signal, double period_s) {
  BandEnergies bands;
  TransientDetector detector;
  std::vector<float> peaks;
  for (std::size_t at = 0; at + kHopSize <= signal.size(); at += kHopSize) {
    HopEnergies energies;
    energies.clicks.fill(1e-12F);
    energies.voices.fill(1e-12F);
    bands.Accumulate(std::span(signal).subspan(at, kHopSize), 1.0F, energies);
    detector.Update(energies);
    const auto stretch =
        static_cast<std::size_t>(static_cast<double>(at) / testing::kRateHz / period_s);
    peaks.resize(std::max(peaks.size(), stretch + 1), 0.0F);
    peaks[stretch] = std::max(peaks[stretch], detector.probability());
  }
  return peaks;
}

TEST(TransientDetectorTest, FindsEveryStroke) {
  Signal signal = WhiteNoise(Seconds(6.0), 0.0003, 1);
  for (uint32_t i = 0; i < 12; ++i) AddBurst(0.5 * i + 0.2, 0.05, 0.006, 20 + i, signal);
  const std::vector<float> peaks = Peaks(signal, 0.5);
  for (std::size_t i = 2; i < 12; ++i) EXPECT_GT(peaks[i], 0.7F) << i;
}

TEST(TransientDetectorTest, FindsNoneInNoiseOrVoice) {
  const Signal sounds[] = {
      WhiteNoise(Seconds(4.0), 0.01, 2), testing::PinkNoise(Seconds(4.0), 0.01, 3),
      testing::Sum(testing::Voice(Seconds(4.0)), WhiteNoise(Seconds(4.0), 0.001, 4))};
  for (const Signal& sound : sounds) {
    const std::vector<float> frames = Peaks(sound, 1.0 * kHopSize / testing::kRateHz);
    const auto wrong =
        std::count_if(frames.begin() + 100, frames.end(), [](float p) { return p > 0.5F; });
    EXPECT_LT(static_cast<double>(wrong), 0.03 * static_cast<double>(frames.size()))
        << (&sound - sounds);
  }
}

TEST(TransientRestorerTest, HoldsTheSpeechBefore) {
  TransientRestorer restorer;
  Spectrum power, gain;
  for (int i = 0; i < 50; ++i) {
    power.Fill(1e-4F);
    gain.Fill(0.0F);
    restorer.Limit(power, 0.0F, -6.0F, gain);
    for (int k = 0; k < kNumBins; ++k) ASSERT_EQ(gain[k], 0.0F) << "no transient, no change";
  }
  power.Fill(1e-1F);  // 30 dB above
  gain.Fill(0.0F);
  restorer.Limit(power, 1.0F, -100.0F, gain);
  for (int k = 0; k < kNumBins; ++k) {
    const double output_db = -10.0 + 6.0206 * static_cast<double>(gain[k]);
    ASSERT_LT(output_db, -36.0);  // of −40 dB before
    ASSERT_GT(output_db, -42.0);
  }
  gain.Fill(0.0F);
  restorer.Limit(power, 1.0F, -2.0F, gain);
  for (int k = 0; k < kNumBins; ++k) ASSERT_GE(gain[k], -2.0F) << "never below the floor";
}

TEST(TransientSuppressionTest, TypingWithoutSpeechIsTurnedDown) {
  const Signal input =
      testing::Sum(Typing(Seconds(6.0), 0.05), WhiteNoise(Seconds(6.0), 0.0003, 5));
  NoiseSuppressor suppressor = MakeSuppressor(kHigh);
  const Signal output = Process(suppressor, input);
  EXPECT_LT(RmsDb(output, 1.0, 5.9), RmsDb(input, 1.0, 5.9) - 15.0);
}

// Between the syllables, 250 ms apart, where the gate of the pauses is open.
TEST(TransientSuppressionTest, TypingBetweenSyllablesIsTurnedDown) {
  const Signal voice = testing::Voice(Seconds(8.0));
  Signal strokes(voice.size(), 0.0F);
  for (uint32_t i = 2; i < 15; ++i)
    AddBurst(0.5 * i + 0.37 + 0.001 * i, 0.1, 0.006, 30 + i, strokes);
  const Signal input =
      testing::Sum(testing::Sum(voice, strokes), WhiteNoise(voice.size(), 0.0005, 6));
  NoiseSuppressor suppressor = MakeSuppressor(kHigh);
  const Signal output = Align(Process(suppressor, input));
  double change_db = 0.0;
  for (int i = 2; i < 15; ++i) {
    const double from_s = 0.5 * i + 0.36;
    change_db +=
        (RmsDb(output, from_s, from_s + 0.06) - RmsDb(input, from_s, from_s + 0.06)) / 13.0;
  }
  EXPECT_LT(change_db, -10.0);
}

// What /p/, /t/ and /k/ are made of: a closure, a burst 15 dB below the vowel, the vowel 20 ms
// later. The burst may lose a little, not go.
TEST(TransientSuppressionTest, PlosivesStay) {
  const Signal voice = testing::Voice(Seconds(8.0));
  Signal bursts(voice.size(), 0.0F);
  for (uint32_t i = 3; i < 15; ++i) AddBurst(0.5 * i - 0.010, 0.02, 0.010, 70 + i, bursts);
  const Signal input =
      testing::Sum(testing::Sum(voice, bursts), WhiteNoise(voice.size(), 0.0005, 6));
  NoiseSuppressor suppressor = MakeSuppressor(kHigh);
  const Signal output = Align(Process(suppressor, input));
  double kept_db = 0.0;
  for (int i = 3; i < 15; ++i) {
    const double at_s = 0.5 * i - 0.010;
    kept_db += (RmsDb(output, at_s, at_s + 0.015) - RmsDb(input, at_s, at_s + 0.015)) / 12.0;
  }
  EXPECT_GT(kept_db, -6.0);
}

}  // namespace
}  // namespace earshot
