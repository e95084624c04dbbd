// What the application asks for: less delay or fewer gaps, on the same packets.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "simulation.h"

namespace earshot::testing {
namespace {

constexpr LatencyHint kHints[] = {LatencyHint::kInteractive, LatencyHint::kBalanced,
                                  LatencyHint::kPlayback};

// A network that keeps the order, with jitter and, every three seconds on average, a stall of up to
// 600 ms.
std::vector<Sent> Stalling(int num_packets, unsigned seed) {
  std::mt19937 random(seed);
  auto sent = Send({.num_packets = num_packets});
  int64_t free = 0;
  for (Sent& packet : sent) {
    if (random() % 150 == 0) free = packet.arrival_tick + 5 + static_cast<int64_t>(random() % 56);
    packet.arrival_tick = std::max(free, packet.arrival_tick + static_cast<int64_t>(random() % 3));
    free = packet.arrival_tick;
  }
  return sent;
}

double MeanLagMs(const Simulation& simulation) {
  double sum = 0;
  for (const int64_t lag : simulation.lag_frames) sum += static_cast<double>(lag);
  return sum * 10 / kTick / static_cast<double>(simulation.lag_frames.size());
}

TEST(LatencyHint, TradesDelayForGapsOnTheSamePackets) {
  double lag_ms[3] = {};
  double concealed_ms[3] = {};
  for (unsigned seed = 0; seed < 6; ++seed) {
    const auto sent = Stalling(1500, seed);
    for (size_t i = 0; i < 3; ++i) {
      Simulation simulation(Voice, {.latency_hint = kHints[i]});
      simulation.Run(sent, 3000);
      lag_ms[i] = MeanLagMs(simulation);
      concealed_ms[i] = static_cast<double>(simulation.stats().concealed_samples) * 10 / kTick;
    }
    SCOPED_TRACE(seed);
    EXPECT_LE(lag_ms[0], lag_ms[1]);
    EXPECT_LE(lag_ms[1], lag_ms[2]);
    EXPECT_GE(concealed_ms[0], concealed_ms[1]);
    EXPECT_GE(concealed_ms[1], concealed_ms[2]);
    EXPECT_LT(lag_ms[0], lag_ms[2]);
    EXPECT_GT(concealed_ms[0], concealed_ms[2]);
  }
}

TEST(LatencyHint, StaysWithinTheBounds) {
  for (const LatencyHint hint : kHints) {
    Simulation simulation(Voice, {.min_delay_ms = 60, .max_delay_ms = 120, .latency_hint = hint});
    const auto sent = Stalling(1500, 4);
    for (int i = 0; i < 300; ++i) {
      simulation.Run(sent, 10);
      ASSERT_GE(simulation.stats().target_delay_ms, 60);
      ASSERT_LE(simulation.stats().target_delay_ms, 120);
    }
  }
}

TEST(LatencyHint, ChangesWithoutAClick) {
  // Stalls too short to run dry at 200 ms, so that all that is heard is the voice and its
  // stretching.
  Simulation simulation(Voice, {.min_delay_ms = 200});
  std::mt19937 random(9);
  auto sent = Send({.num_packets = 3000});
  for (Sent& packet : sent) packet.arrival_tick += static_cast<int64_t>(random() % 15);
  simulation.Run(sent, 500);
  const size_t settled = simulation.output.size();
  ASSERT_TRUE(simulation.buffer->set_delay_bounds(0, 2000).ok());
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(simulation.buffer->set_latency_hint(kHints[i % 3]).ok());
    simulation.Run(sent, 500);
  }
  EXPECT_GT(simulation.stats().removed_samples, 0);
  EXPECT_GT(simulation.stats().inserted_samples, 0);
  int clicks = 0;
  for (size_t n = settled; n < simulation.output.size(); ++n) {
    const bool spoken =
        simulation.output[n] != kConcealed && simulation.output[n - 1] != kConcealed;
    clicks +=
        spoken && std::abs(simulation.output[n] - simulation.output[n - 1]) > 1.5f * kVoiceSlope;
  }
  EXPECT_EQ(clicks, 0);
}

TEST(LatencyHint, RefusesOthers) {
  FakeDecoder decoder(Voice);
  EXPECT_FALSE(JitterBuffer::Create({.latency_hint = static_cast<LatencyHint>(3)}, decoder).ok());
  auto buffer = std::move(JitterBuffer::Create({}, decoder).value());
  EXPECT_FALSE(buffer->set_latency_hint(static_cast<LatencyHint>(-1)).ok());
  EXPECT_TRUE(buffer->set_latency_hint(LatencyHint::kPlayback).ok());
}

}  // namespace
}  // namespace earshot::testing
