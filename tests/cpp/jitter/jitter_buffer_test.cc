// Laws every jitter buffer must keep, on packets whose every sample is known.
#include "jitter/jitter_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "simulation.h"

namespace earshot::testing {
namespace {

// All output is accounted for: what came out plus what waits is what was decoded or made up,
// changed by stretching.
void ExpectConservation(const Simulation& simulation) {
  const JitterBufferStats& s = simulation.stats();
  const int64_t made = s.emitted_samples + s.recovered_samples + s.concealed_samples +
                       s.dtx_samples + s.inserted_samples - s.removed_samples;
  EXPECT_GE(made, s.total_samples);
  EXPECT_LE(made, s.total_samples + 24 * kTick) << "more sound waits than the buffer holds decoded";
}

// From `from_tick` on, every tick in which playing neither gained nor lost time holds the signal
// itself.
void ExpectExactNoise(const Simulation& simulation, size_t from_tick) {
  size_t compared = 0;
  for (size_t tick = from_tick; tick < simulation.lag_frames.size(); ++tick) {
    const int64_t lag = simulation.lag_frames[tick];
    if (lag != simulation.lag_frames[tick - 1]) continue;
    ++compared;
    for (int64_t n = static_cast<int64_t>(tick) * kTick; n < static_cast<int64_t>(tick + 1) * kTick;
         ++n) {
      ASSERT_EQ(simulation.output[static_cast<size_t>(n)], Noise(n - lag)) << "sample " << n;
    }
  }
  EXPECT_GT(compared, (simulation.lag_frames.size() - from_tick) * 9 / 10);
}

TEST(JitterBuffer, RefusesWrongConfigurations) {
  FakeDecoder decoder(Noise);
  EXPECT_FALSE(JitterBuffer::Create({.max_packets = 0}, decoder).ok());
  EXPECT_FALSE(JitterBuffer::Create({.min_delay_ms = -1}, decoder).ok());
  EXPECT_FALSE(JitterBuffer::Create({.min_delay_ms = 300, .max_delay_ms = 200}, decoder).ok());
  Simulation simulation(Noise);
  EXPECT_FALSE(simulation.buffer->set_delay_bounds(0, 4001).ok());
  std::vector<float> small(kTick - 1);
  EXPECT_EQ(simulation.buffer->GetAudio(small), ToInt(StatusCode::kBufferTooSmall));
  const std::vector<uint8_t> huge(kMaxPacketBytes + 1);
  EXPECT_EQ(simulation.buffer->InsertPacket({}, huge), ToInt(StatusCode::kInvalidArgument));
}

TEST(JitterBuffer, BeforeTheFirstPacketIsSilenceAndCountsAsConcealed) {
  Simulation simulation(Noise);
  simulation.Run({}, 7);
  EXPECT_TRUE(std::all_of(simulation.output.begin(), simulation.output.end(),
                          [](float x) { return x == 0; }));
  EXPECT_EQ(simulation.stats().concealed_samples, 7 * kTick);
  EXPECT_EQ(simulation.stats().silent_concealed_samples, 7 * kTick);
  EXPECT_EQ(simulation.stats().concealment_events, 1);
  EXPECT_EQ(simulation.stats().interruptions, 0);
}

TEST(JitterBuffer, ConstantDelayWithoutLossIsBitExactAndAddsNoDelay) {
  for (const int quarter_ticks : {1, 2, 4, 8, 16, 24, 48}) {
    SCOPED_TRACE(quarter_ticks);
    Simulation simulation(Noise);
    const int packets = 4800 / quarter_ticks;
    simulation.Run(Send({.num_packets = packets, .quarter_ticks = quarter_ticks}), 1200);
    const int64_t start = (quarter_ticks + 3) / 4 * kTick;  // The first packet is complete.
    for (int64_t n = 0; n < 1200 * kTick - start; ++n) {
      ASSERT_EQ(simulation.output[static_cast<size_t>(start + n)], Noise(n)) << "sample " << n;
    }
    EXPECT_EQ(simulation.stats().removed_samples, 0);
    EXPECT_EQ(simulation.stats().inserted_samples, 0);
    EXPECT_EQ(simulation.stats().concealed_samples, start);
  }
}

TEST(JitterBuffer, StereoKeepsItsChannels) {
  Simulation simulation(Voice, {}, 2);
  simulation.Run(Send({.num_packets = 100}), 200);
  for (int64_t n = 0; n < 150 * kTick; ++n) {
    ASSERT_EQ(simulation.output[static_cast<size_t>(2 * (2 * kTick + n))], Voice(n));
    ASSERT_EQ(simulation.output[static_cast<size_t>(2 * (2 * kTick + n) + 1)], -Voice(n));
  }
}

TEST(JitterBuffer, CountersWrapUnheard) {
  Simulation simulation(Noise);
  simulation.Run(
      Send({.num_packets = 200, .first_sequence_number = 65500, .first_timestamp = 0u - 48000u}),
      400);
  for (int64_t n = 0; n < 398 * kTick; ++n) {
    ASSERT_EQ(simulation.output[static_cast<size_t>(2 * kTick + n)], Noise(n)) << "sample " << n;
  }
  EXPECT_EQ(simulation.stats().packets_lost, 0);
  EXPECT_EQ(simulation.stats().restarts, 0);
}

TEST(JitterBuffer, ReorderingWithinTheDelayIsUnheard) {
  auto sent = Send({.num_packets = 1000});
  // Every fourth packet changes places with the next one.
  for (size_t i = 0; i + 1 < sent.size(); i += 4)
    std::swap(sent[i].arrival_tick, sent[i + 1].arrival_tick);
  Simulation simulation(Noise, {.min_delay_ms = 40});
  simulation.Run(sent, 1000);
  const JitterBufferStats settled = simulation.stats();
  simulation.Run(sent, 1000);
  EXPECT_EQ(simulation.stats().packets_lost, settled.packets_lost);
  EXPECT_EQ(simulation.stats().packets_discarded, settled.packets_discarded);
  EXPECT_EQ(simulation.stats().concealed_samples, settled.concealed_samples);
  ExpectExactNoise(simulation, 1000);
}

TEST(JitterBuffer, WhatComesTooLateIsDiscardedAndNotLost) {
  auto sent = Send({.num_packets = 200});
  sent[100].arrival_tick += 40;
  sent.erase(sent.begin() + 50);
  Simulation simulation(Noise);
  simulation.Run(sent, 410);
  EXPECT_EQ(simulation.stats().packets_received, 199);
  EXPECT_EQ(simulation.stats().packets_lost, 1);
  EXPECT_EQ(simulation.stats().packets_discarded, 1);
}

TEST(JitterBuffer, WhatComesBehindTheFirstPacketPlayedWasNeverMissed) {
  auto sent = Send({.num_packets = 200});
  sent[0].arrival_tick += 40;
  Simulation simulation(Noise);
  simulation.Run(sent, 410);
  EXPECT_EQ(simulation.stats().packets_lost, 0);
  EXPECT_EQ(simulation.stats().packets_discarded, 1);
}

TEST(JitterBuffer, DuplicatesChangeNothing) {
  auto sent = Send({.num_packets = 200});
  Simulation once(Noise);
  once.Run(sent, 400);
  auto twice_sent = sent;
  for (Sent packet : sent) {
    packet.arrival_tick += 3;
    twice_sent.push_back(packet);
  }
  Simulation twice(Noise);
  twice.Run(twice_sent, 400);
  EXPECT_EQ(once.output, twice.output);
  EXPECT_GE(twice.stats().packets_duplicate, 195);
  EXPECT_EQ(twice.stats().packets_discarded, 0);
}

TEST(JitterBuffer, EveryLostSampleIsConcealedOrPassedOver) {
  for (const unsigned seed : {1u, 2u, 3u}) {
    SCOPED_TRACE(seed);
    const auto sent = Lose(Send({.num_packets = 1000}), 0.05, 0.4, seed);
    Simulation simulation(Noise);
    simulation.Run(sent, 2030);
    const JitterBufferStats& s = simulation.stats();
    const auto lost = static_cast<int64_t>(1000 - sent.size());
    ASSERT_GT(lost, 50);
    EXPECT_EQ(s.packets_lost, lost);
    EXPECT_EQ(s.emitted_samples, static_cast<int64_t>(sent.size()) * 2 * kTick);
    // What is concealed beyond the loss has made playing later, unless stretching has.
    EXPECT_EQ(s.concealed_samples - lost * 2 * kTick + s.inserted_samples - s.removed_samples,
              simulation.lag_frames.back());
    ExpectConservation(simulation);
    const auto heard = std::count(simulation.output.begin(), simulation.output.end(), kConcealed);
    EXPECT_NEAR(static_cast<double>(heard),
                static_cast<double>(s.concealed_samples - s.silent_concealed_samples), 24 * kTick);
  }
}

TEST(JitterBuffer, RedundancyRecoversIsolatedLosses) {
  auto sent = Send({.num_packets = 1000, .redundancy = true});
  std::vector<Sent> kept;
  for (size_t i = 0; i < sent.size(); ++i) {
    if (i % 10 != 9) kept.push_back(sent[i]);
  }
  Simulation simulation(Noise, {.min_delay_ms = 40});
  simulation.Run(kept, 1900);
  EXPECT_GE(simulation.stats().packets_recovered, 80);
  ExpectExactNoise(simulation, 1000);
}

TEST(JitterBuffer, DelayLearnsToWaitForRedundancy) {
  const auto sent = Lose(Send({.num_packets = 3000, .redundancy = true}), 0.05, 1.0, 7);
  Simulation simulation(Voice);
  simulation.Run(sent, 1000);
  const JitterBufferStats learned = simulation.stats();
  simulation.Run(sent, 4900);
  const JitterBufferStats& s = simulation.stats();
  EXPECT_GT(s.packets_recovered - learned.packets_recovered, 100);
  // A recovery missed now and then is within what is tolerated.
  EXPECT_LE(s.concealed_samples - learned.concealed_samples, 10 * kTick);
  EXPECT_LE(simulation.LagMs(), 20 + 20 + 20);
}

TEST(JitterBuffer, APacketThatComesLateIsDecodedAsIfItHadNot) {
  // Every fifteenth packet is held up, and all after it with it, by up to 70 ms.
  auto sent = Send({.num_packets = 600});
  for (size_t i = 15; i < sent.size(); i += 15) {
    for (size_t j = i; j < std::min(i + 4, sent.size()); ++j) {
      sent[j].arrival_tick = std::max<int64_t>(
          sent[j].arrival_tick, sent[i].arrival_tick + 3 + static_cast<int64_t>(i) % 5);
    }
  }
  Simulation simulation(Voice);
  simulation.decoder.conceal_perfectly = true;
  simulation.Run(sent, 1200);
  EXPECT_GT(simulation.stats().concealment_events, 1);
  EXPECT_EQ(simulation.stats().packets_lost, 0);
  EXPECT_EQ(simulation.decoder.wrong_histories, 0);
  // The concealment goes on with the vowel, and the packet, another phase of it, must join without
  // a step.
  float step = 0;
  for (size_t n = 3 * kTick; n + 1 < simulation.output.size(); ++n) {
    step = std::max(step, std::abs(simulation.output[n + 1] - simulation.output[n]));
  }
  EXPECT_LE(step, 1.05f * kVoiceSlope);
  ExpectConservation(simulation);
}

TEST(JitterBuffer, CorruptPayloadsAreConcealedAndCounted) {
  auto sent = Send({.num_packets = 200});
  sent[50].payload[1] |= 0x80;               // Refused by Decode.
  sent[100].payload = {200, 0, 0, 0, 0, 0};  // Refused by PacketDuration.
  Simulation simulation(Noise);
  simulation.Run(sent, 410);
  EXPECT_EQ(simulation.stats().decode_errors, 2);
  EXPECT_EQ(simulation.stats().emitted_samples, 198 * 2 * kTick);
  EXPECT_GE(simulation.stats().concealed_samples, 2 * kTick + 2 * kTick);
  ExpectConservation(simulation);
}

TEST(JitterBuffer, EmptyPayloadsAreCountedAndNeverDecoded) {
  auto sent = Send({.num_packets = 100});
  for (size_t i = 40; i < 45; ++i) sent[i].payload.clear();
  Simulation simulation(Noise);
  simulation.Run(sent, 210);
  EXPECT_EQ(simulation.stats().packets_empty, 5);
  EXPECT_EQ(simulation.decoder.decodes, 95);
  EXPECT_EQ(simulation.stats().packets_lost, 0);
  EXPECT_EQ(simulation.stats().decode_errors, 0);
}

TEST(JitterBuffer, PausesInTransmissionAreNotLosses) {
  // Two bytes announce the pause; then nothing for 400 ms, four times; the sequence numbers go on
  // without a gap.
  auto sent = Send({.num_packets = 100});
  auto later = Send({.num_packets = 100,
                     .first_sequence_number = 1104,
                     .first_timestamp = 4000 + 180 * 2 * kTick,
                     .first_tick = 180 * 2});
  for (int i = 0; i < 4; ++i) {
    const int packet = 100 + 20 * i;
    sent.push_back(
        {2 * packet + 2,
         {1, static_cast<uint16_t>(1100 + i), static_cast<uint32_t>(4000 + packet * 2 * kTick)},
         {0x78, 0x00}});
  }
  sent.insert(sent.end(), later.begin(), later.end());
  Simulation simulation(Noise);
  simulation.Run(sent, 560);
  EXPECT_EQ(simulation.stats().packets_lost, 0);
  EXPECT_EQ(simulation.stats().concealed_samples, 2 * kTick);
  EXPECT_NEAR(static_cast<double>(simulation.stats().dtx_samples), 76 * 2 * kTick, 2 * kTick);
  EXPECT_LE(simulation.LagMs(), 30);
  ExpectConservation(simulation);
}

TEST(JitterBuffer, PacketDurationMayChangeMidStream) {
  std::vector<Sent> sent;
  uint32_t sample = 0;
  uint16_t sequence_number = 0;
  for (int i = 0; i < 400; ++i) {
    constexpr int kDurations[] = {4, 8, 16, 24};
    const int quarter_ticks = kDurations[(i / 25) % 4];
    const int duration = quarter_ticks * kTick / 4;
    FakePacket packet{quarter_ticks, false, sample};
    sent.push_back({(sample + static_cast<uint32_t>(duration)) / kTick,
                    {1, sequence_number++, 4000 + sample},
                    packet.Payload()});
    sample += static_cast<uint32_t>(duration);
  }
  Simulation simulation(Voice);
  simulation.Run(sent, sample / kTick);
  EXPECT_EQ(simulation.stats().packets_lost, 0);
  EXPECT_EQ(simulation.stats().packets_discarded, 0);
  // The first long packet after short ones may run dry once per length.
  EXPECT_LE(simulation.stats().concealed_samples, 10 * kTick);
  EXPECT_LE(simulation.LagMs(), 80);
  ExpectConservation(simulation);
}

TEST(JitterBuffer, AnotherSsrcStartsAfresh) {
  Simulation simulation(Noise);
  simulation.Run(Send({.num_packets = 100}), 200);
  simulation.Run(Send({.num_packets = 100,
                       .ssrc = 2,
                       .first_sequence_number = 9,
                       .first_timestamp = 77,
                       .first_tick = 200}),
                 200);
  EXPECT_EQ(simulation.stats().restarts, 1);
  EXPECT_EQ(simulation.decoder.resets, 1);
  EXPECT_EQ(simulation.stats().packets_lost, 0);
  for (int64_t n = 0; n < 100 * kTick; ++n) {
    ASSERT_EQ(simulation.output[static_cast<size_t>(203 * kTick + n)], Noise(n + kTick));
  }
}

TEST(JitterBuffer, SenderRestartsAreFollowed) {
  // The same SSRC; numbers far ahead, far behind, slightly behind; or only the timestamps jump.
  struct Jump {
    uint16_t sequence_number;
    uint32_t timestamp;
  };
  for (const Jump jump : {Jump{40000, 9000000}, Jump{60000, 100}, Jump{900, 3000000000u},
                          Jump{1100, 0x90000000u}, Jump{1100, 12}}) {
    SCOPED_TRACE(jump.sequence_number);
    Simulation simulation(Voice);
    simulation.Run(Send({.num_packets = 100}), 202);
    const int64_t decoded = simulation.stats().emitted_samples;
    simulation.Run(Send({.num_packets = 200,
                         .first_sequence_number = jump.sequence_number,
                         .first_timestamp = jump.timestamp,
                         .first_tick = 202}),
                   400);
    // At most the 41 packets of a late run are lost to the doubt.
    EXPECT_GE(simulation.stats().emitted_samples - decoded, 155 * 2 * kTick);
    EXPECT_LE(simulation.stats().current_delay_ms, 60);
    ExpectConservation(simulation);
  }
}

TEST(JitterBuffer, ASilentHalfMinuteDoesNotRaiseTheDelay) {
  for (const bool clock_runs : {true, false}) {
    SCOPED_TRACE(clock_runs);
    Simulation simulation(Voice);
    simulation.Run(Send({.num_packets = 200}), 3400);
    const uint32_t paused = clock_runs ? 1500 * 2 * kTick : 0;
    simulation.Run(Send({.num_packets = 300,
                         .first_sequence_number = 1200,
                         .first_timestamp = 4000 + 200 * 2 * kTick + paused,
                         .first_tick = 3400}),
                   500);
    EXPECT_GE(simulation.stats().emitted_samples, 440 * 2 * kTick);
    EXPECT_LE(simulation.stats().current_delay_ms, 60);
    EXPECT_EQ(simulation.stats().packets_lost, 0);
    EXPECT_EQ(simulation.stats().interruptions, 1);
  }
}

TEST(JitterBuffer, AStartUpBurstIsNotPlayedLate) {
  auto sent = Send({.num_packets = 100});
  for (auto& packet : sent)
    packet.arrival_tick = std::max<int64_t>(packet.arrival_tick, 30);  // 300 ms queued up.
  Simulation simulation(Noise);
  simulation.Run(sent, 40);
  EXPECT_LE(simulation.LagMs(), 40);
  EXPECT_GE(simulation.stats().packets_discarded, 13);
}

TEST(JitterBuffer, OldestPacketsGoWhenFull) {
  auto sent = Send({.num_packets = 60});
  for (auto& packet : sent) packet.arrival_tick = 0;
  Simulation simulation(Noise, {.max_packets = 10});
  simulation.Run(sent, 1);
  EXPECT_LE(simulation.stats().packets_in_buffer, 10);
  EXPECT_GE(simulation.stats().packets_discarded, 50);
}

}  // namespace
}  // namespace earshot::testing
