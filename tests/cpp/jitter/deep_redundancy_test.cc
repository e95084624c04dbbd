// Deep redundancy (DRED): every packet describes the sound before it; it fills what it reaches, as
// far as there is time to play it.
#include <gtest/gtest.h>

#include "simulation.h"

namespace earshot::testing {
namespace {

constexpr int kBoundMs = 150;
// Noise is stretched unwillingly: the time until the lower bound of the delay is reached.
constexpr size_t kSettledPackets = 1000;
constexpr int64_t kSettledTicks = 2 * kSettledPackets;

/// Without `burst` packets of every 20, from kSettledPackets on and not at the very end.
std::vector<Sent> LoseBursts(const std::vector<Sent>& all, size_t burst) {
  std::vector<Sent> sent;
  for (size_t i = 0; i < all.size(); ++i) {
    const bool lossless = i < kSettledPackets || i + 20 >= all.size();
    if (lossless || i % 20 >= burst) sent.push_back(all[i]);
  }
  return sent;
}

// docs/jitter.md, "Statistics", to the sample.
void ExpectBalance(const Simulation& simulation, int64_t lost_samples) {
  const JitterBufferStats& s = simulation.stats();
  EXPECT_EQ(s.concealed_samples, lost_samples - s.recovered_samples + simulation.lag_frames.back() +
                                     s.removed_samples - s.inserted_samples);
}

TEST(DeepRedundancy, FillsEveryBurstItReachesSampleForSample) {
  for (const size_t burst : {size_t{1}, size_t{3}, size_t{5}}) {
    SCOPED_TRACE(burst);
    const auto all = Send({.num_packets = 2000, .deep_ticks = 10});
    const auto sent = LoseBursts(all, burst);
    Simulation simulation(Noise, {.min_delay_ms = kBoundMs});
    simulation.Run(sent, kSettledTicks);
    const JitterBufferStats settled = simulation.stats();
    const int64_t lag = simulation.lag_frames.back();
    simulation.Run(sent, 1990);
    const JitterBufferStats& s = simulation.stats();
    EXPECT_EQ(s.packets_lost, static_cast<int64_t>(all.size() - sent.size()));
    EXPECT_EQ(s.packets_recovered, s.packets_lost);
    EXPECT_EQ(s.recovered_samples, s.packets_lost * 2 * kTick);
    EXPECT_EQ(s.concealed_samples, settled.concealed_samples);
    ASSERT_EQ(simulation.lag_frames.back(), lag);
    for (size_t n = kSettledTicks * kTick; n < simulation.output.size(); ++n) {
      ASSERT_EQ(simulation.output[n], Noise(static_cast<int64_t>(n) - lag)) << "sample " << n;
    }
  }
}

TEST(DeepRedundancy, WhatItDoesNotReachIsConcealedAndNoMore) {
  // Of five packets lost the last three are described.
  const auto all = Send({.num_packets = 2000, .deep_ticks = 6});
  const auto sent = LoseBursts(all, 5);
  Simulation simulation(Noise, {.min_delay_ms = kBoundMs});
  simulation.Run(sent, kSettledTicks + 1990);
  const JitterBufferStats& s = simulation.stats();
  const auto lost = static_cast<int64_t>(all.size() - sent.size());
  EXPECT_EQ(s.packets_lost, lost);
  EXPECT_EQ(s.packets_recovered, 3 * lost / 5);
  EXPECT_EQ(s.recovered_samples, s.packets_recovered * 2 * kTick);
  ExpectBalance(simulation, lost * 2 * kTick);
}

TEST(DeepRedundancy, InBandFecComesFirst) {
  const auto all = Send({.num_packets = 2000, .redundancy = true, .deep_ticks = 10});
  const auto sent = LoseBursts(all, 3);
  Simulation simulation(Noise, {.min_delay_ms = kBoundMs});
  simulation.Run(sent, kSettledTicks + 1990);
  const JitterBufferStats& s = simulation.stats();
  const auto lost = static_cast<int64_t>(all.size() - sent.size());
  EXPECT_EQ(s.packets_recovered, lost);
  // One of each three by FEC.
  EXPECT_EQ(s.fec_packets_received - s.fec_packets_discarded - s.packets_in_buffer, lost / 3);
}

TEST(DeepRedundancy, DoesNotDelayWhatWasWaitedFor) {
  // Hardly any delay: in each burst playing runs dry before the packet comes that describes it.
  const auto deep = LoseBursts(Send({.num_packets = 2000, .deep_ticks = 100}), 6);
  const auto plain = LoseBursts(Send({.num_packets = 2000}), 6);
  const JitterBufferConfig short_delay = {.min_delay_ms = 80, .max_delay_ms = 80};
  Simulation with(Noise, short_delay), without(Noise, short_delay);
  with.Run(deep, kSettledTicks);
  const int64_t settled = with.lag_frames.back();
  with.Run(deep, 1990);
  without.Run(plain, kSettledTicks + 1990);
  EXPECT_GT(with.stats().packets_recovered, 0);
  EXPECT_LE(with.stats().concealed_samples, without.stats().concealed_samples);
  // While it waits, playing falls behind; before the next burst it is where it was.
  for (size_t t = kSettledTicks + 39; t < with.lag_frames.size(); t += 40) {
    ASSERT_LE(with.lag_frames[t], settled + kTick) << "tick " << t;
  }
}

TEST(DeepRedundancy, NothingIsPlayedTwiceAndTheBalanceHoldsUnderRandomLoss) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    const auto all = Send({.num_packets = 1500, .redundancy = seed % 2 == 0, .deep_ticks = 25});
    const auto sent = Lose(all, 0.05, 0.25, seed);
    Simulation simulation(Voice, {.min_delay_ms = static_cast<int>(seed % 5) * 40});
    simulation.Run(sent, 3100);
    const JitterBufferStats& s = simulation.stats();
    EXPECT_LE(s.packets_recovered, s.packets_lost);
    EXPECT_TRUE(seed % 5 < 2 || s.packets_recovered > 0);
    ExpectBalance(simulation, s.packets_lost * 2 * kTick);
    // Time never goes back.
    for (size_t t = 10; t < simulation.lag_frames.size(); ++t) {
      ASSERT_LE(simulation.lag_frames[t], simulation.lag_frames[t - 1] + kTick) << "tick " << t;
    }
  }
}

TEST(DeepRedundancy, WhatWasMadeUpIsNotPlayedAgainWhenItComes) {
  // Every tenth packet comes one tick, or three, after the one behind it had to stand in for it.
  for (const int late_ticks : {6, 8}) {
    SCOPED_TRACE(late_ticks);
    auto sent = Send({.num_packets = 1500, .deep_ticks = 10});
    int late = 0;
    for (size_t i = 505; i < sent.size() - 10; i += 10, ++late) sent[i].arrival_tick += late_ticks;
    Simulation simulation(Noise, {.min_delay_ms = 50, .max_delay_ms = 50});
    simulation.Run(sent, 1000);
    const int64_t settled = simulation.lag_frames.back();
    simulation.Run(sent, 2000);
    const JitterBufferStats& s = simulation.stats();
    EXPECT_EQ(s.packets_recovered, late);
    EXPECT_EQ(s.packets_discarded, late);
    EXPECT_EQ(s.packets_lost, 0);
    ASSERT_EQ(simulation.lag_frames.back(), settled);
    for (size_t n = 1000 * kTick; n < simulation.output.size(); ++n) {
      ASSERT_EQ(simulation.output[n], Noise(static_cast<int64_t>(n) - settled)) << "sample " << n;
    }
  }
}

}  // namespace
}  // namespace earshot::testing
