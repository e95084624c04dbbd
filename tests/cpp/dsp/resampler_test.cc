// Oracle: the same tones computed at the output rate and shifted by the stated delay. Gain, delay,
// images and aliases are all part of the difference.
#include "dsp/resampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "support/planar_buffer.h"

namespace earshot {
namespace {

struct Rates {
  int input_hz;
  int output_hz;
};

void PrintTo(const Rates& rates, std::ostream* os) {
  *os << rates.input_hz << "_to_" << rates.output_hz;
}

std::vector<Rates> AllRates() {
  constexpr int kRates[] = {8000,  11025, 16000, 22050, 24000, 32000,
                            44100, 48000, 88200, 96000, 192000};
  std::vector<Rates> all;
  for (const int in : kRates) {
    for (const int out : kRates) all.push_back({in, out});
  }
  // What a file may hold; no small ratio to 48 kHz.
  for (const int odd : {8001, 12345, 37800, 47999, 95999}) {
    all.push_back({odd, 48000});
    all.push_back({48000, odd});
  }
  return all;
}

std::vector<Rates> DownwardRates() {
  std::vector<Rates> rates = AllRates();
  std::erase_if(rates, [](const Rates& r) { return r.input_hz <= r.output_hz; });
  return rates;
}

Resampler Make(Rates rates, int num_channels = 1) {
  auto resampler = Resampler::Create({.input_rate_hz = rates.input_hz,
                                      .output_rate_hz = rates.output_hz,
                                      .num_channels = num_channels});
  EXPECT_TRUE(resampler.ok()) << resampler.status().message();
  return std::move(resampler).value();
}

std::vector<float> Resample(Resampler& resampler, const std::vector<float>& in) {
  std::vector<float> out(
      static_cast<std::size_t>(resampler.MaxOutput(static_cast<int>(in.size()))));
  const int produced = resampler.Process(in, out);
  EXPECT_GE(produced, 0);
  out.resize(static_cast<std::size_t>(produced));
  return out;
}

/// Σ sin(2πf(t − delay)) over `frequencies_hz`, t = n/rate.
std::vector<double> Tones(const std::vector<double>& frequencies_hz, int rate_hz, std::size_t count,
                          double delay_s) {
  std::vector<double> samples(count);
  for (std::size_t n = 0; n < count; ++n) {
    const double t = static_cast<double>(n) / rate_hz - delay_s;
    for (const double f : frequencies_hz) samples[n] += std::sin(2.0 * std::numbers::pi * f * t);
  }
  return samples;
}

std::vector<float> ToFloat(const std::vector<double>& samples) {
  return {samples.begin(), samples.end()};
}

double Db(double amplitude) { return 20.0 * std::log10(amplitude); }

class ResamplerTest : public ::testing::TestWithParam<Rates> {
 protected:
  double lower_hz() const { return std::min(GetParam().input_hz, GetParam().output_hz); }
  /// Samples at the output until a sound that starts at the input has settled.
  std::size_t Settled(const Resampler& resampler) const {
    return static_cast<std::size_t>(2.0 * resampler.DelaySamples()) + 2;
  }
};

/// Where the input holds what the output cannot.
class DownwardResamplerTest : public ResamplerTest {};

TEST_P(ResamplerTest, PassBandComesThroughUnchangedAndExactlyDelayed) {
  const auto [in_hz, out_hz] = GetParam();
  Resampler resampler = Make(GetParam());
  for (const double fraction : {0.02, 0.3, 0.6, 0.8, 0.9}) {
    const std::vector<double> tone = {fraction * 0.5 * lower_hz()};
    resampler.Reset();
    const auto out =
        Resample(resampler, ToFloat(Tones(tone, in_hz, static_cast<std::size_t>(in_hz / 20), 0.0)));
    const auto expected = Tones(tone, out_hz, out.size(), resampler.DelaySamples() / out_hz);
    double error = 0.0;
    double power = 0.0;
    for (std::size_t n = Settled(resampler); n < out.size(); ++n) {
      error += std::pow(static_cast<double>(out[n]) - expected[n], 2);
      power += std::pow(expected[n], 2);
    }
    ASSERT_GT(power, 10.0);
    // −80 dB of difference bounds the gain error by 0.001 dB and every image and alias by −80 dB.
    EXPECT_LT(Db(std::sqrt(error / power)), -80.0) << tone[0] << " Hz";
  }
}

TEST_P(DownwardResamplerTest, NothingAboveTheLowerNyquistFrequencyComesThrough) {
  const auto [in_hz, out_hz] = GetParam();
  Resampler resampler = Make(GetParam());
  const double from = 0.5 * out_hz;
  const double to = 0.5 * in_hz;
  for (const double fraction : {0.0, 0.02, 0.1, 0.3, 0.6, 0.97}) {
    const double frequency = from + fraction * (to - from);
    resampler.Reset();
    const auto out = Resample(
        resampler, ToFloat(Tones({frequency}, in_hz, static_cast<std::size_t>(in_hz / 20), 0.0)));
    double power = 0.0;
    std::size_t count = 0;
    for (std::size_t n = Settled(resampler); n < out.size(); ++n, ++count) {
      power += std::pow(static_cast<double>(out[n]), 2);
    }
    ASSERT_GT(count, 100u);
    const double tone_power = 0.5;
    EXPECT_LT(Db(std::sqrt(power / static_cast<double>(count) / tone_power)), -80.0)
        << frequency << " Hz";
  }
}

TEST_P(ResamplerTest, ConstantStaysConstant) {
  Resampler resampler = Make(GetParam());
  const auto out = Resample(
      resampler, std::vector<float>(static_cast<std::size_t>(GetParam().input_hz / 20), 0.75f));
  for (std::size_t n = Settled(resampler); n < out.size(); ++n)
    ASSERT_NEAR(out[n], 0.75f, 2e-6f) << n;
}

TEST_P(ResamplerTest, ImpulseIsCentredOnTheDelay) {
  const auto [in_hz, out_hz] = GetParam();
  Resampler resampler = Make(GetParam());
  constexpr std::size_t kPosition = 77;
  std::vector<float> in(static_cast<std::size_t>(in_hz / 20));
  in[kPosition] = 1.0f;
  const auto out = Resample(resampler, in);
  double moment = 0.0;
  double sum = 0.0;
  for (std::size_t n = 0; n < out.size(); ++n) {
    moment += static_cast<double>(n) * static_cast<double>(out[n]);
    sum += static_cast<double>(out[n]);
  }
  const double centroid = moment / sum;
  const double expected =
      static_cast<double>(kPosition) * out_hz / in_hz + resampler.DelaySamples();
  // Downwards, the phases that one impulse meets see only part of the filter: an alias of its skirt
  // remains.
  EXPECT_NEAR(centroid, expected, 0.02);
}

TEST_P(ResamplerTest, BlockLengthsDoNotMatter) {
  const auto [in_hz, out_hz] = GetParam();
  std::mt19937 random(7);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  std::vector<float> in(static_cast<std::size_t>(in_hz / 20 + 311));
  for (float& sample : in) sample = uniform(random);
  Resampler whole = Make(GetParam());
  const std::vector<float> expected = Resample(whole, in);
  // Output m is due with the input sample at or before it.
  const auto due =
      static_cast<std::size_t>((static_cast<int64_t>(in.size()) * out_hz + in_hz - 1) / in_hz);
  EXPECT_EQ(expected.size(), due);

  Resampler pieces = Make(GetParam());
  std::vector<float> actual;
  std::uniform_int_distribution<std::size_t> length(0, 700);
  for (std::size_t start = 0; start < in.size();) {
    const std::size_t count = std::min(length(random), in.size() - start);
    const auto first = in.begin() + static_cast<std::ptrdiff_t>(start);
    const std::vector<float> out =
        Resample(pieces, std::vector<float>(first, first + static_cast<std::ptrdiff_t>(count)));
    actual.insert(actual.end(), out.begin(), out.end());
    start += count;
  }
  EXPECT_EQ(actual, expected);
}

INSTANTIATE_TEST_SUITE_P(AllRates, DownwardResamplerTest, ::testing::ValuesIn(DownwardRates()),
                         ::testing::PrintToStringParamName());
INSTANTIATE_TEST_SUITE_P(AllRates, ResamplerTest, ::testing::ValuesIn(AllRates()),
                         ::testing::PrintToStringParamName());

TEST(ResamplerDelayTest, IsShortBetweenTheUsualRates) {
  EXPECT_LE(Make({44100, 48000}).DelaySamples() / 48000.0, 0.0015);
  EXPECT_LE(Make({48000, 44100}).DelaySamples() / 44100.0, 0.0015);
  EXPECT_EQ(Make({48000, 48000}).DelaySamples(), 0.0);
}

TEST(ResamplerChannelsTest, EachIsWhatItWouldBeAlone) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  testing::PlanarBuffer in(2, 1000);
  for (int c = 0; c < 2; ++c) {
    for (float& sample : in[c]) sample = uniform(random);
  }
  Resampler stereo = Make({44100, 48000}, 2);
  testing::PlanarBuffer out(2, stereo.MaxOutput(1000));
  const int produced =
      stereo.Process(testing::AsConst(in.View(0, 1000)), out.View(0, out.num_frames()));
  for (int c = 0; c < 2; ++c) {
    Resampler mono = Make({44100, 48000});
    const std::vector<float> expected = Resample(mono, in[c]);
    ASSERT_EQ(produced, static_cast<int>(expected.size()));
    out[c].resize(expected.size());
    EXPECT_EQ(out[c], expected);
  }
}

TEST(ResamplerResetTest, StartsAfresh) {
  Resampler used = Make({48000, 11025});
  const std::vector<float> in(1234, 0.5f);
  const std::vector<float> first = Resample(used, in);
  used.Reset();
  EXPECT_EQ(Resample(used, in), first);
}

TEST(ResamplerErrorTest, RefusesWhatItCannotDo) {
  for (const Rates rates :
       {Rates{7999, 48000}, Rates{48000, 192001}, Rates{0, 48000}, Rates{-8000, 8000}}) {
    EXPECT_EQ(
        Resampler::Create({.input_rate_hz = rates.input_hz, .output_rate_hz = rates.output_hz})
            .status()
            .code(),
        StatusCode::kInvalidArgument);
  }
  for (const int channels : {0, -1, 9}) {
    EXPECT_FALSE(Resampler::Create({.num_channels = channels}).ok());
  }
  Resampler resampler = Make({8000, 48000});
  const std::vector<float> in(10);
  std::vector<float> out(59);
  EXPECT_EQ(resampler.Process(in, out), ToInt(StatusCode::kBufferTooSmall));
  testing::PlanarBuffer stereo(2, 60);
  EXPECT_EQ(resampler.Process(testing::AsConst(stereo.View(0, 10)), stereo.View(0, 60)),
            ToInt(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace earshot
