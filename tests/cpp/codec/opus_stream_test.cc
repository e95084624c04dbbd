#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <random>
#include <vector>

#include "codec/opus_decoder.h"
#include "codec/opus_encoder.h"
#include "codec/opus_packet.h"
#include "codec/test_signals.h"
#include "support/allocation_counter.h"

namespace earshot {
namespace {

using Packets = std::vector<std::vector<uint8_t>>;

std::unique_ptr<OpusStreamEncoder> MakeEncoder(const OpusEncoderConfig& config = {}) {
  auto encoder = OpusStreamEncoder::Create(config);
  EXPECT_TRUE(encoder.ok()) << encoder.status().message();
  return std::move(encoder).value();
}

std::unique_ptr<OpusStreamDecoder> MakeDecoder(const OpusDecoderConfig& config = {}) {
  auto decoder = OpusStreamDecoder::Create(config);
  EXPECT_TRUE(decoder.ok()) << decoder.status().message();
  return std::move(decoder).value();
}

/// Cuts `pcm` into packets of `samples` interleaved samples.
Packets EncodeAll(OpusStreamEncoder& encoder, std::span<const float> pcm, size_t samples) {
  Packets packets;
  std::array<uint8_t, 8000> packet;
  for (size_t at = 0; at + samples <= pcm.size(); at += samples) {
    const int bytes = encoder.Encode(pcm.subspan(at, samples), packet);
    EXPECT_GT(bytes, 0);
    packets.emplace_back(packet.begin(), packet.begin() + std::max(0, bytes));
  }
  return packets;
}

std::vector<float> DecodeAll(OpusStreamDecoder& decoder, const Packets& packets) {
  std::vector<float> pcm;
  std::vector<float> block(2 * kMaxOpusPacketFrames);
  for (const auto& packet : packets) {
    const int frames = decoder.Decode(packet, block);
    EXPECT_GE(frames, 0);
    pcm.insert(pcm.end(), block.begin(),
               block.begin() + std::max(0, frames) * decoder.num_channels());
  }
  return pcm;
}

size_t TotalBytes(const Packets& packets) {
  size_t bytes = 0;
  for (const auto& packet : packets) bytes += packet.size();
  return bytes;
}

class OpusRateTest : public ::testing::TestWithParam<std::tuple<int, OpusApplication>> {};

TEST_P(OpusRateTest, DecodedSoundIsTheInputDelayedByTheLookahead) {
  const auto [rate, application] = GetParam();
  auto encoder = MakeEncoder({rate, 1, application});
  ASSERT_TRUE(encoder->set_bitrate(64000).ok());
  auto decoder = MakeDecoder({rate, 1});
  const std::vector<float> input = VoiceLike(rate, rate);
  const std::vector<float> output =
      DecodeAll(*decoder, EncodeAll(*encoder, input, static_cast<size_t>(rate / 50)));
  ASSERT_EQ(output.size(), input.size());
  EXPECT_NEAR(BestLag(input, output, rate / 50), encoder->lookahead_samples(), rate / 10000 + 1);
  EXPECT_NEAR(Energy(output) / Energy(input), 1, 0.15);
}

INSTANTIATE_TEST_SUITE_P(Rates, OpusRateTest,
                         ::testing::Combine(::testing::Values(8000, 12000, 16000, 24000, 48000),
                                            ::testing::Values(OpusApplication::kVoip,
                                                              OpusApplication::kAudio,
                                                              OpusApplication::kLowDelay)));

TEST(OpusEncoderTest, TakesTheDurationsOfOpusAndNoOther) {
  auto encoder = MakeEncoder({48000, 2, OpusApplication::kAudio});
  auto decoder = MakeDecoder({48000, 2});
  const std::vector<float> pcm(2 * 6000, 0.1F);
  std::array<uint8_t, 8000> packet;
  for (const int frames : {120, 240, 480, 960, 1920, 2880, 3840, 4800, 5760}) {
    const int bytes =
        encoder->Encode(std::span(pcm).first(2 * static_cast<size_t>(frames)), packet);
    ASSERT_GT(bytes, 0) << frames;
    EXPECT_EQ(decoder->PacketDuration(std::span(packet).first(static_cast<size_t>(bytes))), frames);
  }
  for (const int samples : {0, 1, 239, 242, 2 * 961, 2 * 6000}) {
    EXPECT_EQ(encoder->Encode(std::span(pcm).first(static_cast<size_t>(samples)), packet),
              ToInt(StatusCode::kInvalidArgument))
        << samples;
  }
  EXPECT_EQ(encoder->Encode(std::span(pcm).first(1920), {}), ToInt(StatusCode::kBufferTooSmall));
}

TEST(OpusEncoderTest, RefusesWhatIsOutOfRange) {
  EXPECT_FALSE(OpusStreamEncoder::Create({44100, 1, OpusApplication::kVoip}).ok());
  EXPECT_FALSE(OpusStreamEncoder::Create({48000, 3, OpusApplication::kVoip}).ok());
  EXPECT_FALSE(OpusStreamEncoder::Create({48000, 1, static_cast<OpusApplication>(9)}).ok());
  auto encoder = MakeEncoder();
  for (const int bitrate : {-1, 0, 5999, 510001}) EXPECT_FALSE(encoder->set_bitrate(bitrate).ok());
  for (const int complexity : {-1, 11}) EXPECT_FALSE(encoder->set_complexity(complexity).ok());
  for (const int loss : {-1, 101}) EXPECT_FALSE(encoder->set_expected_loss_percent(loss).ok());
  EXPECT_FALSE(encoder->set_max_bandwidth(static_cast<OpusBandwidth>(5)).ok());
  EXPECT_FALSE(encoder->set_rate_mode(static_cast<OpusRateMode>(-1)).ok());
  EXPECT_FALSE(encoder->set_signal(static_cast<OpusSignal>(3)).ok());
}

TEST(OpusEncoderTest, ConstantRateGivesTheBitrateInEveryPacket) {
  auto encoder = MakeEncoder();
  ASSERT_TRUE(encoder->set_rate_mode(OpusRateMode::kConstant).ok());
  for (const int bitrate : {16000, 32000, 64000}) {
    ASSERT_TRUE(encoder->set_bitrate(bitrate).ok());
    for (const auto& packet : EncodeAll(*encoder, VoiceLike(48000, 24000), 960)) {
      EXPECT_EQ(packet.size(), static_cast<size_t>(bitrate / 50 / 8));
    }
  }
}

TEST(OpusEncoderTest, MaxBandwidthCutsTheSpectrum) {
  // White noise coded with narrowband keeps nothing above 4 kHz; fullband keeps most.
  std::minstd_rand random(7);
  std::uniform_real_distribution<float> uniform(-0.3F, 0.3F);
  std::vector<float> noise(48000);
  for (float& x : noise) x = uniform(random);
  const auto high_band = [&noise](OpusBandwidth bandwidth) {
    auto encoder = MakeEncoder({48000, 1, OpusApplication::kAudio});
    EXPECT_TRUE(encoder->set_bitrate(96000).ok());
    EXPECT_TRUE(encoder->set_max_bandwidth(bandwidth).ok());
    auto decoder = MakeDecoder();
    const std::vector<float> out = DecodeAll(*decoder, EncodeAll(*encoder, noise, 960));
    std::vector<float> differences(out.size() - 1);  // a high-pass of 6 dB per octave, twice
    for (size_t i = 0; i + 2 < out.size(); ++i)
      differences[i] = out[i + 2] - 2 * out[i + 1] + out[i];
    return Energy(differences) / Energy(out);
  };
  EXPECT_LT(high_band(OpusBandwidth::kNarrowband), 0.1 * high_band(OpusBandwidth::kFullband));
}

TEST(OpusEncoderTest, DtxStopsSendingSilence) {
  const auto bytes = [](bool dtx) {
    auto encoder = MakeEncoder();
    EXPECT_TRUE(encoder->set_dtx(dtx).ok());
    EncodeAll(*encoder, VoiceLike(48000, 24000), 960);
    return TotalBytes(EncodeAll(*encoder, std::vector<float>(96000, 0.0F), 960));
  };
  EXPECT_LT(bytes(true), 2 * bytes(false) / 3);
}

TEST(OpusEncoderTest, NotANumberIsSilence) {
  auto encoder = MakeEncoder();
  std::vector<float> pcm(960, std::numeric_limits<float>::quiet_NaN());
  auto decoder = MakeDecoder();
  Packets packets = EncodeAll(*encoder, pcm, 960);
  std::fill(pcm.begin(), pcm.end(), 0.0F);
  for (int i = 0; i < 10; ++i) packets.push_back(EncodeAll(*encoder, pcm, 960).front());
  for (const float x : DecodeAll(*decoder, packets)) ASSERT_LT(std::abs(x), 0.01F);
}

TEST(OpusDecoderTest, RedundancyRestoresALostPacketBetterThanConcealment) {
  auto encoder = MakeEncoder();
  ASSERT_TRUE(encoder->set_bitrate(32000).ok());
  ASSERT_TRUE(encoder->set_inband_fec(true).ok());
  ASSERT_TRUE(encoder->set_expected_loss_percent(20).ok());
  const Packets packets = EncodeAll(*encoder, VoiceLike(48000, 96000), 960);
  auto reference = MakeDecoder();
  auto with_fec = MakeDecoder();
  auto with_plc = MakeDecoder();
  std::vector<float> expected(960);
  std::vector<float> restored(960);
  std::vector<float> concealed(960);
  double fec_error = 0;
  double plc_error = 0;
  int recovered = 0;
  for (size_t i = 0; i + 1 < packets.size(); ++i) {
    ASSERT_EQ(reference->Decode(packets[i], expected), 960);
    const bool lost = i % 5 == 3 && with_fec->HasRedundancy(packets[i + 1]);
    if (!lost) {
      with_fec->Decode(packets[i], restored);
      with_plc->Decode(packets[i], concealed);
      continue;
    }
    ASSERT_EQ(with_fec->DecodeRedundancy(packets[i + 1], 960, restored), 960);
    ASSERT_EQ(with_plc->Conceal(960, concealed), 960);
    ++recovered;
    for (size_t k = 0; k < 960; ++k) {
      fec_error += std::pow(restored[k] - expected[k], 2);
      plc_error += std::pow(concealed[k] - expected[k], 2);
    }
  }
  EXPECT_GE(recovered, 10);
  EXPECT_LT(fec_error, 0.5 * plc_error);
}

TEST(OpusDecoderTest, WithoutFecThereIsNoRedundancy) {
  auto encoder = MakeEncoder();
  auto decoder = MakeDecoder();
  std::vector<float> out(960);
  for (const auto& packet : EncodeAll(*encoder, VoiceLike(48000, 48000), 960)) {
    EXPECT_FALSE(decoder->HasRedundancy(packet));
    EXPECT_EQ(decoder->DecodeRedundancy(packet, 960, out), ToInt(StatusCode::kCorruptData));
  }
}

TEST(OpusDecoderTest, ConcealmentFadesToSilence) {
  auto encoder = MakeEncoder();
  auto decoder = MakeDecoder();
  const std::vector<float> tone = VoiceLike(48000, 9600);
  DecodeAll(*decoder, EncodeAll(*encoder, std::span(tone).first(5760), 960));
  std::vector<float> block(480);
  double first = 0;
  double last = 0;
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(decoder->Conceal(480, block), 480);
    (i == 0 ? first : last) = Energy(block);
  }
  EXPECT_GT(first, 0);
  EXPECT_LT(last, 0.01 * first);
}

TEST(OpusDecoderTest, ConcealmentInVainIsUndoneByTheSavedState) {
  auto encoder = MakeEncoder();
  const Packets packets = EncodeAll(*encoder, VoiceLike(48000, 19200), 960);
  auto whole = MakeDecoder();
  const std::vector<float> expected = DecodeAll(*whole, packets);
  auto decoder = MakeDecoder();
  const size_t half = packets.size() / 2;
  DecodeAll(*decoder, {packets.begin(), packets.begin() + static_cast<std::ptrdiff_t>(half)});
  decoder->SaveState();
  std::vector<float> block(480);
  for (int i = 0; i < 7; ++i) ASSERT_EQ(decoder->Conceal(480, block), 480);
  decoder->RestoreState();
  const std::vector<float> rest =
      DecodeAll(*decoder, {packets.begin() + static_cast<std::ptrdiff_t>(half), packets.end()});
  ASSERT_EQ(rest.size(), expected.size() - half * 960);
  for (size_t i = 0; i < rest.size(); ++i) ASSERT_EQ(rest[i], expected[half * 960 + i]) << i;
}

TEST(OpusDecoderTest, SpansAndDurationsAreChecked) {
  auto decoder = MakeDecoder({48000, 2});
  std::vector<float> out(2 * 960);
  const std::array<uint8_t, 2> packet = {0xF8, 0};  // CELT, 20 ms
  EXPECT_EQ(decoder->Decode(packet, std::span(out).first(1919)),
            ToInt(StatusCode::kBufferTooSmall));
  EXPECT_EQ(decoder->Decode(packet, out), 960);
  for (const int frames : {-120, 0, 119, 5880}) {
    EXPECT_EQ(decoder->Conceal(frames, out), ToInt(StatusCode::kInvalidArgument)) << frames;
  }
  EXPECT_EQ(decoder->Conceal(1920, out), ToInt(StatusCode::kBufferTooSmall));
  EXPECT_EQ(decoder->Decode({}, out), ToInt(StatusCode::kCorruptData));
}

TEST(OpusDecoderTest, HostilePacketsStayInsideTheSpan) {
  auto decoder = MakeDecoder({48000, 2});
  std::minstd_rand random(1);
  std::vector<float> out(2 * kMaxOpusPacketFrames + 64);
  const auto sound = std::span(out).first(2 * kMaxOpusPacketFrames);
  constexpr float kCanary = 12345;
  for (int i = 0; i < 3000; ++i) {
    std::vector<uint8_t> packet(random() % 200);
    for (uint8_t& byte : packet) byte = static_cast<uint8_t>(random());
    std::fill(out.begin(), out.end(), kCanary);
    const int frames = decoder->Decode(packet, sound);
    EXPECT_LE(frames, kMaxOpusPacketFrames);
    EXPECT_EQ(frames, decoder->PacketDuration(packet));
    if (frames > 0) decoder->DecodeRedundancy(packet, frames, sound);
    for (size_t k = 2 * static_cast<size_t>(std::max(0, frames)); k < out.size(); ++k) {
      ASSERT_EQ(out[k], kCanary);
    }
    for (int k = 0; k < 2 * frames; ++k) ASSERT_TRUE(std::isfinite(out[static_cast<size_t>(k)]));
  }
}

TEST(OpusDecoderTest, OutputGainScales) {
  auto encoder = MakeEncoder();
  const Packets packets = EncodeAll(*encoder, VoiceLike(48000, 24000), 960);
  auto plain = MakeDecoder();
  auto halved = MakeDecoder();
  ASSERT_TRUE(halved->set_output_gain_q8_db(-1541).ok());  // −6.02 dB
  EXPECT_NEAR(Energy(DecodeAll(*halved, packets)) / Energy(DecodeAll(*plain, packets)), 0.25,
              0.001);
  EXPECT_FALSE(halved->set_output_gain_q8_db(40000).ok());
}

TEST(OpusStreamTest, WithoutNetworksSaysSo) {
  EXPECT_FALSE(HasDeepOpus());
  EXPECT_EQ(OpusStreamDecoder::Create({.deep = true}).status().code(), StatusCode::kUnsupported);
  EXPECT_EQ(MakeEncoder()->set_deep_redundancy_ms(500).code(), StatusCode::kUnsupported);
}

TEST(OpusStreamTest, NothingIsAllocatedAfterCreate) {
  auto encoder = MakeEncoder();
  auto decoder = MakeDecoder();
  const std::vector<float> pcm = VoiceLike(48000, 48000);
  std::array<uint8_t, 1500> packet;
  std::array<float, 960> out;
  const int64_t before = testing::AllocationCount();
  for (size_t at = 0; at + 960 <= pcm.size(); at += 960) {
    const int bytes = encoder->Encode(std::span(pcm).subspan(at, 960), packet);
    decoder->Decode(std::span(packet).first(static_cast<size_t>(bytes)), out);
    decoder->Conceal(480, out);
    ASSERT_TRUE(encoder->set_bitrate(24000 + static_cast<int>(at % 1000)).ok());
  }
  decoder->Reset();
  encoder->Reset();
  EXPECT_EQ(testing::AllocationCount(), before);
}

}  // namespace
}  // namespace earshot
