// Fuzzing of what the network controls, through the whole chain with the real decoder: headers,
// payloads of redundant audio data and Opus packets, at random and as damaged good ones. Run under
// AddressSanitizer and UndefinedBehaviorSanitizer too.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <random>

#include "codec/opus_encoder.h"
#include "pipeline/playout_chain.h"
#include "support/allocation_counter.h"
#include "support/planar_buffer.h"
#include "support/red_writer.h"

namespace earshot::testing {
namespace {

constexpr int kOpus = 111;
constexpr int kRed = 63;
constexpr int kTickFrames = 480;
constexpr uint32_t kPacketFrames = 960;

using Bytes = std::vector<uint8_t>;

// A second of a tone, in packets of 20 ms with in-band FEC.
std::vector<Bytes> GoodPackets() {
  auto encoder = std::move(OpusStreamEncoder::Create({.num_channels = 1}).value());
  EXPECT_TRUE(encoder->set_inband_fec(true).ok());
  EXPECT_TRUE(encoder->set_expected_loss_percent(20).ok());
  std::vector<Bytes> packets;
  std::vector<float> pcm(kPacketFrames);
  for (size_t n = 0; n < 50; ++n) {
    for (size_t i = 0; i < pcm.size(); ++i) {
      const double t = static_cast<double>(n * kPacketFrames + i) / 48000;
      pcm[i] = static_cast<float>(0.3 * std::sin(2 * std::numbers::pi * 300 * t));
    }
    std::array<uint8_t, kMaxPacketBytes> bytes;
    const int size = encoder->Encode(pcm, bytes);
    EXPECT_GT(size, 0);
    packets.emplace_back(bytes.begin(), bytes.begin() + size);
  }
  return packets;
}

class Fuzzer {
 public:
  Fuzzer(const std::vector<Bytes>& good, unsigned seed) : good_(good), engine_(seed) {}

  uint32_t Random(uint32_t below) { return static_cast<uint32_t>(engine_() % below); }

  // Opus, or several in redundant audio data; then perhaps damaged.
  Bytes Payload(bool red) {
    Bytes payload = Pick();
    if (red) {
      std::vector<RedundantBlock> copies(Random(4));
      for (RedundantBlock& copy : copies) {
        copy = {Random(8) == 0 ? 13 : kOpus,
                Random(4) == 0 ? Random(16384) : kPacketFrames * (1 + Random(5)), Pick()};
        copy.data.resize(std::min<size_t>(copy.data.size(), 1023));
      }
      payload = WriteRed(copies, kOpus, payload);
    }
    for (uint32_t n = Random(4); n > 0 && !payload.empty(); --n) {
      // The first bytes decide most.
      const size_t reach = Random(2) == 0 ? std::min<size_t>(payload.size(), 12) : payload.size();
      uint8_t& byte = payload[Random(static_cast<uint32_t>(reach))];
      byte = Random(2) == 0 ? static_cast<uint8_t>(Random(256))
                            : static_cast<uint8_t>(byte ^ 1u << Random(8));
    }
    if (Random(6) == 0) payload.resize(Random(static_cast<uint32_t>(payload.size()) + 1));
    if (Random(16) == 0) payload.resize(std::min<size_t>(payload.size() + Random(700), 1500));
    return payload;
  }

  RtpPacketInfo Header() {
    info_.sequence_number = static_cast<uint16_t>(info_.sequence_number + 1);
    info_.timestamp += kPacketFrames;
    if (Random(12) == 0) info_.sequence_number = static_cast<uint16_t>(Random(65536));
    if (Random(12) == 0) info_.timestamp = static_cast<uint32_t>(engine_());
    if (Random(8) == 0)
      info_.sequence_number = static_cast<uint16_t>(info_.sequence_number + Random(4) - 2);
    if (Random(100) == 0) info_.ssrc = static_cast<uint32_t>(engine_());
    return info_;
  }

 private:
  Bytes Pick() {
    if (Random(5) != 0) return good_[Random(static_cast<uint32_t>(good_.size()))];
    Bytes bytes(Random(100));
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(Random(256));
    return bytes;
  }

  const std::vector<Bytes>& good_;
  std::mt19937 engine_;
  RtpPacketInfo info_{1, 0, 0};
};

TEST(HostileInput, RedundantAudioDataAndOpusNeitherFaultNorAllocateNorLoseCount) {
  const std::vector<Bytes> good = GoodPackets();
  for (unsigned seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    Fuzzer fuzzer(good, seed);
    auto chain = std::move(PlayoutChain::Create({.num_channels = 1 + static_cast<int>(seed % 2),
                                                 .max_block_frames = kTickFrames})
                               .value());
    ASSERT_TRUE(chain->set_red_payload_type(kRed).ok());
    PlanarBuffer block(chain->num_channels(), kTickFrames);
    for (int tick = 0; tick < 1000; ++tick) {
      // Now and then a burst of 1 s at once.
      for (uint32_t n = fuzzer.Random(50) == 0 ? 50 : fuzzer.Random(3); n > 0; --n) {
        const bool red = fuzzer.Random(3) != 0;
        const Bytes payload = fuzzer.Payload(red);
        const RtpPacketInfo header = fuzzer.Header();
        const int64_t allocations = AllocationCount();
        chain->InsertPacket(header, red ? kRed : kOpus, payload);
        ASSERT_EQ(AllocationCount(), allocations);
      }
      const int64_t allocations = AllocationCount();
      ASSERT_EQ(chain->Process(block.View(0, kTickFrames)), kTickFrames);
      ASSERT_EQ(AllocationCount(), allocations);
      for (const float x : block[0]) ASSERT_TRUE(std::isfinite(x));
      const JitterBufferStats& s = chain->stats().jitter;
      const int64_t made = s.emitted_samples + s.recovered_samples + s.concealed_samples +
                           s.dtx_samples + s.inserted_samples - s.removed_samples;
      ASSERT_GE(made, s.total_samples);
      ASSERT_LE(made, s.total_samples + 24 * kTickFrames);
      ASSERT_GE(s.fec_packets_discarded, 0);
      ASSERT_LE(s.packets_in_buffer, 200);
    }
    // All kinds of fate were met.
    const PlayoutStats& s = chain->stats();
    EXPECT_GT(s.packets_rejected, 0);
    EXPECT_GT(s.jitter.decode_errors, 0);
    EXPECT_GT(s.jitter.restarts, 0);
    EXPECT_GT(s.jitter.packets_recovered, 0);
    EXPECT_GT(s.jitter.fec_packets_discarded, 0);
    EXPECT_GT(s.jitter.emitted_samples, 0);

    // An honest stream is heard within a second.
    int64_t emitted = 0;
    for (uint32_t n = 0; n < 75; ++n) {
      if (n == 50) emitted = chain->stats().jitter.emitted_samples;
      chain->InsertPacket({42, static_cast<uint16_t>(n), n * kPacketFrames}, kOpus, good[n % 50]);
      for (int half = 0; half < 2; ++half) chain->Process(block.View(0, kTickFrames));
    }
    EXPECT_GE(chain->stats().jitter.emitted_samples - emitted, 24 * 960);
  }
}

}  // namespace
}  // namespace earshot::testing
