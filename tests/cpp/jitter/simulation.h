// A sender, a network and ten-millisecond ticks, all simulated: the same packets at the same ticks
// in every run.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "fake_decoder.h"
#include "jitter/jitter_buffer.h"

namespace earshot::testing {

/// A packet under way. It can be played in the tick `arrival_tick` at the earliest.
struct Sent {
  struct Copy {
    uint32_t timestamp_offset;
    std::vector<uint8_t> payload;
  };

  int64_t arrival_tick = 0;
  RtpPacketInfo info;
  std::vector<uint8_t> payload;
  std::vector<Copy> copies = {};
};

struct SenderConfig {
  int num_packets = 0;
  int quarter_ticks = 8;  // 20 ms
  bool redundancy = false;
  uint32_t ssrc = 1;
  uint16_t first_sequence_number = 1000;
  uint32_t first_timestamp = 4000;
  int64_t first_tick = 0;
  int deep_ticks = 0;
};

/// Packet i of the signal, sent when it is complete; arrives at once. first_sample is counted from
/// the start of the stream.
inline std::vector<Sent> Send(const SenderConfig& config) {
  std::vector<Sent> sent;
  const int duration = config.quarter_ticks * kTick / 4;
  for (int i = 0; i < config.num_packets; ++i) {
    const int64_t end = int64_t{i + 1} * duration;
    FakePacket packet{config.quarter_ticks, config.redundancy, static_cast<uint32_t>(i * duration),
                      config.deep_ticks};
    sent.push_back({config.first_tick + (end + kTick - 1) / kTick,
                    {config.ssrc, static_cast<uint16_t>(config.first_sequence_number + i),
                     config.first_timestamp + static_cast<uint32_t>(i * duration)},
                    packet.Payload()});
  }
  return sent;
}

/// Lets each packet carry copies of those sent `distances` packets before it, the largest distance
/// first.
inline std::vector<Sent> AddCopies(std::vector<Sent> sent, const std::vector<size_t>& distances) {
  for (size_t i = 0; i < sent.size(); ++i) {
    for (const size_t distance : distances) {
      if (distance > i) continue;
      const Sent& copied = sent[i - distance];
      sent[i].copies.push_back({sent[i].info.timestamp - copied.info.timestamp, copied.payload});
    }
  }
  return sent;
}

/// Loses packets in bursts (E. N. Gilbert, "Capacity of a burst-noise channel", 1960): `enter` and
/// `leave` are the probabilities of a change from the good state to the bad one, where everything
/// is lost, and back. The first packet is kept.
inline std::vector<Sent> Lose(std::vector<Sent> sent, double enter, double leave, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  bool bad = false;
  std::vector<Sent> kept = {sent.front()};
  for (size_t i = 1; i < sent.size(); ++i) {
    bad = bad ? uniform(random) >= leave : uniform(random) < enter;
    if (!bad) kept.push_back(sent[i]);
  }
  return kept;
}

/// A jitter buffer under test and all that came out of it.
class Simulation {
 public:
  explicit Simulation(Signal signal, JitterBufferConfig config = {}, int num_channels = 1)
      : decoder(signal, num_channels),
        buffer(std::move(JitterBuffer::Create(config, decoder).value())),
        block_(static_cast<size_t>(kTick * num_channels)) {}

  /// Runs `ticks` more ticks. `sent` holds what arrives, in any order; times are counted from the
  /// very first tick, and what arrived in earlier runs is left out.
  void Run(const std::vector<Sent>& sent, int64_t ticks) {
    std::multimap<int64_t, const Sent*> arriving;
    for (const Sent& packet : sent) {
      if (packet.arrival_tick >= tick) arriving.emplace(packet.arrival_tick, &packet);
    }
    auto next = arriving.begin();
    for (const int64_t end = tick + ticks; tick < end; ++tick) {
      for (; next != arriving.end() && next->first <= tick; ++next) {
        std::vector<RedundantCopy> copies;
        for (const Sent::Copy& copy : next->second->copies) {
          copies.push_back({copy.timestamp_offset, copy.payload});
        }
        buffer->InsertPacket(next->second->info, next->second->payload, copies);
      }
      buffer->GetAudio(block_);
      output.insert(output.end(), block_.begin(), block_.end());
      lag_frames.push_back(
          (tick + 1) * kTick -
          static_cast<int64_t>(buffer->stats().playout_timestamp - kFirstTimestamp));
    }
  }

  const JitterBufferStats& stats() const { return buffer->stats(); }
  /// How far playing was behind the sender at the end of the latest tick, for streams that begin
  /// with kFirstTimestamp.
  double LagMs() const { return static_cast<double>(lag_frames.back()) * 10 / kTick; }

  static constexpr uint32_t kFirstTimestamp = 4000;

  FakeDecoder decoder;
  std::unique_ptr<JitterBuffer> buffer;
  std::vector<float> output;
  std::vector<int64_t> lag_frames;
  int64_t tick = 0;

 private:
  std::vector<float> block_;
};

}  // namespace earshot::testing
