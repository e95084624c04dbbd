// Redundant copies (RFC 2198): they fill holes, and nothing else changes.
#include <gtest/gtest.h>

#include <random>

#include "simulation.h"

namespace earshot::testing {
namespace {

// All redundancy that arrived was of use, is waiting or was discarded.
void ExpectRedundancyAccounted(const Simulation& simulation) {
  const JitterBufferStats& s = simulation.stats();
  const int64_t waiting = s.fec_packets_received - s.packets_recovered - s.fec_packets_discarded;
  EXPECT_GE(waiting, 0);
  EXPECT_LE(waiting, 2 * s.packets_in_buffer);
}

// docs/jitter.md, "Statistics", to the sample.
void ExpectBalance(const Simulation& simulation, int64_t lost_samples) {
  const JitterBufferStats& s = simulation.stats();
  EXPECT_EQ(s.concealed_samples, lost_samples - s.recovered_samples + simulation.lag_frames.back() +
                                     s.removed_samples - s.inserted_samples);
}

// Noise is stretched unwillingly: the time until the lower bound of the delay is reached.
constexpr int kSettledPackets = 500;
constexpr size_t kSettledTick = 2 * kSettledPackets;

void ExpectExactNoiseOnceSettled(const Simulation& simulation) {
  const int64_t lag = simulation.lag_frames.back();
  ASSERT_EQ(simulation.lag_frames[kSettledTick], lag);
  for (size_t n = kSettledTick * kTick; n < simulation.output.size(); ++n) {
    ASSERT_EQ(simulation.output[n], Noise(static_cast<int64_t>(n) - lag)) << "sample " << n;
  }
}

TEST(Redundancy, CopiesFillEveryLossTheyCover) {
  struct Case {
    std::vector<size_t> distances;
    size_t burst;
  };
  for (const Case& c : {Case{{1}, 1}, Case{{2, 1}, 2}, Case{{3, 2, 1}, 3}, Case{{2}, 1}}) {
    SCOPED_TRACE(::testing::Message() << c.distances.size() << " copies, bursts of " << c.burst);
    const auto all = AddCopies(Send({.num_packets = 1000}), c.distances);
    std::vector<Sent> sent;
    for (size_t i = 0; i < all.size(); ++i) {
      const bool lossless = i <= kSettledPackets || i >= 980;
      if (lossless || i % 10 >= c.burst) sent.push_back(all[i]);
    }
    Simulation simulation(Noise, {.min_delay_ms = 80});
    simulation.Run(sent, kSettledTick);
    const JitterBufferStats settled = simulation.stats();
    simulation.Run(sent, 990);
    const JitterBufferStats& s = simulation.stats();
    EXPECT_EQ(s.packets_lost, static_cast<int64_t>(all.size() - sent.size()));
    EXPECT_EQ(s.packets_recovered, s.packets_lost);
    EXPECT_EQ(s.recovered_samples, s.packets_lost * 2 * kTick);
    EXPECT_EQ(s.packets_discarded, 0);
    EXPECT_EQ(s.concealed_samples, settled.concealed_samples);
    ExpectRedundancyAccounted(simulation);
    ExpectExactNoiseOnceSettled(simulation);
  }
}

TEST(Redundancy, CopiesOfWhatCameChangeNothing) {
  const auto sent = Send({.num_packets = 500});
  Simulation plain(Noise), redundant(Noise);
  plain.Run(sent, 1002);
  redundant.Run(AddCopies(sent, {3, 2, 1}), 1002);
  EXPECT_EQ(plain.output, redundant.output);
  EXPECT_EQ(redundant.stats().target_delay_sum_ms, plain.stats().target_delay_sum_ms);
  EXPECT_EQ(redundant.stats().fec_packets_received, 3 * 500 - (1 + 2 + 3));
  EXPECT_EQ(redundant.stats().fec_packets_discarded, 3 * 500 - (1 + 2 + 3));
  EXPECT_EQ(redundant.stats().packets_recovered, 0);
}

TEST(Redundancy, ThePacketItselfOutranksItsCopy) {
  // Every fourth packet is overtaken by the next one, whose copy of it is of another sound.
  auto sent = AddCopies(Send({.num_packets = 1000}), {1});
  for (size_t i = kSettledPackets; i + 1 < sent.size(); i += 4) {
    sent[i].arrival_tick += 3;
    sent[i + 1].copies[0].payload = FakePacket{.first_sample = 0x10000000}.Payload();
  }
  Simulation simulation(Noise, {.min_delay_ms = 80});
  simulation.Run(sent, 1990);
  EXPECT_EQ(simulation.stats().packets_lost, 0);
  EXPECT_EQ(simulation.stats().packets_recovered, 0);
  EXPECT_EQ(simulation.stats().packets_discarded, 0);
  ExpectExactNoiseOnceSettled(simulation);
}

TEST(Redundancy, ACopyThatIsThereFirstSparesTheWait) {
  auto sent = Send({.num_packets = 1500});
  std::mt19937 random(1);
  for (Sent& packet : sent) {
    packet.arrival_tick += random() % 12 == 0 ? static_cast<int64_t>(random() % 8) : 0;
  }
  Simulation without(Voice), with(Voice);
  without.Run(sent, 3000);
  with.Run(AddCopies(sent, {2, 1}), 3000);
  EXPECT_LT(with.LagMs(), 0.75 * without.LagMs());
  EXPECT_GT(with.stats().packets_recovered, 25);
  // All of them come in the end, those that were played from a copy too late.
  EXPECT_EQ(with.stats().packets_lost, 0);
  EXPECT_EQ(with.stats().packets_discarded, with.stats().packets_recovered);
  EXPECT_LE(with.stats().concealed_samples, 10 * kTick);
  ExpectRedundancyAccounted(with);
}

TEST(Redundancy, DelayLearnsToWaitForCopies) {
  const auto sent = Lose(AddCopies(Send({.num_packets = 3000}), {1}), 0.05, 1.0, 7);
  Simulation simulation(Voice);
  simulation.Run(sent, 1000);
  const JitterBufferStats learned = simulation.stats();
  simulation.Run(sent, 4900);
  const JitterBufferStats& s = simulation.stats();
  EXPECT_GT(s.packets_recovered - learned.packets_recovered, 100);
  EXPECT_LE(s.concealed_samples - learned.concealed_samples, 10 * kTick);
  EXPECT_LE(simulation.LagMs(), 20 + 20 + 20);
}

TEST(Redundancy, TheAccountsBalanceUnderBurstsOfLoss) {
  for (const unsigned seed : {1u, 2u}) {
    SCOPED_TRACE(seed);
    const auto all = AddCopies(Send({.num_packets = 1000}), {2, 1});
    const auto sent = Lose(all, 0.08, 0.5, seed);
    Simulation simulation(Voice);
    simulation.Run(sent, 2030);
    const JitterBufferStats& s = simulation.stats();
    const auto lost = static_cast<int64_t>(all.size() - sent.size());
    EXPECT_EQ(s.packets_lost, lost);
    EXPECT_GT(s.packets_recovered, lost / 2);
    EXPECT_EQ(s.emitted_samples, static_cast<int64_t>(sent.size()) * 2 * kTick);
    ExpectBalance(simulation, lost * 2 * kTick);
    ExpectRedundancyAccounted(simulation);
  }
}

TEST(Redundancy, APauseInTransmissionHidesNoCopy) {
  // Sound, a pause announced by two bytes, 240 ms of nothing, sound again. The first packet after
  // the pause is lost; the next one's copy is of it.
  auto sent = Send({.num_packets = 100});
  sent.back().payload = {0x78, 0x00};
  const auto after = AddCopies(Send({.num_packets = 100,
                                     .first_sequence_number = 1100,
                                     .first_timestamp = 4000 + 112 * 2 * kTick,
                                     .first_tick = 112 * 2}),
                               {1});
  sent.insert(sent.end(), after.begin() + 1, after.end());
  Simulation simulation(Noise, {.min_delay_ms = 40});
  simulation.Run(sent, 420);
  EXPECT_EQ(simulation.stats().packets_lost, 1);
  EXPECT_EQ(simulation.stats().packets_recovered, 1);
  EXPECT_NEAR(static_cast<double>(simulation.stats().dtx_samples), 12 * 2 * kTick, 2 * kTick);
}

TEST(Redundancy, FalseCopiesAreIgnored) {
  const auto sent = Send({.num_packets = 1000});
  auto false_copies = sent;
  std::mt19937 random(3);
  for (Sent& packet : false_copies) {
    for (auto n = random() % 5; n > 0; --n) {
      FakePacket copy{1 + static_cast<int>(random() % 48), random() % 2 == 0, 0x20000000};
      packet.copies.push_back({static_cast<uint32_t>(random() % 16384), copy.Payload()});
      if (random() % 4 == 0) packet.copies.back().payload.resize(random() % 6);
    }
  }
  Simulation plain(Noise), simulation(Noise);
  plain.Run(sent, 2000);
  simulation.Run(false_copies, 2000);
  EXPECT_EQ(plain.output, simulation.output);
  EXPECT_EQ(simulation.stats().packets_lost, 0);
  ExpectRedundancyAccounted(simulation);
}

}  // namespace
}  // namespace earshot::testing
