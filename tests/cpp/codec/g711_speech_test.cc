// Concealment of recorded speech against the two ways to do without: silence, and the last packet
// once more.
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "codec/g711_decoder.h"
#include "g711_signals.h"
#include "support/log_spectral_distance.h"
#include "support/recording.h"

namespace earshot::testing {
namespace {

constexpr std::size_t kPacket = 160;  // 20 ms

/// Scale-invariant signal-to-distortion ratio, dB (J. Le Roux et al., "SDR – half-baked or well
/// done?", ICASSP 2019, eq. 3).
double SiSdrDb(std::span<const float> reference, std::span<const float> heard) {
  double rr = 0, rh = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    rr += static_cast<double>(reference[i]) * reference[i];
    rh += static_cast<double>(reference[i]) * heard[i];
  }
  const double scale = rh / rr;
  double error = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    error += std::pow(heard[i] - scale * reference[i], 2);
  }
  return 10 * std::log10(scale * scale * rr / error);
}

class G711Speech : public ::testing::TestWithParam<double> {
 protected:
  void SetUp() override {
    std::vector<float> speech = ReadRecording(EARSHOT_TEST_DATA "/clean-speech.wav", 8000);
    ASSERT_FALSE(speech.empty()) << "no recordings in " << EARSHOT_TEST_DATA;
    speech.resize(speech.size() / kPacket * kPacket);
    for (const float x : speech) {
      codes_.push_back(EncodeG711(G711Law::kALaw, static_cast<int16_t>(std::lrint(32767 * x))));
      sent_.push_back(static_cast<float>(DecodeG711(G711Law::kALaw, codes_.back())) / 32768);
    }
  }

  // Each packet is lost with the parameter's probability; a second one in a row with 30 %.
  std::vector<bool> Losses(unsigned seed) const {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> uniform(0, 1);
    const double first = GetParam() * 0.7 / (1 - GetParam());
    std::vector<bool> lost(codes_.size() / kPacket);
    for (std::size_t i = 1; i < lost.size(); ++i) {
      lost[i] = uniform(random) < (lost[i - 1] ? 0.3 : first);
    }
    return lost;
  }

  std::vector<float> Heard(const std::vector<bool>& lost) const {
    const auto decoder = std::move(G711StreamDecoder::Create({.law = G711Law::kALaw}).value());
    std::vector<float> heard(sent_.size());
    for (std::size_t i = 0; i < lost.size(); ++i) {
      const auto out = std::span(heard).subspan(i * kPacket, kPacket);
      if (lost[i]) {
        decoder->Conceal(kPacket, out);
      } else {
        decoder->Decode(std::span(codes_).subspan(i * kPacket, kPacket), out);
      }
    }
    return heard;
  }

  std::vector<float> Replaced(const std::vector<bool>& lost, float repeated) const {
    std::vector<float> heard = sent_;
    for (std::size_t i = kPacket; i < heard.size(); ++i) {
      if (lost[i / kPacket]) heard[i] = repeated * heard[i - kPacket];
    }
    return heard;
  }

  std::vector<uint8_t> codes_;
  std::vector<float> sent_;  // Undamaged.
};

TEST_P(G711Speech, IsCloserToTheUndamagedThanSilenceOrRepetition) {
  constexpr unsigned kSeeds = 6;
  struct Measures {
    double si_sdr_db = 0;
    double distance_db = 0;
  };
  const auto measure = [this](const std::function<std::vector<float>(std::vector<bool>)>& play) {
    Measures mean;
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
      const std::vector<float> heard = play(Losses(seed));
      mean.si_sdr_db += SiSdrDb(sent_, heard) / kSeeds;
      mean.distance_db += LogSpectralDistanceDb(sent_, heard, kPacket) / kSeeds;
    }
    return mean;
  };
  const Measures ours = measure([this](const auto& lost) { return Heard(lost); });
  const Measures silence = measure([this](const auto& lost) { return Replaced(lost, 0); });
  const Measures repetition = measure([this](const auto& lost) { return Replaced(lost, 1); });
  const auto print = [](const char* name, const Measures& m) {
    std::printf("  %-10s SI-SDR %5.2f dB, log-spectral distance %5.2f dB\n", name, m.si_sdr_db,
                m.distance_db);
  };
  print("ours", ours);
  print("silence", silence);
  print("repetition", repetition);
  // Silence is hard to beat in SI-SDR, where any wrong sound costs more than none.
  EXPECT_GT(ours.si_sdr_db, silence.si_sdr_db);
  EXPECT_GT(ours.si_sdr_db, repetition.si_sdr_db + 2);
  EXPECT_LT(ours.distance_db, silence.distance_db - 3);
  EXPECT_LT(ours.distance_db, repetition.distance_db - 2);
}

INSTANTIATE_TEST_SUITE_P(Loss, G711Speech, ::testing::Values(0.05, 0.10),
                         [](const auto& test) { return test.param < 0.07 ? "5" : "10"; });

}  // namespace
}  // namespace earshot::testing
