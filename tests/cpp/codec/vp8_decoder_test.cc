#include "codec/vp8_decoder.h"

#include <gtest/gtest.h>

#include "base/i420.h"
#include "codec/vp8_files.h"
#include "codec/vp8_frame_header.h"
#include "support/allocation_counter.h"
#include "support/md5.h"

namespace earshot::testing {
namespace {

std::unique_ptr<Vp8Decoder> MakeDecoder() {
  auto decoder = Vp8Decoder::Create();
  EXPECT_TRUE(decoder.ok()) << decoder.status().message();
  return std::move(decoder).value();
}

TEST(Md5Test, SumsAreThoseOfRfc1321) {
  const std::string text = "abcdefghijklmnopqrstuvwxyz";
  EXPECT_EQ(Md5({}), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(Md5(Bytes(text.begin(), text.end())), "c3fcd3d76192e4007dfb496cca67e13b");
}

// Odd sizes, all filters and little motion: three of the vectors that come with the format.
class Vp8VectorTest : public ::testing::TestWithParam<const char*> {};

TEST_P(Vp8VectorTest, EveryPictureIsThatOfTheVector) {
  const auto frames = ReadIvf(VectorPath(GetParam()));
  const auto sums = ReadSums(VectorPath(GetParam()) + ".md5");
  ASSERT_GT(frames.size(), 0u);
  ASSERT_EQ(frames.size(), sums.size());
  const auto decoder = MakeDecoder();
  for (size_t i = 0; i < frames.size(); ++i) {
    ASSERT_EQ(decoder->Decode(frames[i]), 1) << i;
    ASSERT_EQ(decoder->frame().size(), I420Bytes(decoder->width(), decoder->height()));
    ASSERT_EQ(Md5(decoder->frame()), sums[i]) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, Vp8VectorTest, ::testing::Values("006", "016", "017"));

TEST(Vp8DecoderTest, AStreamBeginsWithAKeyFrame) {
  const auto frames = ReadIvf(VectorPath("016"));
  const auto decoder = MakeDecoder();
  EXPECT_EQ(decoder->Decode(frames[1]), ToInt(StatusCode::kFailedPrecondition));
  EXPECT_TRUE(decoder->frame().empty());
  EXPECT_EQ(decoder->Decode(frames[0]), 1);
  EXPECT_EQ(decoder->Decode(frames[1]), 1);
}

TEST(Vp8DecoderTest, AChangeOfSizeIsFollowedAndNothingElseAllocatesHere) {
  const auto small = ReadIvf(VectorPath("016"));
  const auto odd = ReadIvf(VectorPath("006"));
  const auto decoder = MakeDecoder();
  ASSERT_EQ(decoder->Decode(small[0]), 1);
  EXPECT_EQ(decoder->width(), 176);
  ASSERT_EQ(decoder->Decode(odd[0]), 1);
  EXPECT_NE(decoder->height(), 144);
  EXPECT_EQ(Md5(decoder->frame()), ReadSums(VectorPath("006") + ".md5")[0]);
  const int64_t before = AllocationCount();
  for (size_t i = 1; i < odd.size(); ++i) ASSERT_GE(decoder->Decode(odd[i]), 0);
  EXPECT_EQ(AllocationCount(), before);
}

TEST(Vp8DecoderTest, AKeyFrameBeyondTheLimitIsRefusedAndTheStreamGoesOn) {
  const auto frames = ReadIvf(VectorPath("016"));
  const auto sums = ReadSums(VectorPath("016") + ".md5");
  const auto decoder = MakeDecoder();
  ASSERT_EQ(decoder->Decode(frames[0]), 1);
  Bytes huge = frames[0];
  huge[6] = huge[8] = 0xff;
  huge[7] = huge[9] = 0x3f;
  EXPECT_EQ(decoder->Decode(huge), ToInt(StatusCode::kUnsupported));
  ASSERT_EQ(decoder->Decode(frames[1]), 1);
  EXPECT_EQ(Md5(decoder->frame()), sums[1]);
}

TEST(Vp8DecoderTest, ADamagedFrameIsReportedAndTheNextKeyFrameMendsTheStream) {
  const auto frames = ReadIvf(VectorPath("006"));
  const auto sums = ReadSums(VectorPath("006") + ".md5");
  const auto decoder = MakeDecoder();
  ASSERT_EQ(decoder->Decode(frames[0]), 1);
  EXPECT_EQ(decoder->Decode(Bytes{}), ToInt(StatusCode::kCorruptData));
  Bytes cut = frames[1];
  cut.resize(cut.size() / 8);
  EXPECT_EQ(decoder->Decode(cut), ToInt(StatusCode::kCorruptData));
  ASSERT_EQ(decoder->Decode(frames[0]), 1);
  EXPECT_EQ(Md5(decoder->frame()), sums[0]);
}

// Lengths, bits and bytes of real frames, at random: any result, but no fault, and pictures of the
// size their key frame gave. Under AddressSanitizer too.
TEST(Vp8DecoderTest, AnythingMayArrive) {
  const auto good = ReadIvf(VectorPath("006"));
  std::minstd_rand engine(7);
  const auto random = [&engine](size_t below) { return engine() % below; };
  int shown = 0;
  int refused = 0;
  for (int stream = 0; stream < 40; ++stream) {
    const auto decoder = MakeDecoder();
    for (size_t i = 0; i < 12; ++i) {
      Bytes frame = good[i == 0 ? 0 : random(good.size())];
      // Of the first frame the size stays: large ones are slow, and nothing new.
      const size_t from = i == 0 ? 10 : 0;
      if (random(3) == 0) frame.resize(from + random(frame.size() - from));
      for (size_t n = random(8); n > 0 && frame.size() > from; --n) {
        const size_t at = from + random(frame.size() - from);
        if (at >= 6 && at < 10) continue;
        frame[at] = static_cast<uint8_t>(engine());
      }
      const int result = decoder->Decode(frame);
      ASSERT_LE(result, 1);
      shown += result == 1;
      refused += result < 0;
      if (result == 1) {
        ASSERT_EQ(decoder->frame().size(), I420Bytes(decoder->width(), decoder->height()));
      }
    }
  }
  EXPECT_GT(shown, 50);
  EXPECT_GT(refused, 50);
}

}  // namespace
}  // namespace earshot::testing
