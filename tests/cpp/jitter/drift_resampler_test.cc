// The sound of a resampler for the drift of clocks: nothing may be heard of it.
#include "jitter/drift_resampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "fake_decoder.h"

namespace earshot::testing {
namespace {

constexpr int kHistory = 100;
constexpr int kAhead = 4000;

// Plays `ticks` ticks of `signal`, in which tick i takes steps of `step(i)`.
template <typename SignalAt, typename StepAt>
std::vector<double> Play(SignalAt signal, StepAt step, int ticks, int channels = 1) {
  SoundBuffer sound(channels, kHistory, kAhead);
  DriftResampler resampler;
  std::vector<float> out(static_cast<size_t>(kTick * channels));
  std::vector<double> played;
  int64_t written = 0;
  for (int tick = 0; tick < ticks; ++tick) {
    while (sound.ahead() < resampler.Needs(kTick, step(tick))) {
      const std::span<float> block = sound.Prepare(kTick);
      for (size_t i = 0; i < block.size(); ++i) {
        const auto n = written + static_cast<int64_t>(i) / channels;
        block[i] = static_cast<float>(signal(static_cast<double>(n)) *
                                      (i % 2 == 1 && channels == 2 ? -1 : 1));
      }
      sound.Commit(kTick);
      written += kTick;
    }
    resampler.Read(step(tick), kTick, sound, out);
    played.insert(played.end(), out.begin(), out.end());
  }
  return played;
}

double Tone(double n, double hz) { return 0.5 * std::sin(2 * std::numbers::pi * hz * n / kRate); }

// Power besides the sinusoid of `hz` (least squares), relative to it, dB.
double DistortionDb(const std::vector<double>& x, double hz) {
  double cc = 0, ss = 0, cs = 0, xc = 0, xs = 0, power = 0;
  for (size_t n = 0; n < x.size(); ++n) {
    const double phase = 2 * std::numbers::pi * hz * static_cast<double>(n) / kRate;
    const double c = std::cos(phase), s = std::sin(phase);
    cc += c * c, ss += s * s, cs += c * s, xc += x[n] * c, xs += x[n] * s, power += x[n] * x[n];
  }
  const double det = cc * ss - cs * cs;
  const double a = (xc * ss - xs * cs) / det, b = (xs * cc - xc * cs) / det;
  const double tone = a * xc + b * xs;
  return 10 * std::log10((power - tone) / tone);
}

std::vector<double> WithoutStart(std::vector<double> x) {
  x.erase(x.begin(), x.begin() + kTick);
  return x;
}

TEST(DriftResampler, ATonePassesWithoutDistortion) {
  for (const double ppm : {-400.0, -37.0, 12.0, 300.0}) {
    const double step = 1 + ppm * 1e-6;
    for (const double hz : {100.0, 1000.0, 7000.0, 15000.0}) {
      const auto played =
          Play([hz](double n) { return Tone(n, hz); }, [step](int) { return step; }, 300);
      EXPECT_LT(DistortionDb(WithoutStart(played), hz * step), hz <= 1000 ? -100 : -80)
          << hz << " Hz, " << ppm << " ppm";
    }
  }
}

TEST(DriftResampler, NothingIsHeardOfAChangeOfSpeed) {
  // Every sample must be the tone at the place the steps add up to, across all changes.
  const auto step = [](int tick) {
    return 1 + 1e-6 * ((tick * 37) % 801 - 400.5) * (tick % 3 == 0 ? 1 : 0.5);
  };
  const auto played = Play([](double n) { return Tone(n, 1000); }, step, 300);
  double position = 0, worst = 0;
  for (size_t n = 0; n < played.size(); ++n) {
    if (n >= kTick) worst = std::max(worst, std::abs(played[n] - Tone(position, 1000)));
    position += step(static_cast<int>(n / kTick));
  }
  EXPECT_LT(worst, 0.5e-4) << "-80 dB";
}

TEST(DriftResampler, WithoutDriftTheSoundIsUntouched) {
  const auto signal = [](double n) { return static_cast<double>(Noise(static_cast<int64_t>(n))); };
  const auto played = Play(
      signal, [](int) { return 1.0; }, 50);
  for (size_t n = 0; n < played.size(); ++n) ASSERT_EQ(played[n], signal(static_cast<double>(n)));
}

TEST(DriftResampler, ReturnsToWholePositionsUnheard) {
  const auto step = [](int tick) { return tick < 30 ? 1.0002 : 1.0; };
  const auto tone = Play([](double n) { return Tone(n, 1000); }, step, 300);
  // No step: the second difference of a sinusoid is bounded.
  const double bound = 0.5 * std::pow(2 * std::numbers::pi * 1000 / kRate, 2) * 1.01;
  for (size_t n = kTick; n + 1 < tone.size(); ++n) {
    ASSERT_LE(std::abs(tone[n - 1] - 2 * tone[n] + tone[n + 1]), bound) << n;
  }
  // In the end, samples of the input themselves.
  const auto noise =
      Play([](double n) { return static_cast<double>(Noise(static_cast<int64_t>(n))); }, step, 300);
  const size_t n = noise.size() - 1;
  bool found = false;
  for (int64_t shift = 0; shift < 10; ++shift)
    found |= noise[n] == Noise(static_cast<int64_t>(n) + shift);
  EXPECT_TRUE(found);
}

TEST(DriftResampler, StereoKeepsItsChannels) {
  const auto played =
      Play([](double n) { return Tone(n, 440); }, [](int) { return 1.0003; }, 50, 2);
  for (size_t n = 0; n < played.size(); n += 2) ASSERT_EQ(played[n], -played[n + 1]);
}

}  // namespace
}  // namespace earshot::testing
