#include "codec/h264_bitstream.h"

#include <gtest/gtest.h>

#include <array>

#include "codec/h264_bit_reader.h"
#include "codec/h264_files.h"

namespace earshot::testing {
namespace {

std::vector<Bytes> Split(const Bytes& stream, int* result) {
  std::array<H264Nal, 4> nals;
  *result = SplitAnnexB(stream, nals);
  std::vector<Bytes> units;
  for (int i = 0; i < *result; ++i) {
    const auto& bytes = nals[static_cast<size_t>(i)].bytes;
    units.emplace_back(bytes.begin(), bytes.end());
  }
  return units;
}

int SplitResult(const Bytes& stream) {
  int result = 0;
  Split(stream, &result);
  return result;
}

TEST(H264BitReaderTest, CodesAreThoseOfTable9Dash2) {
  // 1 010 011 00100 00101 00110 00111 0001000, then se(v) of 1 … 4 as 010 011 00100 00101.
  UnitWriter writer({});
  for (const uint32_t value : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u, 4294967294u}) writer.Unsigned(value);
  for (const uint32_t code : {1u, 2u, 3u, 4u}) writer.Unsigned(code);
  const Bytes bytes = writer.Finish();
  EXPECT_EQ(bytes[0], 0b10100110);
  EXPECT_EQ(bytes[1], 0b01000010);
  H264BitReader bits(bytes);
  for (const uint32_t value : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u, 4294967294u}) {
    EXPECT_EQ(bits.Unsigned(), value);
  }
  for (const int value : {1, -1, 2, -2}) EXPECT_EQ(bits.Signed(), value);
  EXPECT_TRUE(bits.ok());
}

TEST(H264BitReaderTest, EmulationPreventionIsNoPartOfThePayload) {
  const Bytes bytes = {0, 0, 3, 1, 0, 0, 3, 0, 0, 3, 3, 0, 3, 0, 0, 3};
  H264BitReader bits(bytes);
  for (const uint32_t byte : {0u, 0u, 1u, 0u, 0u, 0u, 0u, 3u, 0u, 3u, 0u, 0u})
    EXPECT_EQ(bits.Bits(8), byte);
  EXPECT_TRUE(bits.ok());
  EXPECT_EQ(bits.Bits(8), 0u);
  EXPECT_FALSE(bits.ok());
}

TEST(H264BitReaderTest, ACodeThatDoesNotEndIsRefused) {
  const Bytes zeros = {0, 0, 3, 0, 0, 3, 0, 0, 3, 0, 0xff, 0xff};
  H264BitReader bits(zeros);
  EXPECT_EQ(bits.Unsigned(), 0u);
  EXPECT_FALSE(bits.ok());
}

TEST(H264BitstreamTest, UnitsLieBetweenStartCodes) {
  int result = 0;
  const auto units = Split(
      {0, 0, 0, 0, 1, 0x67, 5, 0, 0, 3, 1, 0, 0, 0, 1, 0x68, 7, 0, 0, 1, 0x65, 9, 0, 0}, &result);
  ASSERT_EQ(result, 3);
  EXPECT_EQ(units[0], (Bytes{0x67, 5, 0, 0, 3, 1}));
  EXPECT_EQ(units[1], (Bytes{0x68, 7}));
  EXPECT_EQ(units[2], (Bytes{0x65, 9}));
}

TEST(H264BitstreamTest, WhatIsNoByteStreamIsRefused) {
  const int corrupt = ToInt(StatusCode::kCorruptData);
  EXPECT_EQ(SplitResult({}), corrupt);
  EXPECT_EQ(SplitResult({0, 0}), corrupt);
  EXPECT_EQ(SplitResult({0, 0, 0, 0, 0}), corrupt);
  EXPECT_EQ(SplitResult({1, 0, 0, 1, 0x65, 9}), corrupt);
  EXPECT_EQ(SplitResult({0, 0, 1}), corrupt);
  EXPECT_EQ(SplitResult({0, 0, 1, 0, 0, 1, 0x65}), corrupt);
  EXPECT_EQ(SplitResult({0, 0, 1, 0xe5, 9}), corrupt);  // forbidden_zero_bit
  EXPECT_EQ(SplitResult(JoinUnits(std::vector<Bytes>(4, {0x65}))), 4);
  EXPECT_EQ(SplitResult(JoinUnits(std::vector<Bytes>(5, {0x65}))), ToInt(StatusCode::kUnsupported));
}

