#include "codec/h264_decoder.h"

#include <gtest/gtest.h>

#include "base/i420.h"
#include "codec/h264_files.h"
#include "support/allocation_counter.h"
#include "support/md5.h"

namespace earshot::testing {
namespace {

std::unique_ptr<H264Decoder> MakeDecoder() {
  auto decoder = H264Decoder::Create();
  EXPECT_TRUE(decoder.ok()) << decoder.status().message();
  return std::move(decoder).value();
}

std::vector<std::string> DecodeAll(H264Decoder& decoder, const std::vector<Bytes>& frames) {
  std::vector<std::string> sums;
  for (size_t i = 0; i < frames.size(); ++i) {
    EXPECT_EQ(decoder.Decode(frames[i]), 1) << i;
    EXPECT_EQ(decoder.frame().size(), I420Bytes(decoder.width(), decoder.height()));
    sums.push_back(Md5(decoder.frame()));
  }
  return sums;
}

// The streams are another encoder's, the sums another decoder's: tests/data/make-h264.sh.
class H264StreamTest : public ::testing::TestWithParam<const char*> {};

TEST_P(H264StreamTest, EveryPictureIsThatOfTheStandard) {
  const auto frames = ReadH264(StreamPath(GetParam()));
  const auto sums = ReadSums(StreamPath(GetParam()) + ".md5");
  ASSERT_GT(sums.size(), 0u);
  ASSERT_EQ(frames.size(), sums.size());
  EXPECT_EQ(DecodeAll(*MakeDecoder(), frames), sums);
}

TEST_P(H264StreamTest, LengthsInPlaceOfStartCodesChangeNothing) {
  const auto frames = ReadFrameUnits(StreamPath(GetParam()));
  const auto decoder = MakeDecoder();
  ASSERT_TRUE(decoder->SetDescription(MakeH264Description(frames[0][0], frames[0][1])).ok());
  std::vector<Bytes> avc;
  for (const auto& units : frames) {
    avc.emplace_back();
    for (const Bytes& unit : units) {
      if ((unit[0] & 31) < 6) AppendLengthPrefixed({H264NalType{}, unit}, &avc.back());
    }
  }
  EXPECT_EQ(DecodeAll(*decoder, avc), ReadSums(StreamPath(GetParam()) + ".md5"));
}

TEST_P(H264StreamTest, AFramesOwnParameterSetsGoBeforeTheDescriptions) {
  const auto frames = ReadFrameUnits(StreamPath(GetParam()));
  // As Firefox 153 writes it: the header of each set twice.
  Bytes sps = frames[0][0];
  Bytes pps = frames[0][1];
  sps.insert(sps.begin(), sps[0]);
  pps.insert(pps.begin(), pps[0]);
  const auto description = MakeH264Description(sps, pps);
  std::vector<Bytes> avc;
  for (const auto& units : frames) {
    avc.emplace_back();
    for (const Bytes& unit : units) AppendLengthPrefixed({H264NalType{}, unit}, &avc.back());
  }
  const auto decoder = MakeDecoder();
  ASSERT_TRUE(decoder->SetDescription(description).ok());
  EXPECT_EQ(DecodeAll(*decoder, avc), ReadSums(StreamPath(GetParam()) + ".md5"));

  Bytes slices;
  for (const Bytes& unit : frames[0]) {
    if ((unit[0] & 31) < 6) AppendLengthPrefixed({H264NalType{}, unit}, &slices);
  }
  const auto other = MakeDecoder();
  ASSERT_TRUE(other->SetDescription(description).ok());
  EXPECT_EQ(other->Decode(slices), ToInt(StatusCode::kUnsupported));
}

INSTANTIATE_TEST_SUITE_P(Streams, H264StreamTest,
                         ::testing::Values("baseline", "slices", "main", "high"));

// The library has a few pictures, and has to get each of them back.
TEST(H264DecoderTest, AStreamMayGoOnForEver) {
  for (const char* name : {"baseline", "main", "high"}) {
    const auto decoder = MakeDecoder();
    for (int round = 0; round < 4; ++round) {
      ASSERT_EQ(DecodeAll(*decoder, ReadH264(StreamPath(name))),
                ReadSums(StreamPath(name) + ".md5"))
          << name << round;
    }
  }
}

TEST(H264DecoderTest, AStreamBeginsWithAKeyFrame) {
  const auto frames = ReadH264(StreamPath("baseline"));
  const auto sums = ReadSums(StreamPath("baseline") + ".md5");
  const auto decoder = MakeDecoder();
  EXPECT_EQ(decoder->Decode(frames[1]), ToInt(StatusCode::kFailedPrecondition));
  const auto units = ReadFrameUnits(StreamPath("baseline"));
  EXPECT_EQ(decoder->Decode(JoinUnits({units[0][0], units[0][1]})), 0);
  EXPECT_EQ(decoder->Decode(frames[1]), ToInt(StatusCode::kFailedPrecondition));
  EXPECT_TRUE(decoder->frame().empty());
  EXPECT_EQ(decoder->Decode(frames[0]), 1);
  EXPECT_EQ(decoder->Decode(frames[1]), 1);
  EXPECT_EQ(Md5(decoder->frame()), sums[1]);
}

TEST(H264DecoderTest, StreamsOfAnotherKindAreRefusedByName) {
  const auto decoder = MakeDecoder();
  EXPECT_EQ(decoder->Decode(ReadH264(StreamPath("interlaced"))[0]),
            ToInt(StatusCode::kUnsupported));
  EXPECT_TRUE(decoder->sps().interlaced);
  const auto deep = ReadFrameUnits(StreamPath("high10"));
  EXPECT_EQ(decoder->Decode(JoinUnits(deep[0])), ToInt(StatusCode::kUnsupported));
  EXPECT_EQ(decoder->sps().profile, 110);
  const auto b_frames = ReadH264(StreamPath("b-frames"));
  ASSERT_EQ(decoder->Decode(b_frames[0]), 1);
  EXPECT_EQ(decoder->Decode(b_frames[1]), 1);
  EXPECT_EQ(decoder->Decode(b_frames[2]), ToInt(StatusCode::kUnsupported));
  EXPECT_EQ(decoder->Decode(JoinUnits(deep[0])), ToInt(StatusCode::kUnsupported));
  // Nor what comes without its parameter sets.
  EXPECT_EQ(decoder->Decode(JoinUnits({deep[0].back()})), ToInt(StatusCode::kUnsupported));
  Bytes extended = BaselineSps(4, 4);
  extended[1] = 88;
  EXPECT_EQ(decoder->Decode(JoinUnits({extended})), ToInt(StatusCode::kUnsupported));
  EXPECT_EQ(decoder->Decode(JoinUnits({{0x42, 0x80}})), ToInt(StatusCode::kUnsupported));
  EXPECT_EQ(DecodeAll(*decoder, ReadH264(StreamPath("main"))),
            ReadSums(StreamPath("main") + ".md5"));
}

TEST(H264DecoderTest, ASizeOrReferencesBeyondTheLimitAreRefused) {
  const auto decode = [](const Bytes& sps) { return MakeDecoder()->Decode(JoinUnits({sps})); };
  EXPECT_EQ(decode(BaselineSps(1024, 1024)), ToInt(StatusCode::kUnsupported));
  EXPECT_EQ(decode(BaselineSps(256, 145)), ToInt(StatusCode::kUnsupported));
  EXPECT_EQ(decode(BaselineSps(256, 144, 6)), ToInt(StatusCode::kUnsupported));
  EXPECT_EQ(decode(BaselineSps(256, 144, 5)), 0);
}

TEST(H264DecoderTest, AChangeOfSizeIsFollowedAndNothingElseAllocatesHere) {
  const auto decoder = MakeDecoder();
  for (const char* name : {"high", "slices", "baseline"}) {
    EXPECT_EQ(DecodeAll(*decoder, ReadH264(StreamPath(name))), ReadSums(StreamPath(name) + ".md5"));
  }
  const auto frames = ReadH264(StreamPath("baseline"));
  ASSERT_EQ(decoder->Decode(frames[0]), 1);
  const int64_t before = AllocationCount();
  for (size_t i = 1; i < frames.size(); ++i) ASSERT_EQ(decoder->Decode(frames[i]), 1);
  EXPECT_EQ(AllocationCount(), before);
}

TEST(H264DecoderTest, ADamagedFrameIsReportedAndTheNextKeyFrameMendsTheStream) {
  const auto frames = ReadH264(StreamPath("baseline"));
  const auto sums = ReadSums(StreamPath("baseline") + ".md5");
  const auto decoder = MakeDecoder();
  ASSERT_EQ(decoder->Decode(frames[0]), 1);
  EXPECT_EQ(decoder->Decode({}), ToInt(StatusCode::kCorruptData));
  Bytes cut = frames[1];
  cut.resize(cut.size() / 2);
  EXPECT_EQ(decoder->Decode(cut), ToInt(StatusCode::kCorruptData));
  EXPECT_EQ(decoder->Decode(frames[2]), ToInt(StatusCode::kFailedPrecondition));
  ASSERT_EQ(decoder->Decode(frames[6]), 1);
  EXPECT_EQ(Md5(decoder->frame()), sums[6]);
}

TEST(H264DecoderTest, ALostFrameIsReported) {
  const auto frames = ReadH264(StreamPath("baseline"));
  const auto decoder = MakeDecoder();
  ASSERT_EQ(decoder->Decode(frames[0]), 1);
  EXPECT_EQ(decoder->Decode(frames[2]), ToInt(StatusCode::kCorruptData));
}

// Lengths, bits, bytes and order of the units of real frames, at random: any result, but no fault.
// Under AddressSanitizer too.
TEST(H264DecoderTest, AnythingMayArrive) {
  std::minstd_rand engine(7);
  const auto random = [&engine](size_t below) { return engine() % below; };
  int shown = 0;
  int refused = 0;
  for (const char* name : {"baseline", "slices", "main", "high"}) {
    const auto good = ReadFrameUnits(StreamPath(name));
    for (int stream = 0; stream < 100; ++stream) {
      const auto decoder = MakeDecoder();
      for (size_t i = 0; i < 10; ++i) {
        auto units = good[i == 0 || random(6) == 0 ? 0 : random(good.size())];
        for (Bytes& unit : units) {
          // Parameter sets come whole more often: without them nothing is decoded.
          if ((unit[0] & 31) > 5 && random(4) != 0) continue;
          if (random(4) == 0) unit.resize(1 + random(unit.size()));
          for (size_t n = random(4); n > 0; --n) {
            unit[random(unit.size())] ^= static_cast<uint8_t>(1 << random(8));
          }
        }
        if (random(8) == 0) std::swap(units.front(), units[random(units.size())]);
        const int result = decoder->Decode(JoinUnits(units));
        ASSERT_LE(result, 1);
        shown += result == 1;
        refused += result < 0;
        if (result == 1) {
          ASSERT_EQ(decoder->frame().size(), I420Bytes(decoder->width(), decoder->height()));
        }
      }
    }
  }
  EXPECT_GT(shown, 100);
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace earshot::testing
