#include "codec/opus_packet.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace earshot {
namespace {

uint8_t Toc(int config, bool stereo, int code) {
  return static_cast<uint8_t>(config << 3 | (stereo ? 4 : 0) | code);
}

// RFC 6716, table 2: durations of the 32 configurations in samples at 48 kHz.
int TableDuration(int config) {
  constexpr std::array kSilk = {480, 960, 1920, 2880};
  constexpr std::array kHybrid = {480, 960};
  constexpr std::array kCelt = {120, 240, 480, 960};
  if (config < 12) return kSilk[static_cast<size_t>(config % 4)];
  if (config < 16) return kHybrid[static_cast<size_t>(config % 2)];
  return kCelt[static_cast<size_t>(config % 4)];
}

TEST(OpusPacketTest, TocGivesDurationAndChannels) {
  for (int config = 0; config < 32; ++config) {
    for (const bool stereo : {false, true}) {
      const std::array<uint8_t, 3> one = {Toc(config, stereo, 0), 0, 0};
      const auto info = ParseOpusPacket(one);
      ASSERT_TRUE(info.ok());
      EXPECT_EQ(info.value().num_frames, 1);
      EXPECT_EQ(info.value().duration(), TableDuration(config)) << config;
      EXPECT_EQ(info.value().num_channels, stereo ? 2 : 1);
      const std::array<uint8_t, 3> two = {Toc(config, stereo, 1), 0, 0};
      EXPECT_EQ(ParseOpusPacket(two).value().duration(), 2 * TableDuration(config));
    }
  }
}

TEST(OpusPacketTest, FrameCountOfCodeThreeIsBoundedBy120Ms) {
  for (int count = 0; count < 64; ++count) {
    std::vector<uint8_t> packet(2 + static_cast<size_t>(count), 0);
    packet[0] = Toc(19, false, 3);  // 20 ms
    packet[1] = static_cast<uint8_t>(count);
    const auto info = ParseOpusPacket(packet);
    ASSERT_EQ(info.ok(), count >= 1 && count <= 6) << count;
    if (info.ok()) {
      EXPECT_EQ(info.value().duration(), 960 * count);
    }
  }
}

TEST(OpusPacketTest, BrokenFramingIsCorrupt) {
  const std::vector<std::vector<uint8_t>> broken = {
      {},
      {Toc(19, false, 1), 0},           // two equal frames in an odd number of bytes
      {Toc(19, false, 2)},              // no length of the first frame
      {Toc(19, false, 2), 5, 0},        // a first frame longer than the packet
      {Toc(19, false, 2), 252},         // half a length
      {Toc(19, false, 3)},              // no frame count
      {Toc(19, false, 3), 0x40 | 1},    // padding announced, none there
      {Toc(19, false, 3), 0x80 | 2, 9}  // variable lengths that do not fit
  };
  for (const auto& packet : broken) {
    EXPECT_EQ(ParseOpusPacket(packet).status().code(), StatusCode::kCorruptData);
  }
  std::vector<uint8_t> long_frame(1 + 1276,
                                  0);  // RFC 6716 §3.4, R2: a frame has at most 1275 bytes
  long_frame[0] = Toc(19, false, 0);
  EXPECT_FALSE(ParseOpusPacket(long_frame).ok());
}

TEST(OpusPacketTest, RedundancyIsTheLbrrFlagOfSilk) {
  // RFC 6716 §4.2.3: VAD flag of each 20 ms frame, then the LBRR flag, most significant bit first.
  const auto redundancy = [](int config, bool stereo, int first_byte) {
    const std::array<uint8_t, 3> packet = {Toc(config, stereo, 0), static_cast<uint8_t>(first_byte),
                                           0};
    return ParseOpusPacket(packet).value().has_redundancy;
  };
  EXPECT_TRUE(redundancy(9, false, 0b0100'0000));  // wideband, 20 ms
  EXPECT_FALSE(redundancy(9, false, 0b1011'1111));
  EXPECT_TRUE(redundancy(11, false, 0b0001'0000));  // 60 ms: three VAD flags before it
  EXPECT_FALSE(redundancy(11, false, 0b1110'1111));
  EXPECT_TRUE(redundancy(9, true, 0b0001'0000));  // of the side channel alone
  EXPECT_FALSE(redundancy(31, false, 0xFF));      // CELT has none
}

}  // namespace
}  // namespace earshot
