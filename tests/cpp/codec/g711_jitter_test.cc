// A G.711 call through the jitter buffer, in simulated time.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "codec/g711_decoder.h"
#include "g711_signals.h"
#include "jitter/jitter_buffer.h"
#include "support/allocation_counter.h"

namespace earshot::testing {
namespace {

constexpr int kTick = 80;

struct Packet {
  int arrival_tick;
  uint16_t sequence_number;
  std::size_t first_sample;
};

struct Call {
  std::vector<float> heard;
  JitterBufferStats stats;
};

/// Plays `sound` in packets of `samples` that arrive when `packets` says.
Call Play(const std::vector<float>& sound, std::size_t samples, std::vector<Packet> packets) {
  const auto decoder = std::move(G711StreamDecoder::Create({.law = G711Law::kMuLaw}).value());
  const auto buffer = std::move(JitterBuffer::Create({}, *decoder).value());
  std::vector<uint8_t> codes;
  for (const float x : sound) {
    codes.push_back(EncodeG711(G711Law::kMuLaw, static_cast<int16_t>(std::lrint(32767 * x))));
  }
  std::stable_sort(packets.begin(), packets.end(), [](const Packet& a, const Packet& b) {
    return a.arrival_tick < b.arrival_tick;
  });
  Call call;
  call.heard.resize(sound.size() / kTick * kTick);
  const int64_t allocations = AllocationCount();
  auto next = packets.begin();
  for (std::size_t at = 0; at < call.heard.size(); at += kTick) {
    for (; next != packets.end() && next->arrival_tick <= static_cast<int>(at / kTick); ++next) {
      const auto timestamp = static_cast<uint32_t>(4000 + next->first_sample);
      buffer->InsertPacket({1, next->sequence_number, timestamp},
                           std::span(codes).subspan(next->first_sample, samples));
    }
    buffer->GetAudio(std::span(call.heard).subspan(at, kTick));
    const JitterBufferStats& s = buffer->stats();
    const int64_t made = s.emitted_samples + s.recovered_samples + s.concealed_samples +
                         s.dtx_samples + s.inserted_samples - s.removed_samples;
    EXPECT_GE(made, s.total_samples);
    EXPECT_LE(made, s.total_samples + 24 * kTick);
  }
  EXPECT_EQ(AllocationCount(), allocations);
  call.stats = buffer->stats();
  return call;
}

/// Packets of `samples`, each lost (never two in a row) or delayed at random.
std::vector<Packet> Send(std::size_t num_samples, std::size_t samples, double loss,
                         int jitter_ticks, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<Packet> packets;
  bool lost = true;
  for (std::size_t i = 0; (i + 1) * samples <= num_samples; ++i) {
    const int delay = static_cast<int>(uniform(random) * jitter_ticks);
    lost = !lost && uniform(random) < loss;
    if (lost) continue;
    packets.push_back({static_cast<int>(((i + 1) * samples + kTick - 1) / kTick) + delay,
                       static_cast<uint16_t>(65500 + i), i * samples});
  }
  return packets;
}

TEST(G711InJitterBuffer, AnUndisturbedCallIsPlayedBitForBit) {
  const std::vector<float> sound = WhiteNoise(0.1f, 16000, 1);
  const Call call = Play(sound, 160, Send(sound.size(), 160, 0, 1, 1));
  // Played as soon as it is there: the first packet in tick 2.
  const std::size_t delay = 160;
  for (std::size_t i = 0; i + delay < call.heard.size(); ++i) {
    const int16_t sent =
        DecodeG711(G711Law::kMuLaw,
                   EncodeG711(G711Law::kMuLaw, static_cast<int16_t>(std::lrint(32767 * sound[i]))));
    ASSERT_EQ(32768 * call.heard[i + delay], sent) << i;
  }
}

TEST(G711InJitterBuffer, LossesAreCountedAndHeardNowhere) {
  for (const std::size_t samples : {80u, 160u, 240u, 480u}) {
    SCOPED_TRACE(samples);
    const std::vector<float> sound = Vowel(61.4, 160000);
    const std::vector<Packet> packets = Send(sound.size(), samples, 0.1, 1, 5);
    const Call call = Play(sound, samples, packets);
    const auto sent = static_cast<int64_t>(sound.size() / samples);
    EXPECT_NEAR(static_cast<double>(call.stats.packets_lost),
                static_cast<double>(sent) - static_cast<double>(packets.size()), 3);
    EXPECT_EQ(call.stats.decode_errors, 0);
    // From half a second on, no kink and no hole: a vowel goes on through a loss.
    const auto later = std::span(call.heard).subspan(4000);
    EXPECT_LT(Roughness(later), 2.5f * Roughness(sound));
    EXPECT_LE(Peak(later), 1.3f * Peak(sound));
    double quietest = 1;
    for (std::size_t i = 0; i + 160 <= later.size() - 4000; i += kTick) {
      quietest = std::min(quietest, MeanSquare(later.subspan(i, 160)));
    }
    EXPECT_GT(quietest, samples <= 240 ? 0.3 * MeanSquare(sound) : 0);
  }
}

TEST(G711InJitterBuffer, JitterAndLossKeepTheAccountsInBalance) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    const std::vector<float> sound = Vowel(40 + 9.3 * seed, 80000);
    const Call call =
        Play(sound, 160, Send(sound.size(), 160, 0.05, 1 + 2 * static_cast<int>(seed), seed));
    EXPECT_GT(call.stats.emitted_samples, 60000);
    EXPECT_EQ(call.stats.total_samples, 80000);
    EXPECT_LE(Peak(call.heard), 1.3f * Peak(sound));
  }
}

}  // namespace
}  // namespace earshot::testing
