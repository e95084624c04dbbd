// Oracles: the definition of the DFT in double precision, and the laws of the transform.
#include "dsp/real_fft.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <vector>

namespace earshot {
namespace {

using Spectrum = std::vector<std::complex<float>>;

// Single precision carries 6e-8; an O(log N) algorithm may lose a few of those, an O(N) one would
// lose hundreds.
constexpr double kRelativeError = 4e-7;

bool IsSmooth(int n) {
  for (const int factor : {2, 3, 5}) {
    while (n % factor == 0) n /= factor;
  }
  return n == 1;
}

std::vector<int> SupportedSizes() {
  std::vector<int> sizes;
  for (int n = 32; n <= 8192; n += 32) {
    if (IsSmooth(n)) sizes.push_back(n);
  }
  return sizes;
}

std::vector<float> Noise(int size, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  std::vector<float> samples(static_cast<std::size_t>(size));
  for (float& sample : samples) sample = uniform(generator);
  return samples;
}

RealFft MakeFft(int size) {
  auto fft = RealFft::Create(size);
  EXPECT_TRUE(fft.ok()) << fft.status().message();
  return std::move(fft).value();
}

Spectrum ForwardOf(RealFft& fft, const std::vector<float>& time) {
  Spectrum spectrum(static_cast<std::size_t>(fft.num_bins()));
  fft.Forward(time, spectrum);
  return spectrum;
}

class RealFftTest : public testing::TestWithParam<int> {};

TEST_P(RealFftTest, EqualsTheDefinition) {
  const int size = GetParam();
  RealFft fft = MakeFft(size);
  const std::vector<float> time = Noise(size, 1);
  const Spectrum spectrum = ForwardOf(fft, time);
  std::vector<std::complex<double>> circle(static_cast<std::size_t>(size));
  for (int i = 0; i < size; ++i) {
    circle[static_cast<std::size_t>(i)] = std::polar(1.0, -2.0 * std::numbers::pi * i / size);
  }
  // Every bin of short transforms; a step coprime to the factors visits all residues of the long
  // ones.
  const int step = size <= 512 ? 1 : 7;
  double error = 0.0;
  double energy = 0.0;
  for (int k = 0; k <= size / 2; k += step) {
    std::complex<double> expected;
    for (int n = 0; n < size; ++n) {
      const auto turn = static_cast<std::size_t>(static_cast<int64_t>(k) * n % size);
      expected += static_cast<double>(time[static_cast<std::size_t>(n)]) * circle[turn];
    }
    error += std::norm(std::complex<double>(spectrum[static_cast<std::size_t>(k)]) - expected);
    energy += std::norm(expected);
  }
  EXPECT_LT(std::sqrt(error / energy), kRelativeError);
}

TEST_P(RealFftTest, InverseUndoesForward) {
  const int size = GetParam();
  RealFft fft = MakeFft(size);
  const std::vector<float> time = Noise(size, 2);
  const Spectrum spectrum = ForwardOf(fft, time);
  std::vector<float> back(time.size());
  fft.Inverse(spectrum, back);
  for (std::size_t i = 0; i < time.size(); ++i) ASSERT_NEAR(back[i], time[i], 2e-6f) << i;
}

TEST_P(RealFftTest, KeepsEnergy) {
  const int size = GetParam();
  RealFft fft = MakeFft(size);
  const std::vector<float> time = Noise(size, 3);
  const Spectrum spectrum = ForwardOf(fft, time);
  double in_time = 0.0;
  for (const float sample : time) in_time += static_cast<double>(sample) * sample;
  double in_frequency = 0.0;
  for (const auto& bin : spectrum) in_frequency += 2.0 * std::norm(std::complex<double>(bin));
  in_frequency -= std::norm(std::complex<double>(spectrum.front()));
  in_frequency -= std::norm(std::complex<double>(spectrum.back()));
  EXPECT_NEAR(in_frequency / size / in_time, 1.0, 1e-6);
}

TEST_P(RealFftTest, ImpulseBecomesAPhaseRamp) {
  const int size = GetParam();
  RealFft fft = MakeFft(size);
  for (const int position : {0, 1, size / 2 - 1, size - 1}) {
    std::vector<float> time(static_cast<std::size_t>(size));
    time[static_cast<std::size_t>(position)] = 1.0f;
    const Spectrum spectrum = ForwardOf(fft, time);
    for (int k = 0; k <= size / 2; ++k) {
      const double turn = static_cast<double>(static_cast<int64_t>(k) * position % size) / size;
      const auto expected = std::polar(1.0, -2.0 * std::numbers::pi * turn);
      ASSERT_LT(std::abs(std::complex<double>(spectrum[static_cast<std::size_t>(k)]) - expected),
                1e-6)
          << "position " << position << " bin " << k;
    }
  }
}

TEST_P(RealFftTest, IsLinear) {
  const int size = GetParam();
  RealFft fft = MakeFft(size);
  const std::vector<float> a = Noise(size, 4);
  const std::vector<float> b = Noise(size, 5);
  std::vector<float> mix(a.size());
  for (std::size_t i = 0; i < mix.size(); ++i) mix[i] = 0.5f * a[i] - 2.0f * b[i];
  const Spectrum of_a = ForwardOf(fft, a);
  const Spectrum of_b = ForwardOf(fft, b);
  const Spectrum of_mix = ForwardOf(fft, mix);
  const float tolerance = 4e-6f * std::sqrt(static_cast<float>(size));
  for (std::size_t k = 0; k < of_mix.size(); ++k) {
    ASSERT_LT(std::abs(of_mix[k] - (0.5f * of_a[k] - 2.0f * of_b[k])), tolerance) << k;
  }
}

TEST_P(RealFftTest, InverseIgnoresTheImaginaryPartsOfTheEdgeBins) {
  const int size = GetParam();
  RealFft fft = MakeFft(size);
  Spectrum spectrum = ForwardOf(fft, Noise(size, 6));
  std::vector<float> expected(static_cast<std::size_t>(size));
  fft.Inverse(spectrum, expected);
  spectrum.front() += std::complex<float>(0.0f, 100.0f);
  spectrum.back() += std::complex<float>(0.0f, -100.0f);
  std::vector<float> actual(expected.size());
  fft.Inverse(spectrum, actual);
  EXPECT_EQ(actual, expected);
}

INSTANTIATE_TEST_SUITE_P(AllSizes, RealFftTest, testing::ValuesIn(SupportedSizes()),
                         testing::PrintToStringParamName());

TEST(RealFftCreateTest, AcceptsExactlyTheDocumentedSizes) {
  const std::vector<int> supported = SupportedSizes();
  for (int size = -64; size <= 8192 + 64; ++size) {
    const bool expected = std::binary_search(supported.begin(), supported.end(), size);
    ASSERT_EQ(RealFft::Create(size).ok(), expected) << size;
  }
  EXPECT_EQ(RealFft::Create(1 << 20).status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace earshot
