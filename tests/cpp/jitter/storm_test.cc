// Ten thousand packets a second of anybody's making: memory and time stay bounded, the accounts
// stay in balance, and an honest stream that follows is played within a second.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "simulation.h"
#include "support/allocation_counter.h"

namespace earshot::testing {
namespace {

constexpr int kPacketsPerTick = 100;
constexpr int kStormTicks = 300;

// Which fields of the header are random from packet to packet; the others go on as in a stream.
struct Storm {
  const char* name;
  bool ssrc;
  bool sequence_number;
  bool timestamp;
};

constexpr Storm kStorms[] = {
    {"everything", true, true, true},         {"numbers of one source", false, true, true},
    {"sequence numbers", false, true, false}, {"timestamps", false, false, true},
    {"sources", true, false, false},          {"nothing, but far too fast", false, false, false}};

class Attacker {
 public:
  Attacker(const Storm& storm, unsigned seed) : storm_(storm), engine_(seed) {}

  void Attack(JitterBuffer& buffer) {
    info_.ssrc = storm_.ssrc ? Random() : 1;
    info_.sequence_number =
        static_cast<uint16_t>(storm_.sequence_number ? Random() : info_.sequence_number + 1u);
    info_.timestamp = storm_.timestamp ? Random() : info_.timestamp + 960;
    std::array<std::array<uint8_t, 8>, 4> payloads;
    std::array<RedundantCopy, 3> copies;
    for (auto& payload : payloads) Fill(payload);
    for (size_t i = 0; i < copies.size(); ++i) {
      const uint32_t offset =
          Random() % 2 == 0 ? 960 * (3 - static_cast<uint32_t>(i)) : Random() % 16384;
      copies[i] = {offset, std::span(payloads[i]).first(Random() % 9)};
    }
    buffer.InsertPacket(info_, std::span(payloads[3]).first(Random() % 4 == 0 ? Random() % 9 : 8),
                        std::span(copies).first(Random() % 4));
  }

  uint16_t sequence_number() const { return info_.sequence_number; }

 private:
  uint32_t Random() { return static_cast<uint32_t>(engine_()); }
  // Mostly something FakeDecoder takes for a packet.
  void Fill(std::array<uint8_t, 8>& payload) {
    for (uint8_t& byte : payload) byte = static_cast<uint8_t>(Random());
    if (Random() % 4 != 0) payload[0] = static_cast<uint8_t>(1 + Random() % 48);
    if (Random() % 4 != 0) payload[1] &= 1;
  }

  const Storm storm_;
  std::mt19937 engine_;
  RtpPacketInfo info_{1, 0, 0};
};

void ExpectBalance(const JitterBufferStats& s, int max_packets) {
  const int64_t made = s.emitted_samples + s.recovered_samples + s.concealed_samples +
                       s.dtx_samples + s.inserted_samples - s.removed_samples;
  ASSERT_GE(made, s.total_samples);
  ASSERT_LE(made, s.total_samples + 24 * kTick);
  ASSERT_LE(s.packets_in_buffer, max_packets);
  ASSERT_GE(s.fec_packets_discarded, 0);
  ASSERT_LE(s.fec_packets_discarded, s.fec_packets_received);
}

TEST(PacketStorm, IsSurvivedAndForgotten) {
  for (const Storm& storm : kStorms) {
    for (unsigned seed = 1; seed <= 2; ++seed) {
      SCOPED_TRACE(::testing::Message() << storm.name << ", seed " << seed);
      constexpr int kMaxPackets = 200;
      Simulation simulation(Voice, {.max_packets = kMaxPackets});
      Attacker attacker(storm, seed);
      std::array<float, kTick> out;
      const int64_t allocations = AllocationCount();
      for (int tick = 0; tick < kStormTicks; ++tick) {
        for (int i = 0; i < kPacketsPerTick; ++i) attacker.Attack(*simulation.buffer);
        ASSERT_EQ(simulation.buffer->GetAudio(out), kTick);
        for (const float x : out) ASSERT_TRUE(std::abs(x) < 4);
        ExpectBalance(simulation.stats(), kMaxPackets);
      }
      EXPECT_EQ(AllocationCount(), allocations);

      // Of the storm's source, if that had only one; numbered anyhow, or as if it came late.
      const auto number =
          static_cast<uint16_t>(seed % 2 == 0 ? attacker.sequence_number() - 100u : 977 * seed);
      const auto honest = Send({.num_packets = 100,
                                .first_sequence_number = number,
                                .first_timestamp = 123456789 * seed});
      simulation.Run(honest, 100);
      const JitterBufferStats after_a_second = simulation.stats();
      simulation.Run(honest, 100);
      EXPECT_EQ(simulation.stats().concealed_samples, after_a_second.concealed_samples);
      EXPECT_GE(simulation.stats().emitted_samples - after_a_second.emitted_samples, 95 * kTick);
      EXPECT_LE(simulation.stats().current_delay_ms, 60);
      ExpectBalance(simulation.stats(), kMaxPackets);
    }
  }
}

}  // namespace
}  // namespace earshot::testing
