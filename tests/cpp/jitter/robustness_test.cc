// Packets and payloads at random: nothing is read or written out of bounds (run under
// AddressSanitizer), nothing is allocated, nothing takes forever, and the accounts stay in balance.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "jitter/packet_buffer.h"
#include "jitter/packet_gate.h"
#include "simulation.h"
#include "support/allocation_counter.h"

namespace earshot::testing {
namespace {

TEST(Robustness, AnyPacketsInAnyOrder) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 engine(seed);
    const auto random = [&engine] { return static_cast<uint32_t>(engine()); };
    FakeDecoder decoder(seed % 2 == 0 ? Voice : Noise, 1 + static_cast<int>(seed % 2));
    auto buffer = std::move(
        JitterBuffer::Create({.max_packets = 10 + static_cast<int>(random() % 50)}, decoder)
            .value());
    std::vector<float> out(static_cast<size_t>(kTick * decoder.num_channels()));
    std::array<uint8_t, kMaxPacketBytes> payload;
    uint16_t sequence_number = static_cast<uint16_t>(random());
    uint32_t timestamp = random();
    const int64_t allocations = AllocationCount();
    for (int tick = 0; tick < 3000; ++tick) {
      for (unsigned n = random() % 4; n > 0; --n) {
        switch (random() % 24) {
          case 0:
            sequence_number = static_cast<uint16_t>(random());
            break;
          case 1:
            timestamp = random();
            break;
          case 2:
            sequence_number = static_cast<uint16_t>(sequence_number - random() % 40);
            break;
          case 3:
            timestamp -= random() % 100000;
            break;
          case 4:
            sequence_number = static_cast<uint16_t>(sequence_number + random() % 300);
            break;
          default:
            ++sequence_number;
            timestamp += 960;
        }
        size_t size = random() % 3 == 0 ? random() % 8 : 6 + random() % 20;
        if (random() % 200 == 0) size = kMaxPacketBytes;
        for (size_t i = 0; i < std::min<size_t>(size, 8); ++i)
          payload[i] = static_cast<uint8_t>(random());
        if (size > 1 && random() % 4 != 0) payload[0] = static_cast<uint8_t>(1 + random() % 48);
        const uint32_t ssrc = random() % 400 == 0 ? 2 : 1;
        buffer->InsertPacket({ssrc, sequence_number, timestamp}, {payload.data(), size});
      }
      if (random() % 500 == 0) {
        const int low = static_cast<int>(random() % 2000);
        ASSERT_TRUE(buffer->set_delay_bounds(low, low + static_cast<int>(random() % 2000)).ok());
      }
      ASSERT_EQ(buffer->GetAudio(out), kTick);
      for (const float x : out) ASSERT_TRUE(std::isfinite(x) && std::abs(x) < 4);
      const JitterBufferStats& s = buffer->stats();
      const int64_t made = s.emitted_samples + s.recovered_samples + s.concealed_samples +
                           s.dtx_samples + s.inserted_samples - s.removed_samples;
      ASSERT_GE(made, s.total_samples);
      ASSERT_LE(made, s.total_samples + 24 * kTick);
    }
    EXPECT_EQ(AllocationCount(), allocations);
    EXPECT_GT(buffer->stats().emitted_samples, 100 * kTick);
  }
}

TEST(PacketGate, ToldRestartFromReordering) {
  PacketGate gate;
  using Verdict = PacketGate::Verdict;
  EXPECT_EQ(gate.Check(1, 100, 0).verdict, Verdict::kAccepted);
  EXPECT_EQ(gate.Check(1, 99, 0).verdict, Verdict::kAccepted);
  EXPECT_EQ(gate.Check(1, 99, 0).verdict, Verdict::kDuplicate);
  EXPECT_EQ(gate.Check(1, 40000, 0).verdict, Verdict::kSuspect);
  EXPECT_EQ(gate.Check(1, 101, 0).verdict, Verdict::kAccepted)
      << "one stray packet must not stop the stream";
  EXPECT_EQ(gate.Check(1, 40000, 0).verdict, Verdict::kSuspect);
  EXPECT_EQ(gate.Check(1, 40001, 0).verdict, Verdict::kNewStream);
  EXPECT_EQ(gate.Check(1, 40002, 0).verdict, Verdict::kAccepted);
  EXPECT_EQ(gate.Check(2, 40003, 0).verdict, Verdict::kNewStream);
}

TEST(PacketGate, ExtendsBothCountersAcrossTheirWraps) {
  PacketGate gate;
  gate.Check(1, 65535, 0xfffffff0u);
  const auto after = gate.Check(1, 1, 0x10);
  EXPECT_EQ(after.sequence_number, 65537);
  EXPECT_EQ(after.timestamp, 0x100000010);
  EXPECT_EQ(gate.Check(1, 0, 0).sequence_number, 65536);
  EXPECT_EQ(gate.Check(1, 0, 0).verdict, PacketGate::Verdict::kDuplicate);
}

TEST(PacketGate, ASenderThatStartsOverWithTheSameNumbersIsNoDuplicateForLong) {
  PacketGate gate;
  for (uint16_t n = 0; n < 200; ++n) gate.Check(1, n, n * 960u);
  EXPECT_EQ(gate.Check(1, 150, 150 * 960u).verdict, PacketGate::Verdict::kDuplicate);
  int refused = 0;
  for (uint16_t n = 100; n < 150; ++n) {
    const auto verdict = gate.Check(1, n, 0x80000000u + n * 960u).verdict;
    if (verdict == PacketGate::Verdict::kNewStream) break;
    EXPECT_EQ(verdict, PacketGate::Verdict::kSuspect);
    ++refused;
  }
  EXPECT_LE(refused, 40);
}

TEST(PacketBuffer, KeepsOrderAndBytesWithinItsCapacity) {
  PacketBuffer buffer(8, 16);
  std::mt19937 random(1);
  std::vector<int64_t> expected;
  for (int round = 0; round < 2000; ++round) {
    const int64_t number = static_cast<int64_t>(random() % 64);
    const std::vector<uint8_t> bytes(static_cast<size_t>(1 + number % 16),
                                     static_cast<uint8_t>(number));
    BufferedPacket packet;
    packet.sequence_number = number;
    packet.payload = bytes;
    const auto result = buffer.Insert(packet);
    const bool present = std::find(expected.begin(), expected.end(), number) != expected.end();
    ASSERT_EQ(result, present                ? PacketBuffer::Result::kDuplicate
                      : expected.size() == 8 ? PacketBuffer::Result::kFull
                                             : PacketBuffer::Result::kInserted);
    if (result == PacketBuffer::Result::kInserted) {
      expected.insert(std::upper_bound(expected.begin(), expected.end(), number), number);
    }
    if (random() % 3 == 0 && !buffer.empty()) {
      buffer.PopFront();
      expected.erase(expected.begin());
    }
    ASSERT_EQ(buffer.size(), static_cast<int>(expected.size()));
    for (int i = 0; i < buffer.size(); ++i) {
      ASSERT_EQ(buffer[i].sequence_number, expected[static_cast<size_t>(i)]);
      ASSERT_EQ(buffer[i].payload.size(), static_cast<size_t>(1 + buffer[i].sequence_number % 16));
      ASSERT_EQ(buffer[i].payload.back(), static_cast<uint8_t>(buffer[i].sequence_number));
    }
  }
}

}  // namespace
}  // namespace earshot::testing