TEST(H264BitstreamTest, LengthsAreThoseOfTheirSize) {
  std::array<H264Nal, 4> nals;
  for (const int size : {1, 2, 4}) {
    Bytes stream;
    for (const Bytes& unit : {Bytes{0x67, 5}, Bytes{0x65, 9, 9}}) {
      stream.resize(stream.size() + static_cast<size_t>(size) - 1);
      stream.push_back(static_cast<uint8_t>(unit.size()));
      stream.insert(stream.end(), unit.begin(), unit.end());
    }
    ASSERT_EQ(SplitLengthPrefixed(stream, size, nals), 2);
    EXPECT_EQ(nals[0].type, H264NalType::kSps);
    EXPECT_EQ(nals[1].bytes.size(), 3u);
    stream.pop_back();
    EXPECT_EQ(SplitLengthPrefixed(stream, size, nals), ToInt(StatusCode::kCorruptData));
  }
  EXPECT_EQ(SplitLengthPrefixed({}, 4, nals), ToInt(StatusCode::kCorruptData));
  EXPECT_EQ(SplitLengthPrefixed(Bytes{0, 0, 0}, 4, nals), ToInt(StatusCode::kCorruptData));
  EXPECT_EQ(SplitLengthPrefixed(Bytes{0, 0, 0, 0}, 4, nals), ToInt(StatusCode::kCorruptData));
  EXPECT_EQ(SplitLengthPrefixed(Bytes{0xff, 0xff, 0xff, 0xff, 1}, 4, nals),
            ToInt(StatusCode::kCorruptData));
}

TEST(H264BitstreamTest, BothFormsHoldTheSame) {
  Bytes annex_b;
  Bytes avc;
  for (const Bytes& unit : ReadUnits(StreamPath("slices"))) {
    const H264Nal nal = {H264NalType{}, unit};
    AppendAnnexB(nal, &annex_b);
    AppendLengthPrefixed(nal, &avc);
  }
  EXPECT_EQ(annex_b, JoinUnits(ReadUnits(StreamPath("slices"))));
  std::array<H264Nal, kMaxH264Nals> nals;
  const int count = SplitLengthPrefixed(avc, 4, nals);
  Bytes back;
  for (int i = 0; i < count; ++i) AppendAnnexB(nals[static_cast<size_t>(i)], &back);
  EXPECT_EQ(back, annex_b);
}

// What ffprobe says of them.
TEST(H264SpsTest, FieldsAreThoseOfTheStreams) {
  const auto sps_of = [](const std::string& name) {
    const auto sps = ParseH264Sps(ReadUnits(StreamPath(name))[0]);
    EXPECT_TRUE(sps.ok()) << name;
    return sps.value();
  };
  const H264Sps baseline = sps_of("baseline");
  EXPECT_EQ(baseline.profile, 66);
  EXPECT_EQ(baseline.constraints, 0xc0);
  EXPECT_EQ(baseline.width, 176);
  EXPECT_EQ(baseline.height, 144);
  const H264Sps slices = sps_of("slices");
  EXPECT_EQ(slices.width, 98);
  EXPECT_EQ(slices.height, 62);
  EXPECT_EQ(slices.coded_width, 112);
  EXPECT_EQ(slices.coded_height, 64);
  EXPECT_EQ(slices.num_ref_frames, 3);
  EXPECT_EQ(sps_of("main").profile, 77);
  EXPECT_EQ(sps_of("high").profile, 100);
  EXPECT_TRUE(sps_of("high").yuv420_8bit);
  EXPECT_TRUE(sps_of("interlaced").interlaced);
  EXPECT_EQ(sps_of("interlaced").height, 64);
  EXPECT_EQ(sps_of("high10").profile, 110);
  EXPECT_FALSE(sps_of("high10").yuv420_8bit);
}

