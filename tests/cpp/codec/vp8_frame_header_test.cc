#include "codec/vp8_frame_header.h"

#include <gtest/gtest.h>

#include <vector>

namespace earshot {
namespace {

using Bytes = std::vector<uint8_t>;

// A key frame of 176 × 144, written by hand from RFC 6386 §9.1: shown, version 0, first partition
// of 20 bytes, which follow.
Bytes KeyFrame() {
  Bytes frame = {0x10 | (20 & 7) << 5, 20 >> 3, 0, 0x9d, 0x01, 0x2a, 176, 0, 144, 0};
  frame.resize(30);
  return frame;
}

StatusCode CodeOf(const Bytes& frame) { return ParseVp8FrameHeader(frame).status().code(); }

TEST(Vp8FrameHeaderTest, FieldsAreThoseOfRfc6386) {
  Bytes frame = KeyFrame();
  const auto key = ParseVp8FrameHeader(frame);
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE(key.value().key_frame);
  EXPECT_TRUE(key.value().shown);
  EXPECT_EQ(key.value().version, 0);
  EXPECT_EQ(key.value().partition_bytes, 20u);
  EXPECT_EQ(key.value().width, 176);
  EXPECT_EQ(key.value().height, 144);

  // Scaling, in the two highest bits, is no part of the size.
  frame[7] = 0x40;
  frame[9] = 0xc1;
  const auto scaled = ParseVp8FrameHeader(frame);
  ASSERT_TRUE(scaled.ok());
  EXPECT_EQ(scaled.value().width, 176);
  EXPECT_EQ(scaled.value().height, 144 + 256);

  const auto delta = ParseVp8FrameHeader(Bytes{0x01 | 3 << 1 | 1 << 5, 0, 0, 99});
  ASSERT_TRUE(delta.ok());
  EXPECT_FALSE(delta.value().key_frame);
  EXPECT_FALSE(delta.value().shown);
  EXPECT_EQ(delta.value().version, 3);
  EXPECT_EQ(delta.value().partition_bytes, 1u);
  EXPECT_EQ(delta.value().width, 0);
}

TEST(Vp8FrameHeaderTest, WhatIsNotOfTheFormatIsRefused) {
  Bytes frame = KeyFrame();
  for (size_t size = 0; size < frame.size(); ++size) {
    EXPECT_EQ(CodeOf(Bytes(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size))),
              StatusCode::kCorruptData)
        << size;
  }
  EXPECT_EQ(CodeOf(frame), StatusCode::kOk);
  for (const size_t at : {3u, 4u, 5u}) {
    Bytes wrong = frame;
    wrong[at] ^= 1;
    EXPECT_EQ(CodeOf(wrong), StatusCode::kCorruptData) << at;
  }
  for (const size_t at : {6u, 8u}) {
    Bytes wrong = frame;
    wrong[at] = wrong[at + 1] = 0;
    EXPECT_EQ(CodeOf(wrong), StatusCode::kCorruptData) << at;
  }
  frame[0] |= 4 << 1;
  EXPECT_EQ(CodeOf(frame), StatusCode::kCorruptData);
}

TEST(Vp8FrameHeaderTest, SizesAreBoundedBySideAndArea) {
  EXPECT_TRUE(IsVp8Size(1, 1));
  EXPECT_TRUE(IsVp8Size(4096, 2304));
  EXPECT_TRUE(IsVp8Size(2304, 4096));
  EXPECT_TRUE(IsVp8Size(16383, 576));
  EXPECT_FALSE(IsVp8Size(16383, 577));
  EXPECT_FALSE(IsVp8Size(16384, 1));
  EXPECT_FALSE(IsVp8Size(0, 144));
  EXPECT_FALSE(IsVp8Size(176, -1));
  EXPECT_FALSE(IsVp8Size(16383, 16383));
}

}  // namespace
}  // namespace earshot
