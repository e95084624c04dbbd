// The playout chain with G.711: from 8 kHz to the rate of the output.
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "codec/g711.h"
#include "pipeline/playout_chain.h"
#include "support/allocation_counter.h"
#include "support/planar_buffer.h"
#include "support/red_writer.h"

namespace earshot::testing {
namespace {

constexpr double kToneHz = 440;
constexpr double kAmplitude = 0.4;
constexpr std::size_t kPacketSamples = 160;
constexpr uint8_t kPayloadType = 8;
constexpr uint8_t kRedPayloadType = 120;

std::vector<uint8_t> TonePacket(G711Law law, std::size_t number) {
  std::vector<uint8_t> payload;
  for (std::size_t i = 0; i < kPacketSamples; ++i) {
    const double t = static_cast<double>(number * kPacketSamples + i) / 8000;
    const double x = kAmplitude * std::sin(2 * std::numbers::pi * kToneHz * t);
    payload.push_back(EncodeG711(law, static_cast<int16_t>(std::lrint(32767 * x))));
  }
  return payload;
}

/// Amplitude of the tone within the last second of `sound`.
double ToneAmplitude(const std::vector<float>& sound, int rate_hz) {
  std::complex<double> sum;
  const auto second = static_cast<std::size_t>(rate_hz);
  for (std::size_t i = sound.size() - second; i < sound.size(); ++i) {
    const double phase = 2 * std::numbers::pi * kToneHz * static_cast<double>(i) / rate_hz;
    sum += static_cast<double>(sound[i]) * std::polar(1.0, -phase);
  }
  return 2 * std::abs(sum) / rate_hz;
}

struct Config {
  PlayoutCodec codec = PlayoutCodec::kPcma;
  int rate_hz = 48000;
  int num_channels = 1;
  std::size_t lose_every = 1000;
  bool red = false;
};

/// Three seconds of the tone through a chain, all of them checked for allocations.
PlayoutStats Play(const Config& config, std::vector<std::vector<float>>& out) {
  const auto chain = std::move(PlayoutChain::Create({.codec = config.codec,
                                                     .sample_rate_hz = config.rate_hz,
                                                     .num_channels = config.num_channels})
                                   .value());
  EXPECT_TRUE(chain->set_red_payload_type(config.red ? kRedPayloadType : -1).ok());
  const G711Law law = config.codec == PlayoutCodec::kPcma ? G711Law::kALaw : G711Law::kMuLaw;
  PlanarBuffer block(config.num_channels, 128);
  out.resize(static_cast<std::size_t>(config.num_channels));
  std::size_t next = 0;
  for (int frames = 0; frames < 3 * config.rate_hz; frames += 128) {
    for (; static_cast<double>(next + 1) * 0.02 * config.rate_hz <= frames; ++next) {
      if (next % config.lose_every == config.lose_every - 1) continue;
      std::vector<uint8_t> payload = TonePacket(law, next);
      if (config.red) {
        payload = WriteRed({{kPayloadType, kPacketSamples, TonePacket(law, next - 1)}},
                           kPayloadType, payload);
      }
      const RtpPacketInfo info{7, static_cast<uint16_t>(next),
                               static_cast<uint32_t>(next * kPacketSamples)};
      const int64_t allocations = AllocationCount();
      EXPECT_EQ(chain->InsertPacket(info, config.red ? kRedPayloadType : kPayloadType, payload), 0);
      EXPECT_EQ(AllocationCount(), allocations);
    }
    const int64_t allocations = AllocationCount();
    EXPECT_EQ(chain->Process(block.View(0, 128)), 128);
    EXPECT_EQ(AllocationCount(), allocations);
    for (int c = 0; c < config.num_channels; ++c) {
      auto& channel = out[static_cast<std::size_t>(c)];
      channel.insert(channel.end(), block[c].begin(), block[c].end());
    }
  }
  return chain->stats();
}

TEST(PlayoutG711, PlaysAtItsPitchAndLevelAtAnyRate) {
  for (const PlayoutCodec codec : {PlayoutCodec::kPcma, PlayoutCodec::kPcmu}) {
    for (const int rate_hz : {8000, 44100, 48000, 96000}) {
      for (const int num_channels : {1, 2}) {
        SCOPED_TRACE(rate_hz * 10 + num_channels);
        std::vector<std::vector<float>> out;
        const PlayoutStats stats = Play({codec, rate_hz, num_channels}, out);
        EXPECT_NEAR(ToneAmplitude(out[0], rate_hz), kAmplitude, 0.01);
        EXPECT_EQ(out.front(), out.back());
        EXPECT_NEAR(static_cast<double>(stats.jitter.total_samples), 3 * 8000, 200);
        EXPECT_EQ(stats.jitter.packets_lost, 0);
      }
    }
  }
}

TEST(PlayoutG711, TheToneGoesOnThroughLosses) {
  std::vector<std::vector<float>> out;
  const PlayoutStats stats = Play({.lose_every = 10}, out);
  EXPECT_EQ(stats.jitter.packets_lost, 14);
  EXPECT_GE(stats.jitter.concealed_samples, 14 * 160);
  // Silence in a tenth of the time would leave 0.36.
  EXPECT_GT(ToneAmplitude(out[0], 48000), 0.38);
}

TEST(PlayoutG711, RedundantCopiesReplaceLosses) {
  std::vector<std::vector<float>> out;
  const PlayoutStats stats = Play({.lose_every = 10, .red = true}, out);
  EXPECT_EQ(stats.jitter.packets_recovered, 14);
  EXPECT_NEAR(ToneAmplitude(out[0], 48000), kAmplitude, 0.01);
}

TEST(PlayoutG711, OnlyCodecsThereAre) {
  EXPECT_FALSE(PlayoutChain::Create({.codec = static_cast<PlayoutCodec>(3)}).ok());
  EXPECT_FALSE(PlayoutChain::Create({.codec = static_cast<PlayoutCodec>(-1)}).ok());
}

}  // namespace
}  // namespace earshot::testing