TEST(H264SpsTest, EmulationPreventionInsideIsUndone) {
  // 33 × 2 macroblocks and so many zeros that the unit needs a byte against a start code.
  UnitWriter writer({0x67, 66, 0, 0});
  writer.Unsigned(0).Unsigned(0).Unsigned(2).Unsigned(1).Bit(0).Unsigned(32).Unsigned(1);
  writer.Bit(1).Bit(1).Bit(1);
  writer.Unsigned(0).Unsigned(65535 / 255).Unsigned(0).Unsigned(0);
  const Bytes unit = writer.Bit(0).Finish();
  const auto sps = ParseH264Sps(unit);
  ASSERT_TRUE(sps.ok());
  EXPECT_EQ(sps.value().level, 0);
  EXPECT_EQ(sps.value().width, 33 * 16 - 2 * 257);
  EXPECT_EQ(sps.value().height, 32);
}

TEST(H264SpsTest, WhatIsCutOffOrBeyondItsRangeIsRefused) {
  const Bytes good = BaselineSps(20, 15);
  ASSERT_TRUE(ParseH264Sps(good).ok());
  for (size_t size = 0; size + 1 < good.size(); ++size) {
    EXPECT_FALSE(ParseH264Sps(std::span(good).first(size)).ok()) << size;
  }
  EXPECT_FALSE(ParseH264Sps(BaselineSps(1025, 1)).ok());
  EXPECT_TRUE(ParseH264Sps(BaselineSps(1024, 1024)).ok());
  EXPECT_FALSE(ParseH264Sps(BaselineSps(20, 15, 17)).ok());
  Bytes other = good;
  other[0] = 0x68;
  EXPECT_FALSE(ParseH264Sps(other).ok());
  // All of the picture cropped away.
  UnitWriter cropped({0x67, 66, 0xc0, 30});
  cropped.Unsigned(0).Unsigned(0).Unsigned(2).Unsigned(1).Bit(0).Unsigned(0).Unsigned(0);
  cropped.Bit(1).Bit(1).Bit(1).Unsigned(4).Unsigned(4).Unsigned(0).Unsigned(0).Bit(0);
  EXPECT_FALSE(ParseH264Sps(cropped.Finish()).ok());
}

TEST(H264DescriptionTest, ARecordHoldsItsParameterSets) {
  const auto units = ReadUnits(StreamPath("baseline"));
  const Bytes record = MakeH264Description(units[0], units[1]);
  EXPECT_EQ(Bytes(record.begin(), record.begin() + 6),
            (Bytes{1, 66, 0xc0, units[0][3], 0xff, 0xe1}));
  const auto description = ParseH264Description(record);
  ASSERT_TRUE(description.ok());
  EXPECT_EQ(description.value().length_bytes, 4);
  EXPECT_EQ(description.value().parameters, JoinUnits({units[0], units[1]}));
  for (size_t size = 0; size < record.size(); ++size) {
    EXPECT_FALSE(ParseH264Description(std::span(record).first(size)).ok()) << size;
  }
  Bytes wrong = record;
  wrong[0] = 2;
  EXPECT_FALSE(ParseH264Description(wrong).ok());
  wrong = record;
  wrong[4] = 0xfe;  // lengths of three bytes
  EXPECT_FALSE(ParseH264Description(wrong).ok());
  EXPECT_TRUE(MakeH264Description(units[0], {}).empty());
  EXPECT_TRUE(MakeH264Description(Bytes(70000), units[1]).empty());
}

}  // namespace
}  // namespace earshot::testing
