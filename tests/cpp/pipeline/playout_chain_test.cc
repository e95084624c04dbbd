// The playout chain with real Opus packets.
#include "pipeline/playout_chain.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <random>

#include "codec/opus_decoder.h"
#include "codec/opus_encoder.h"
#include "support/allocation_counter.h"
#include "support/planar_buffer.h"
#include "support/red_writer.h"

namespace earshot::testing {
namespace {

constexpr int kPacketFrames = 960;  // 20 ms
constexpr int kPayloadType = 111;

using Packets = std::vector<std::vector<uint8_t>>;

// A voice-like sound: a gliding pitch with harmonics, in syllables.
std::vector<float> Speech(int num_frames, int num_channels) {
  std::vector<float> pcm;
  double phase = 0;
  for (int i = 0; i < num_frames; ++i) {
    const double t = i / 48000.0;
    phase += 2 * std::numbers::pi * (140 + 40 * std::sin(2 * t)) / 48000;
    const double envelope = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * 4 * t);
    double x = 0;
    for (int k = 1; k <= 12; ++k) x += std::sin(k * phase) / k;
    for (int c = 0; c < num_channels; ++c) {
      pcm.push_back(static_cast<float>(0.2 * envelope * x * (c == 0 ? 1.0 : 0.5)));
    }
  }
  return pcm;
}

Packets Encode(const std::vector<float>& pcm, int num_channels, bool fec = false) {
  auto encoder = std::move(OpusStreamEncoder::Create({.num_channels = num_channels}).value());
  EXPECT_TRUE(encoder->set_bitrate(32000 * num_channels).ok());
  EXPECT_TRUE(encoder->set_inband_fec(fec).ok());
  EXPECT_TRUE(encoder->set_expected_loss_percent(fec ? 20 : 0).ok());
  Packets packets;
  const auto step = static_cast<size_t>(kPacketFrames * num_channels);
  for (size_t i = 0; i + step <= pcm.size(); i += step) {
    std::array<uint8_t, kMaxPacketBytes> packet;
    const int bytes = encoder->Encode({pcm.data() + i, step}, packet);
    EXPECT_GT(bytes, 0);
    packets.emplace_back(packet.begin(), packet.begin() + bytes);
  }
  return packets;
}

std::unique_ptr<PlayoutChain> Chain(const PlayoutChainConfig& config) {
  return std::move(PlayoutChain::Create(config).value());
}

// Plays the packets, each arriving when it is complete, and then a second of nothing. Lost packets
// are empty.
std::vector<std::vector<float>> Play(PlayoutChain& chain, const Packets& packets, int rate,
                                     int block_frames) {
  PlanarBuffer block(chain.num_channels(), block_frames);
  std::vector<std::vector<float>> out(static_cast<size_t>(chain.num_channels()));
  size_t next = 0;
  const double end = 0.02 * static_cast<double>(packets.size()) + 0.2;
  for (int64_t frames = 0; static_cast<double>(frames) < end * rate; frames += block_frames) {
    const double now = static_cast<double>(frames) / rate;
    for (; next < packets.size() && 0.02 * static_cast<double>(next + 1) <= now + 1e-9; ++next) {
      if (packets[next].empty()) continue;
      const RtpPacketInfo info{7, static_cast<uint16_t>(next),
                               static_cast<uint32_t>(next * kPacketFrames)};
      EXPECT_EQ(chain.InsertPacket(info, kPayloadType, packets[next]), 0);
    }
    EXPECT_EQ(chain.Process(block.View(0, block_frames)), block_frames);
    for (int c = 0; c < chain.num_channels(); ++c) {
      out[static_cast<size_t>(c)].insert(out[static_cast<size_t>(c)].end(), block[c].begin(),
                                         block[c].end());
    }
  }
  return out;
}

TEST(PlayoutChain, RefusesWrongConfigurations) {
  EXPECT_FALSE(PlayoutChain::Create({.sample_rate_hz = 7999}).ok());
  EXPECT_FALSE(PlayoutChain::Create({.num_channels = 3}).ok());
  EXPECT_FALSE(PlayoutChain::Create({.max_block_frames = 0}).ok());
  EXPECT_FALSE(PlayoutChain::Create({.jitter = {.min_delay_ms = 5000}}).ok());
  auto chain = Chain({});
  EXPECT_FALSE(chain->set_payload_type(128).ok());
  EXPECT_FALSE(chain->set_red_payload_type(128).ok());
  EXPECT_FALSE(chain->set_delay_bounds(10, 5).ok());
  PlanarBuffer large(1, 129), stereo(2, 128);
  EXPECT_EQ(chain->Process(large.View(0, 129)), ToInt(StatusCode::kInvalidArgument));
  EXPECT_EQ(chain->Process(stereo.View(0, 128)), ToInt(StatusCode::kInvalidArgument));
}

TEST(PlayoutChain, WithoutLossItIsTheDecoderTwentyMillisecondsLater) {
  for (const int channels : {1, 2}) {
    const Packets packets = Encode(Speech(2 * 48000, channels), channels);
    auto decoder = std::move(OpusStreamDecoder::Create({.num_channels = channels}).value());
    std::vector<float> expected;
    for (const auto& packet : packets) {
      std::vector<float> pcm(static_cast<size_t>(kPacketFrames * channels));
      ASSERT_EQ(decoder->Decode(packet, pcm), kPacketFrames);
      expected.insert(expected.end(), pcm.begin(), pcm.end());
    }
    auto chain = Chain({.num_channels = channels, .max_block_frames = 480});
    const auto played = Play(*chain, packets, 48000, 480);
    for (size_t i = 0; i < expected.size(); ++i) {
      const auto channel = i % static_cast<size_t>(channels);
      ASSERT_EQ(played[channel][960 + i / static_cast<size_t>(channels)], expected[i]) << i;
    }
    EXPECT_EQ(chain->stats().jitter.packets_received, static_cast<int64_t>(packets.size()));
  }
}

TEST(PlayoutChain, EveryBlockLengthAndRateCarriesTheToneThrough) {
  std::vector<float> tone;
  for (int i = 0; i < 48000; ++i)
    tone.push_back(0.4f *
                   std::sin(2 * std::numbers::pi_v<float> * 1000 * static_cast<float>(i) / 48000));
  const Packets packets = Encode(tone, 1);
  for (const int rate : {8000, 16000, 44100, 48000, 96000}) {
    for (const int block : {1, 128, 441}) {
      SCOPED_TRACE(::testing::Message() << rate << " Hz, " << block);
      auto chain = Chain({.sample_rate_hz = rate, .max_block_frames = block});
      const auto played = Play(*chain, packets, rate, block)[0];
      // Power at 1 kHz over 0.4 s from the middle, by correlation; the rest is codec noise.
      double re = 0, im = 0, power = 0;
      const int first = rate / 2, count = rate * 2 / 5;
      for (int i = 0; i < count; ++i) {
        const double x = played[static_cast<size_t>(first + i)];
        re += x * std::cos(2 * std::numbers::pi * 1000 * i / rate);
        im += x * std::sin(2 * std::numbers::pi * 1000 * i / rate);
        power += x * x;
      }
      const double at_tone = 2 * (re * re + im * im) / count;
      EXPECT_GT(at_tone, 0.95 * power);
      EXPECT_NEAR(std::sqrt(2 * power / count), 0.4, 0.03);
    }
  }
}

TEST(PlayoutChain, AddsLittleLatencyBehindTheJitterBuffer) {
  auto chain = Chain({.sample_rate_hz = 44100});
  Play(*chain, Encode(Speech(48000, 1), 1), 44100, 128);
  const PlayoutStats& stats = chain->stats();
  EXPECT_LE(stats.latency_ms - stats.jitter.current_delay_ms, 10 + 1.3)
      << "a tick and the resampler";
}

TEST(PlayoutChain, RandomLossIsRecoveredOrConcealedWithoutClicks) {
  const auto speech = Speech(6 * 48000, 1);
  Packets packets = Encode(speech, 1, /*fec=*/true);
  const auto whole = Play(*Chain({}), packets, 48000, 128)[0];
  std::mt19937 random(3);
  int lost = 0;
  for (size_t i = 5; i + 5 < packets.size(); ++i) {
    if (random() % 10 != 0) continue;
    packets[i].clear();
    ++lost;
  }
  auto chain = Chain({});
  const auto played = Play(*chain, packets, 48000, 128)[0];
  const JitterBufferStats& stats = chain->stats().jitter;
  EXPECT_EQ(stats.packets_lost, lost);
  EXPECT_GT(stats.packets_recovered, lost / 2);
  const auto largest_step = [](const std::vector<float>& x) {
    float step = 0;
    // Not the second of nothing at the end.
    for (size_t i = 0; i + 1 < static_cast<size_t>(5.5 * 48000); ++i)
      step = std::max(step, std::abs(x[i + 1] - x[i]));
    return step;
  };
  EXPECT_LE(largest_step(played), 1.5f * largest_step(whole));
}

constexpr int kRedPayloadType = 63;

// As Chrome sends: each packet with a copy of the one before it; the lost ones are missing.
TEST(PlayoutChain, RedundantCopiesMakeUpForEveryIsolatedLoss) {
  const Packets packets = Encode(Speech(4 * 48000, 1), 1);
  auto whole = Chain({.max_block_frames = 480, .jitter = {.min_delay_ms = 60}});
  auto lossy = Chain({.max_block_frames = 480, .jitter = {.min_delay_ms = 60}});
  ASSERT_TRUE(lossy->set_payload_type(kPayloadType).ok());
  ASSERT_TRUE(lossy->set_red_payload_type(kRedPayloadType).ok());
  PlanarBuffer expected(1, 480), played(1, 480);
  int lost = 0;
  for (size_t i = 0; i < packets.size(); ++i) {
    const RtpPacketInfo info{7, static_cast<uint16_t>(i), static_cast<uint32_t>(i * kPacketFrames)};
    whole->InsertPacket(info, kPayloadType, packets[i]);
    std::vector<RedundantBlock> copies;
    if (i > 0) copies.push_back({kPayloadType, kPacketFrames, packets[i - 1]});
    // A block of another codec in between is passed over.
    copies.push_back({13, 100, {1, 2, 3}});
    if (i < 60 || i % 3 != 0) {
      EXPECT_EQ(
          lossy->InsertPacket(info, kRedPayloadType, WriteRed(copies, kPayloadType, packets[i])),
          0);
    } else {
      ++lost;
    }
    for (int tick = 0; tick < 2; ++tick) {
      ASSERT_EQ(whole->Process(expected.View(0, 480)), 480);
      ASSERT_EQ(lossy->Process(played.View(0, 480)), 480);
      for (size_t n = 0; n < 480; ++n) ASSERT_EQ(played[0][n], expected[0][n]) << i;
    }
  }
  const JitterBufferStats& stats = lossy->stats().jitter;
  EXPECT_GE(stats.packets_recovered, lost - 3);
  EXPECT_EQ(stats.packets_recovered, stats.packets_lost);
  EXPECT_EQ(lossy->stats().packets_rejected, 0);
}

TEST(PlayoutChain, BrokenOrUnwantedRedundantAudioDataIsRejected) {
  auto chain = Chain({});
  ASSERT_TRUE(chain->set_payload_type(kPayloadType).ok());
  ASSERT_TRUE(chain->set_red_payload_type(kRedPayloadType).ok());
  EXPECT_EQ(chain->InsertPacket({1, 1, 0}, kRedPayloadType, std::vector<uint8_t>{0x80 | 111, 0}),
            ToInt(StatusCode::kCorruptData));
  EXPECT_EQ(chain->InsertPacket({1, 2, 960}, kRedPayloadType, WriteRed({}, 13, {1, 2})), 0);
  EXPECT_EQ(chain->stats().packets_rejected, 2);
  EXPECT_EQ(chain->stats().jitter.packets_received, 0);
  EXPECT_EQ(chain->InsertPacket({1, 3, 1920}, kRedPayloadType, {}), 0) << "padding";
  EXPECT_EQ(chain->stats().jitter.packets_received, 1);
}

TEST(PlayoutChain, TakesOnlyThePayloadTypeAskedFor) {
  const Packets packets = Encode(Speech(48000, 1), 1);
  auto chain = Chain({});
  ASSERT_TRUE(chain->set_payload_type(kPayloadType + 1).ok());
  const auto played = Play(*chain, packets, 48000, 128)[0];
  EXPECT_EQ(chain->stats().packets_rejected, static_cast<int64_t>(packets.size()));
  EXPECT_EQ(chain->stats().jitter.packets_received, 0);
  for (const float x : played) ASSERT_EQ(x, 0.0f);
  EXPECT_EQ(chain->stats().level_dbfs, kSilenceDbfs);
}

TEST(PlayoutChain, ADecoderThatRestedSpeaksAgainAsLateAsBefore) {
  const Packets speech = Encode(Speech(48000, 1), 1);
  auto resting = Chain({.max_block_frames = 480}), awake = Chain({.max_block_frames = 480});
  ASSERT_TRUE(resting->set_rest_after_ms(1000).ok());
  EXPECT_FALSE(resting->set_rest_after_ms(-1).ok());
  EXPECT_FALSE(resting->set_rest_after_ms(60001).ok());
  PlanarBuffer block(1, 480);
  // A second of speech, four of a pause with a packet of one byte every 400 ms, and speech again.
  int sequence_number = 0;
  bool rested = false;
  double energy = 0;
  for (int tick = 0; tick < 610; ++tick) {
    const int packet = tick / 2;
    const bool talks = packet < 50 || packet >= 250;
    if (tick % 2 == 0 && packet < 300 && (talks || packet % 20 == 10)) {
      const std::vector<uint8_t>& sound = speech[static_cast<size_t>(packet % 50)];
      const std::span<const uint8_t> payload(sound.data(), talks ? sound.size() : 1);
      const RtpPacketInfo info{7, static_cast<uint16_t>(sequence_number++),
                               static_cast<uint32_t>(packet * kPacketFrames)};
      for (PlayoutChain* chain : {resting.get(), awake.get()})
        EXPECT_EQ(chain->InsertPacket(info, kPayloadType, payload), 0);
    }
    EXPECT_EQ(awake->Process(block.View(0, 480)), 480);
    EXPECT_EQ(resting->Process(block.View(0, 480)), 480);
    if (tick > 300 && tick < 490) {
      rested = resting->stats().resting;
      ASSERT_TRUE(rested) << tick;
      for (const float x : block[0]) ASSERT_EQ(x, 0.0f);
    }
    if (tick > 510)
      for (const float x : block[0]) energy += static_cast<double>(x * x);
    ASSERT_EQ(resting->stats().jitter.playout_timestamp, awake->stats().jitter.playout_timestamp);
  }
  EXPECT_TRUE(rested);
  EXPECT_FALSE(resting->stats().resting);
  EXPECT_FALSE(awake->stats().resting);
  EXPECT_GT(energy, 100);
  EXPECT_EQ(resting->stats().jitter.concealed_samples, awake->stats().jitter.concealed_samples);
}

TEST(PlayoutChain, MetersWhatItPlays) {
  std::vector<float> tone;
  for (int i = 0; i < 48000; ++i)
    tone.push_back(0.5f *
                   std::sin(2 * std::numbers::pi_v<float> * 440 * static_cast<float>(i) / 48000));
  const Packets packets = Encode(tone, 1);
  auto chain = Chain({});
  PlanarBuffer block(1, 128);
  for (size_t i = 0; i < packets.size(); ++i) {
    chain->InsertPacket({1, static_cast<uint16_t>(i), static_cast<uint32_t>(i) * kPacketFrames}, 0,
                        packets[i]);
    for (int n = 0; n < kPacketFrames / 128; ++n) chain->Process(block.View(0, 128));
  }
  EXPECT_NEAR(chain->stats().level_dbfs, -9.03, 0.5);
  EXPECT_NEAR(chain->stats().peak_dbfs, -6.02, 0.7);
}

TEST(PlayoutChain, HostileBytesNeitherFaultNorAllocate) {
  const Packets good = Encode(Speech(48000, 1), 1, true);
  auto chain = Chain({.sample_rate_hz = 44100, .num_channels = 2});
  PlanarBuffer block(2, 128);
  std::mt19937 random(5);
  std::array<uint8_t, kMaxPacketBytes + 1> bytes{};
  const int64_t allocations = AllocationCount();
  for (int i = 0; i < 3000; ++i) {
    const size_t size = random() % 5 == 0 ? random() % bytes.size() : random() % 200;
    for (size_t j = 0; j < size; ++j) bytes[j] = static_cast<uint8_t>(random());
    std::span<const uint8_t> payload(bytes.data(), size);
    if (random() % 3 == 0) payload = good[random() % good.size()];
    chain->InsertPacket({1, static_cast<uint16_t>(i), static_cast<uint32_t>(i * kPacketFrames)},
                        static_cast<int>(random() % 128), payload);
    if (random() % 50 == 0) chain->InsertPacket({1, static_cast<uint16_t>(i), 0}, 0, bytes);
    for (int n = 0; n < 7; ++n) {
      ASSERT_EQ(chain->Process(block.View(0, 128)), 128);
      for (const float x : block[0]) ASSERT_TRUE(std::isfinite(x));
    }
  }
  EXPECT_EQ(AllocationCount(), allocations);
  EXPECT_GT(chain->stats().packets_rejected, 0);
  EXPECT_GT(chain->stats().jitter.decode_errors, 0);
}

}  // namespace
}  // namespace earshot::testing
