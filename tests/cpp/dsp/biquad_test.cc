// Oracles: the frequency response measured with tones against the analogue prototypes' laws, and
// ITU-R BS.1770.
#include "dsp/biquad.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

namespace earshot {
namespace {

constexpr double kRateHz = 48000.0;
const double kButterworth = std::numbers::sqrt2 / 2.0;

/// Gain at `frequency_hz`, from the impulse response of the sections in series.
double GainDb(const std::vector<BiquadCoefficients>& sections, double frequency_hz) {
  std::vector<float> response(static_cast<std::size_t>(kRateHz));
  response[0] = 1.0f;
  for (const BiquadCoefficients& coefficients : sections) Biquad(coefficients).Process(response);
  std::complex<double> sum;
  for (std::size_t n = 0; n < response.size(); ++n) {
    const double angle = -2.0 * std::numbers::pi * frequency_hz * static_cast<double>(n) / kRateHz;
    sum += static_cast<double>(response[n]) * std::polar(1.0, angle);
  }
  return 20.0 * std::log10(std::abs(sum) + 1e-12);
}

BiquadCoefficients Designed(const StatusOr<BiquadCoefficients>& design) {
  EXPECT_TRUE(design.ok());
  return design.value();
}

/// The bilinear transform maps this analogue frequency, relative to the corner, to `frequency_hz`.
double Warped(double frequency_hz, double corner_hz) {
  return std::tan(std::numbers::pi * frequency_hz / kRateHz) /
         std::tan(std::numbers::pi * corner_hz / kRateHz);
}

TEST(BiquadTest, HighPassFollowsTheAnaloguePrototype) {
  for (const double corner : {80.0, 1000.0, 10000.0}) {
    for (const double q : {0.5, kButterworth, 2.0}) {
      const BiquadCoefficients design = Designed(DesignHighPass(kRateHz, corner, q));
      EXPECT_NEAR(GainDb({design}, corner), 20.0 * std::log10(q), 0.01);
      for (const double f : {0.3 * corner, 0.9 * corner, 2.0 * corner}) {
        const double w = Warped(f, corner);
        const double expected = w * w / std::hypot(1.0 - w * w, w / q);
        EXPECT_NEAR(GainDb({design}, f), 20.0 * std::log10(expected), 0.01) << f;
      }
    }
  }
}

TEST(BiquadTest, LowPassFollowsTheAnaloguePrototype) {
  for (const double corner : {300.0, 8000.0}) {
    for (const double q : {kButterworth, 3.0}) {
      const BiquadCoefficients design = Designed(DesignLowPass(kRateHz, corner, q));
      for (const double f : {0.0, 0.5 * corner, corner, 2.0 * corner}) {
        const double w = Warped(f, corner);
        const double expected = 1.0 / std::hypot(1.0 - w * w, w / q);
        EXPECT_NEAR(GainDb({design}, f), 20.0 * std::log10(expected), 0.01) << f;
      }
    }
  }
}

TEST(BiquadTest, ShelvesReachTheirGainOnOneSideAndHalfOfItAtTheCorner) {
  for (const double gain_db : {-12.0, 6.0}) {
    const BiquadCoefficients low = Designed(DesignLowShelf(kRateHz, 500.0, kButterworth, gain_db));
    EXPECT_NEAR(GainDb({low}, 0.0), gain_db, 0.01);
    EXPECT_NEAR(GainDb({low}, 500.0), gain_db / 2.0, 0.01);
    EXPECT_NEAR(GainDb({low}, 24000.0), 0.0, 0.01);
    const BiquadCoefficients high =
        Designed(DesignHighShelf(kRateHz, 4000.0, kButterworth, gain_db));
    EXPECT_NEAR(GainDb({high}, 0.0), 0.0, 0.01);
    EXPECT_NEAR(GainDb({high}, 4000.0), gain_db / 2.0, 0.01);
    EXPECT_NEAR(GainDb({high}, 24000.0), gain_db, 0.01);
  }
}

TEST(BiquadTest, RunsTheKWeightingOfBs1770) {
  // Coefficients of tables 1 and 2 of Rec. ITU-R BS.1770-4. The loudness formula's −0.691 dB
  // cancels the filter's gain at 997 Hz.
  const BiquadCoefficients shelf = {1.53512485958697, -2.69169618940638, 1.19839281085285,
                                    -1.69065929318241, 0.73248077421585};
  const BiquadCoefficients high_pass = {1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621};
  EXPECT_NEAR(GainDb({shelf, high_pass}, 997.0), 0.691, 0.005);
}

TEST(BiquadTest, KeepsItsStateBetweenBlocksAndForgetsItOnReset) {
  const BiquadCoefficients design = Designed(DesignHighPass(kRateHz, 100.0, kButterworth));
  std::vector<float> whole(1000);
  for (std::size_t n = 0; n < whole.size(); ++n) whole[n] = static_cast<float>(n % 37) / 37.0f;
  std::vector<float> pieces = whole;
  Biquad filter(design);
  filter.Process(whole);
  filter.Reset();
  const std::vector<float> original = pieces;
  filter.Process(std::span(pieces).first(123));
  filter.Process(std::span(pieces).subspan(123));
  EXPECT_EQ(pieces, whole);
  EXPECT_NE(pieces, original);
}

TEST(BiquadTest, SilenceEndsInExactSilence) {
  // By 80 Hz/48 kHz the residue falls 31 dB per block: after 22 blocks it would be about 1e-36,
  // which single precision still holds and slow denormal arithmetic would follow.
  Biquad filter(Designed(DesignHighPass(kRateHz, 80.0, kButterworth)));
  std::vector<float> block(480);
  block[0] = 1.0f;
  for (int i = 0; i < 22; ++i) {
    filter.Process(block);
    if (i < 10) {
      ASSERT_NE(block.back(), 0.0f);
    }
    std::fill(block.begin(), block.end(), 0.0f);
  }
  filter.Process(block);
  for (const float sample : block) ASSERT_EQ(sample, 0.0f);
}

TEST(BiquadTest, RefusesImpossibleDesigns) {
  EXPECT_FALSE(DesignHighPass(kRateHz, 0.0, 1.0).ok());
  EXPECT_FALSE(DesignHighPass(kRateHz, 24000.0, 1.0).ok());
  EXPECT_FALSE(DesignLowPass(kRateHz, 1000.0, 0.0).ok());
  EXPECT_FALSE(DesignLowShelf(kRateHz, NAN, 1.0, 3.0).ok());
  EXPECT_FALSE(DesignHighShelf(0.0, 1000.0, 1.0, 3.0).ok());
}

}  // namespace
}  // namespace earshot
