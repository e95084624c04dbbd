// What libopus's networks add: concealment that goes on speaking, and deep redundancy (DRED).
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "codec/opus_decoder.h"
#include "codec/opus_encoder.h"
#include "support/allocation_counter.h"
#include "support/log_spectral_distance.h"
#include "support/recording.h"

namespace earshot {
namespace {

constexpr int kRateHz = 16000;
constexpr size_t kPacket = kRateHz / 50;  // 20 ms
constexpr int kFrames = static_cast<int>(kPacket);
constexpr int kTick = kFrames / 2;

using Packets = std::vector<std::vector<uint8_t>>;

std::unique_ptr<OpusStreamDecoder> MakeDecoder(bool deep) {
  auto decoder = OpusStreamDecoder::Create({.sample_rate_hz = kRateHz, .deep = deep});
  EXPECT_TRUE(decoder.ok()) << decoder.status().message();
  return std::move(decoder).value();
}

std::unique_ptr<OpusStreamEncoder> MakeEncoder(int dred_ms) {
  auto encoder = OpusStreamEncoder::Create({.sample_rate_hz = kRateHz});
  EXPECT_TRUE(encoder.ok()) << encoder.status().message();
  EXPECT_TRUE(encoder.value()->set_bitrate(40000).ok());
  EXPECT_TRUE(encoder.value()->set_expected_loss_percent(20).ok());
  EXPECT_TRUE(encoder.value()->set_deep_redundancy_ms(dred_ms).ok());
  return std::move(encoder).value();
}

Packets Encode(OpusStreamEncoder& encoder, std::span<const float> pcm) {
  Packets packets;
  std::array<uint8_t, 1500> packet;
  for (size_t at = 0; at + kPacket <= pcm.size(); at += kPacket) {
    const int bytes = encoder.Encode(pcm.subspan(at, kPacket), packet);
    EXPECT_GT(bytes, 0);
    packets.emplace_back(packet.begin(), packet.begin() + std::max(0, bytes));
  }
  return packets;
}

class OpusDeepTest : public ::testing::Test {
 protected:
  void SetUp() override {
    speech_ = testing::ReadRecording(EARSHOT_TEST_DATA "/clean-speech.wav", kRateHz);
    ASSERT_FALSE(speech_.empty()) << "no recordings in " << EARSHOT_TEST_DATA;
  }

