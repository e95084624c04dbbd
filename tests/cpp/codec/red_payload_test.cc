// The payload format of RFC 2198, against its own example and against a writer that puts it
// together bit by bit; then bytes that do not follow it.
#include "codec/red_payload.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "support/red_writer.h"

namespace earshot::testing {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes ToBytes(std::span<const uint8_t> data) { return {data.begin(), data.end()}; }

TEST(RedPayload, ReadsTheExampleOfTheRfc) {
  // §7: 14 bytes of LPC (payload type 7) one 20 ms packet of 8 kHz back, then 84 bytes of DVI4 (5).
  Bytes payload = {0x87, 160 >> 6, (160 & 0x3f) << 2, 14, 5};
  payload.insert(payload.end(), 14, 0xaa);
  payload.insert(payload.end(), 84, 0xbb);
  const auto red = RedPayload::Parse(payload);
  ASSERT_TRUE(red.ok());
  ASSERT_EQ(red.value().redundant().size(), 1u);
  EXPECT_EQ(red.value().redundant()[0].payload_type, 7);
  EXPECT_EQ(red.value().redundant()[0].timestamp_offset, 160u);
  EXPECT_EQ(ToBytes(red.value().redundant()[0].data), Bytes(14, 0xaa));
  EXPECT_EQ(red.value().primary().payload_type, 5);
  EXPECT_EQ(red.value().primary().timestamp_offset, 0u);
  EXPECT_EQ(ToBytes(red.value().primary().data), Bytes(84, 0xbb));
}

TEST(RedPayload, ReadsWhateverWasWritten) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::vector<RedundantBlock> blocks(random() % kMaxRedBlocks);
    for (RedundantBlock& block : blocks) {
      block.payload_type = static_cast<int>(random() % 128);
      // The ends of both ranges often; blocks may be empty.
      block.timestamp_offset = random() % 4 == 0 ? 16383 : static_cast<uint32_t>(random() % 16384);
      block.data.resize(random() % 8 == 0 ? 1023 : random() % 64);
      for (uint8_t& byte : block.data) byte = static_cast<uint8_t>(random());
    }
    const Bytes primary(random() % 300, static_cast<uint8_t>(random()));
    const int payload_type = static_cast<int>(random() % 128);
    const Bytes payload = WriteRed(blocks, payload_type, primary);
    const auto red = RedPayload::Parse(payload);
    ASSERT_TRUE(red.ok());
    ASSERT_EQ(red.value().redundant().size(), blocks.size());
    for (size_t i = 0; i < blocks.size(); ++i) {
      const RedBlock& block = red.value().redundant()[i];
      ASSERT_EQ(block.payload_type, blocks[i].payload_type);
      ASSERT_EQ(block.timestamp_offset, blocks[i].timestamp_offset);
      ASSERT_EQ(ToBytes(block.data), blocks[i].data);
    }
    ASSERT_EQ(red.value().primary().payload_type, payload_type);
    ASSERT_EQ(ToBytes(red.value().primary().data), primary);
  }
}

TEST(RedPayload, RefusesWhatEndsTooEarlyOrHasTooManyBlocks) {
  EXPECT_FALSE(RedPayload::Parse({}).ok());
  const RedundantBlock block{.timestamp_offset = 960, .data = Bytes(10, 1)};
  const Bytes whole = WriteRed({block, block}, 111, {});
  EXPECT_TRUE(RedPayload::Parse(whole).ok()) << "the primary may be empty too";
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(RedPayload::Parse(std::span(whole).first(size)).ok()) << size;
  }
  const auto many = [](size_t count) {
    return WriteRed(std::vector<RedundantBlock>(count), 111, {1});
  };
  EXPECT_TRUE(RedPayload::Parse(many(kMaxRedBlocks - 1)).ok());
  EXPECT_FALSE(RedPayload::Parse(many(kMaxRedBlocks)).ok());
  EXPECT_FALSE(RedPayload::Parse(Bytes(1500, 0xff)).ok());
}

TEST(RedPayload, AnyBytesGiveBlocksWithinThem) {
  std::mt19937 random(2);
  int accepted = 0;
  for (int round = 0; round < 100000; ++round) {
    Bytes payload;
    if (round % 2 == 0) {
      payload.resize(random() % 40);
      for (uint8_t& byte : payload) byte = static_cast<uint8_t>(random());
    } else {
      // A good one, damaged.
      payload = WriteRed({{.timestamp_offset = 1920, .data = Bytes(8, 3)},
                          {.timestamp_offset = 960, .data = Bytes(9, 2)}},
                         111, Bytes(10, 1));
      payload[random() % payload.size()] ^= static_cast<uint8_t>(1u << random() % 8);
      payload.resize(payload.size() - random() % 3);
    }
    const auto red = RedPayload::Parse(payload);
    if (!red.ok()) continue;
    ++accepted;
    // Headers and blocks make up the payload exactly, and each block lies in its place.
    const auto redundant = red.value().redundant();
    const uint8_t* end = payload.data() + 4 * redundant.size() + 1;
    const auto follow = [&end](const RedBlock& block) {
      ASSERT_EQ(block.data.data(), end);
      ASSERT_LT(block.timestamp_offset, 1u << 14);
      ASSERT_TRUE(block.payload_type >= 0 && block.payload_type <= 127);
      end += block.data.size();
    };
    for (const RedBlock& block : redundant) follow(block);
    follow(red.value().primary());
    ASSERT_EQ(end, payload.data() + payload.size());
  }
  EXPECT_GT(accepted, 10000);
}

}  // namespace
}  // namespace earshot::testing
