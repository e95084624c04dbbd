#include "denoise/cepstral_smoother.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>

#include "denoise/tuning.h"
#include "signals.h"

namespace earshot {
namespace {

using LogSpectrum = std::array<float, CepstralSmoother::kBins>;

CepstralSmoother MakeSmoother() {
  return CepstralSmoother(RealFft::Create(CepstralSmoother::kSize).value());
}

// `contrast`: half the height of the harmonics above the valleys.
LogSpectrum Harmonics(double pitch_hz, double contrast = 3.0) {
  LogSpectrum s;
  for (std::size_t k = 0; k < s.size(); ++k) {
    const double hz = static_cast<double>(k) * 46.875;
    s[k] = static_cast<float>(-10.0 + contrast * std::cos(2.0 * std::numbers::pi * hz / pitch_hz) -
                              hz / 4000.0);
  }
  return s;
}

double Distance(const LogSpectrum& a, const LogSpectrum& b) {
  double sum = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += std::pow(static_cast<double>(a[k] - b[k]), 2.0);
  return std::sqrt(sum / static_cast<double>(a.size()));
}

TEST(CepstralSmootherTest, KeepsASteadySpectrum) {
  CepstralSmoother smoother = MakeSmoother();
  // Its height in the cepstrum is half the contrast and lies below what counts as voiced.
  const LogSpectrum steady = Harmonics(200.0, 0.4);
  LogSpectrum s;
  for (int i = 0; i < 50; ++i) smoother.Smooth(s = steady);
  EXPECT_LT(Distance(s, steady), 1e-4);
}

// Two hundred hertz are a whole number of quefrencies, so that the pitch is one coefficient: only
// the contrast of the harmonics may grow, tilt and level stay.
TEST(CepstralSmootherTest, AmplifiesTheHarmonicsOfASteadyVoice) {
  CepstralSmoother smoother = MakeSmoother();
  LogSpectrum s;
  for (int i = 0; i < 50; ++i) smoother.Smooth(s = Harmonics(200.0));
  EXPECT_LT(Distance(s, Harmonics(200.0, 3.0 * static_cast<double>(kPitchAmplification))), 0.05);
}

TEST(CepstralSmootherTest, RemovesOutliersOfNoise) {
  CepstralSmoother smoother = MakeSmoother();
  double in = 0.0, out = 0.0;
  for (uint32_t i = 0; i < 200; ++i) {
    const testing::Signal noise = testing::WhiteNoise(CepstralSmoother::kBins, 2.0, i + 1);
    LogSpectrum s, flat{};
    std::copy(noise.begin(), noise.end(), s.begin());
    if (i > 50) in += Distance(s, flat);
    smoother.Smooth(s);
    if (i > 50) out += Distance(s, flat);
  }
  EXPECT_LT(out, in / 3.0);
}

// The onset of a voiced sound: level, tilt and pitch come through within six frames (32 ms).
TEST(CepstralSmootherTest, LetsVoicedOnsetsThrough) {
  CepstralSmoother smoother = MakeSmoother();
  LogSpectrum quiet, s;
  quiet.fill(-30.0F);
  for (int i = 0; i < 50; ++i) smoother.Smooth(s = quiet);
  const LogSpectrum voiced = Harmonics(200.0);
  for (int i = 0; i < 6; ++i) smoother.Smooth(s = voiced);
  const LogSpectrum expected = Harmonics(200.0, 3.0 * static_cast<double>(kPitchAmplification));
  EXPECT_LT(Distance(s, expected), 0.1 * Distance(quiet, expected));
  EXPECT_GT(smoother.pitch_strength(), 1.0F);
  // The contrast between a harmonic and the valley beside it: 6 in the input.
  EXPECT_GT(s[64] - s[66], 0.6F * (voiced[64] - voiced[66]));
}

TEST(CepstralSmootherTest, FindsNoPitchInAFlatSpectrum) {
  CepstralSmoother smoother = MakeSmoother();
  LogSpectrum flat;
  flat.fill(-5.0F);
  smoother.Smooth(flat);
  EXPECT_LT(smoother.pitch_strength(), 1e-4F);
}

}  // namespace
}  // namespace earshot