  std::vector<float> speech_;
};

/// Five packets (100 ms) in every forty are lost.
bool Lost(size_t i) { return i >= 40 && i % 40 < 5; }

enum class How { kUndamaged, kStandard, kDeep, kDeepRedundancy };

std::vector<float> Play(const Packets& packets, How how) {
  const auto decoder = MakeDecoder(how == How::kDeep || how == How::kDeepRedundancy);
  std::vector<float> heard(packets.size() * kPacket);
  int reach = 0;
  size_t next = 0;  // The packet after the loss.
  for (size_t i = 0; i < packets.size(); ++i) {
    const auto out = std::span(heard).subspan(i * kPacket, kPacket);
    if (how == How::kUndamaged || !Lost(i)) {
      EXPECT_EQ(decoder->Decode(packets[i], out), kFrames);
      continue;
    }
    if (!Lost(i - 1)) {
      for (next = i; Lost(next);) ++next;
      const auto missing = static_cast<int>((next - i) * kPacket);
      if (how == How::kDeepRedundancy && next < packets.size()) {
        reach = decoder->LoadDeepRedundancy(packets[next], missing);
      }
    }
    for (int tick = 0; tick < 2; ++tick) {
      const auto part = out.subspan(static_cast<size_t>(tick * kTick), kTick);
      const int before = static_cast<int>((next - i) * kPacket) - tick * kTick;
      if (how == How::kDeepRedundancy && before <= reach) {
        EXPECT_EQ(decoder->DecodeDeepRedundancy(before, kTick, part), kTick);
      } else {
        EXPECT_EQ(decoder->Conceal(kTick, part), kTick);
      }
    }
  }
  return heard;
}

TEST_F(OpusDeepTest, IsThereAndCanBeHad) {
  EXPECT_TRUE(HasDeepOpus());
  const auto encoder = MakeEncoder(0);
  for (const int ms : {-1, 1001}) EXPECT_FALSE(encoder->set_deep_redundancy_ms(ms).ok()) << ms;
}

TEST_F(OpusDeepTest, RedundancyReachesBackAsFarAsWasAskedFor) {
  const auto decoder = MakeDecoder(true);
  // Packets that describe at least so many milliseconds.
  const auto count = [&](int dred_ms, int least_ms) {
    const auto encoder = MakeEncoder(dred_ms);
    int described = 0;
    for (const auto& packet : Encode(*encoder, speech_)) {
      const int reach = decoder->LoadDeepRedundancy(packet, kRateHz);
      EXPECT_LE(reach, kRateHz + kRateHz / 25);
      described += reach * 1000 >= least_ms * kRateHz ? 1 : 0;
    }
    return described;
  };
  const int packets = static_cast<int>(speech_.size() / kPacket);
  EXPECT_EQ(count(0, 1), 0);
  EXPECT_GT(count(200, 100), packets / 3);
  // Only behind a pause, which it leaves out, does it reach further than asked for.
  EXPECT_LT(count(200, 400), packets / 10);
  EXPECT_GT(count(500, 400), packets / 5);
}

TEST_F(OpusDeepTest, ADecoderWithoutNetworksPlaysTheSamePackets) {
  const auto encoder = MakeEncoder(500);
  const Packets packets = Encode(*encoder, speech_);
  const auto decoder = MakeDecoder(false);
  std::vector<float> out(kPacket);
  EXPECT_EQ(decoder->LoadDeepRedundancy(packets[100], kRateHz), 0);
  for (const auto& packet : packets) ASSERT_EQ(decoder->Decode(packet, out), kFrames);
}

TEST_F(OpusDeepTest, RedundancyIsNearerToWhatWasSaidThanAnyConcealment) {
  const auto encoder = MakeEncoder(500);
  const Packets packets = Encode(*encoder, speech_);
  const auto lost = [&](How how) {
    const std::vector<float> heard = Play(packets, how);
    std::vector<float> only;
    for (size_t i = 0; i < packets.size(); ++i) {
      const auto part = std::span(heard).subspan(i * kPacket, kPacket);
      if (Lost(i)) only.insert(only.end(), part.begin(), part.end());
    }
    return only;
  };
  const std::vector<float> said = lost(How::kUndamaged);
  const auto distance = [&](How how) {
    return testing::LogSpectralDistanceDb(said, lost(how), kPacket);
  };
  const double standard = distance(How::kStandard);
  const double redundancy = distance(How::kDeepRedundancy);
  const double deep = distance(How::kDeep);
  std::printf("  log-spectral distance: standard %.2f dB, deep %.2f dB, deep redundancy %.2f dB\n",
              standard, deep, redundancy);
  EXPECT_LT(redundancy, standard - 1);
  EXPECT_LT(redundancy, deep - 0.5);
}

TEST_F(OpusDeepTest, ConcealmentInVainIsUndoneByTheSavedState) {
  const auto encoder = MakeEncoder(0);
  const Packets packets = Encode(*encoder, std::span(speech_).first(100 * kPacket));
  const auto whole = MakeDecoder(true);
  const auto decoder = MakeDecoder(true);
  std::vector<float> expected(kPacket), heard(kPacket), concealed(kPacket);
  for (size_t i = 0; i < packets.size(); ++i) {
    if (i % 10 == 5) {
      decoder->SaveState();
      for (int k = 0; k < 3; ++k) ASSERT_EQ(decoder->Conceal(kFrames, concealed), kFrames);
      decoder->RestoreState();
    }
    ASSERT_EQ(whole->Decode(packets[i], expected), kFrames);
    ASSERT_EQ(decoder->Decode(packets[i], heard), kFrames);
    ASSERT_EQ(heard, expected) << "packet " << i;
  }
}

TEST_F(OpusDeepTest, HostileRedundancyStaysInsideTheSpan) {
  const auto encoder = MakeEncoder(1000);
  Packets packets = Encode(*encoder, std::span(speech_).first(200 * kPacket));
  const auto decoder = MakeDecoder(true);
  std::minstd_rand random(3);
  constexpr float kCanary = 12345;
  std::vector<float> out(kPacket + 16);
  for (int i = 0; i < 3000; ++i) {
    auto packet = packets[random() % packets.size()];
    // The redundancy is behind the speech.
    for (int k = 0; k < 1 + i % 8; ++k) {
      const size_t at = packet.size() / 3 + random() % (packet.size() - packet.size() / 3);
      packet[at] = static_cast<uint8_t>(random());
    }
    if (i % 5 == 0) packet.resize(1 + random() % packet.size());
    std::fill(out.begin(), out.end(), kCanary);
    const int reach = decoder->LoadDeepRedundancy(packet, static_cast<int>(random() % 20000));
    ASSERT_GE(reach, 0);
    ASSERT_LE(reach, kRateHz + kRateHz / 25);
    const auto before = static_cast<int>(random() % (2 * kRateHz));
    ASSERT_EQ(decoder->DecodeDeepRedundancy(before, kTick, std::span(out).first(kPacket)), kTick);
    for (size_t k = 0; k < out.size(); ++k) {
      if (k < static_cast<size_t>(kTick)) {
        ASSERT_TRUE(std::isfinite(out[k]));
      } else {
        ASSERT_EQ(out[k], kCanary);
      }
    }
    decoder->Decode(packets[static_cast<size_t>(i) % packets.size()],
                    std::span(out).first(kPacket));
  }
  EXPECT_EQ(decoder->LoadDeepRedundancy({}, kRateHz), 0);
}

TEST_F(OpusDeepTest, NothingIsAllocatedAfterCreate) {
  const auto encoder = MakeEncoder(500);
  const auto decoder = MakeDecoder(true);
  const Packets packets = Encode(*encoder, std::span(speech_).first(100 * kPacket));
  std::array<uint8_t, 1500> packet;
  std::array<float, kPacket> out;
  const int64_t before = testing::AllocationCount();
  for (size_t i = 0; i < packets.size(); ++i) {
    ASSERT_GT(encoder->Encode(std::span(speech_).subspan(i * kPacket, kPacket), packet), 0);
    decoder->Decode(packets[i], out);
    decoder->Conceal(kTick, out);
    decoder->LoadDeepRedundancy(packets[i], kRateHz);
    decoder->DecodeDeepRedundancy(kFrames, kTick, out);
  }
  decoder->Reset();
  EXPECT_EQ(testing::AllocationCount(), before);
}

}  // namespace
}  // namespace earshot
