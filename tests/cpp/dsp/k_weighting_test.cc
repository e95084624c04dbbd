#include "dsp/k_weighting.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <vector>

namespace earshot {
namespace {

double ResponseDb(const BiquadCoefficients& c, double hz, double rate) {
  const std::complex<double> z = std::polar(1.0, -2.0 * std::numbers::pi * hz / rate);
  return 20.0 *
         std::log10(std::abs((c.b0 + c.b1 * z + c.b2 * z * z) / (1.0 + c.a1 * z + c.a2 * z * z)));
}

TEST(KWeightingTest, At48KhzTheCoefficientsAreThoseOfTheStandard) {
  // ITU-R BS.1770-4, Annex 1, Tables 1 and 2.
  const BiquadCoefficients shelf = KWeightingShelf(48000.0);
  EXPECT_NEAR(shelf.b0, 1.53512485958697, 1e-13);
  EXPECT_NEAR(shelf.b1, -2.69169618940638, 1e-13);
  EXPECT_NEAR(shelf.b2, 1.19839281085285, 1e-13);
  EXPECT_NEAR(shelf.a1, -1.69065929318241, 1e-13);
  EXPECT_NEAR(shelf.a2, 0.73248077421585, 1e-13);
  const BiquadCoefficients high_pass = KWeightingHighPass(48000.0);
  EXPECT_NEAR(high_pass.b0, 1.0, 1e-13);
  EXPECT_NEAR(high_pass.b1, -2.0, 1e-13);
  EXPECT_NEAR(high_pass.b2, 1.0, 1e-13);
  EXPECT_NEAR(high_pass.a1, -1.99004745483398, 1e-13);
  EXPECT_NEAR(high_pass.a2, 0.99007225036621, 1e-13);
}

TEST(KWeightingTest, TheResponseIsTheSameAtEveryRate) {
  for (const double rate : {8000.0, 16000.0, 22050.0, 44100.0, 96000.0, 192000.0}) {
    // Where speech is, and below the warping of the frequency axis near half the rate.
    for (double hz = 20.0; hz < 0.25 * std::min(rate, 48000.0); hz *= 1.2) {
      const double there = ResponseDb(KWeightingShelf(rate), hz, rate) +
                           ResponseDb(KWeightingHighPass(rate), hz, rate);
      const double at_48k = ResponseDb(KWeightingShelf(48000.0), hz, 48000.0) +
                            ResponseDb(KWeightingHighPass(48000.0), hz, 48000.0);
      EXPECT_NEAR(there, at_48k, 0.3) << hz << " Hz at " << rate;
    }
  }
}

TEST(KWeightingTest, EnergyIsThatOfTheFilteredSound) {
  constexpr double kRate = 44100.0;
  std::vector<float> samples(5000);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = 0.3F * std::sin(0.05F * static_cast<float>(i)) + (i == 700 ? 0.5F : 0.0F);
  }
  std::vector<float> filtered = samples;
  Biquad shelf(KWeightingShelf(kRate));
  Biquad high_pass(KWeightingHighPass(kRate));
  shelf.Process(filtered);
  high_pass.Process(filtered);
  double expected = 0.0;
  for (const float sample : filtered) {
    expected += static_cast<double>(sample) * static_cast<double>(sample);
  }
  KWeighting weighting(kRate);
  double energy = 0.0;
  for (std::size_t at = 0; at < samples.size(); at += 100) {
    energy += weighting.Energy(std::span(samples).subspan(at, 100));
  }
  EXPECT_NEAR(energy, expected, 1e-5 * expected);
  weighting.Reset();
  EXPECT_EQ(weighting.Energy(std::vector<float>(100)), 0.0);
}

}  // namespace
}  // namespace earshot
