#include "codec/g711.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

namespace earshot {
namespace {

// G.711 as its tables 1 and 2 give it: quantising intervals segment by segment, in 16-bit units.
struct Interval {
  int begin;
  int end;
  int level;  // what it decodes to
};

std::vector<Interval> ALawIntervals() {
  std::vector<Interval> intervals;
  int begin = 0;
  for (const int step : {16, 16, 32, 64, 128, 256, 512, 1024}) {
    for (int i = 0; i < 16; ++i, begin += step) {
      intervals.push_back({begin, begin + step, begin + step / 2});
    }
  }
  return intervals;
}

std::vector<Interval> MuLawIntervals() {
  std::vector<Interval> intervals = {{0, 4, 0}};  // The first is half as wide and decodes to zero.
  int begin = 4;
  for (int segment = 0; segment < 8; ++segment) {
    const int step = 8 << segment;
    for (int i = segment == 0 ? 1 : 0; i < 16; ++i, begin += step) {
      intervals.push_back({begin, begin + step, begin + step / 2});
    }
  }
  intervals.back().end = 32768;  // The tables end at 8159·4; what is louder is clipped.
  return intervals;
}

class G711Test : public testing::TestWithParam<G711Law> {
 protected:
  std::vector<Interval> intervals() const {
    return GetParam() == G711Law::kALaw ? ALawIntervals() : MuLawIntervals();
  }
  // The n-th character signal of table 1a/2a, as sent on the line.
  uint8_t Code(int n, bool negative) const {
    const int sign = negative ? 0 : 0x80;
    return static_cast<uint8_t>(GetParam() == G711Law::kALaw ? (sign | n) ^ 0x55
                                                             : sign | (0x7F - n));
  }
};

TEST_P(G711Test, EverySampleFallsIntoItsIntervalOfTheStandard) {
  const std::vector<Interval> table = intervals();
  ASSERT_EQ(table.size(), 128u);
  for (int n = 0; n < 128; ++n) {
    const Interval interval = table[static_cast<size_t>(n)];
    for (int x = interval.begin; x < interval.end; ++x) {
      ASSERT_EQ(EncodeG711(GetParam(), static_cast<int16_t>(x)), Code(n, false)) << x;
      ASSERT_EQ(EncodeG711(GetParam(), static_cast<int16_t>(~x)), Code(n, true)) << ~x;
    }
  }
}

TEST_P(G711Test, EveryCodeDecodesToTheLevelOfItsInterval) {
  const std::vector<Interval> table = intervals();
  for (int n = 0; n < 128; ++n) {
    const int top =
        GetParam() == G711Law::kMuLaw && n == 127 ? 32124 : table[static_cast<size_t>(n)].level;
    EXPECT_EQ(DecodeG711(GetParam(), Code(n, false)), top) << n;
    EXPECT_EQ(DecodeG711(GetParam(), Code(n, true)), -top) << n;
  }
}

TEST_P(G711Test, SpansAgreeWithSingleSamples) {
  const std::array<int16_t, 5> pcm = {0, -1, 1000, -32768, 32767};
  std::array<uint8_t, 5> codes = {};
  EncodeG711(GetParam(), pcm, codes);
  std::array<int16_t, 5> decoded = {};
  DecodeG711(GetParam(), codes, decoded);
  for (size_t i = 0; i < pcm.size(); ++i) {
    EXPECT_EQ(codes[i], EncodeG711(GetParam(), pcm[i]));
    EXPECT_EQ(decoded[i], DecodeG711(GetParam(), codes[i]));
  }
}

// The vectors of ITU-T G.191 sweep through all 65,536 samples (sweep.src) and hold 16-bit words;
// their FNV-1a hashes stand here for the files sweep-r.a, sweep-r.rea, sweep-r.u and sweep-r.reu.
TEST_P(G711Test, SweepMatchesTheVectorsOfTheItu) {
  uint64_t codes_hash = 0xcbf29ce484222325;
  uint64_t levels_hash = codes_hash;
  const auto add = [](uint64_t& hash, int word) {
    for (const int byte : {word & 0xFF, (word >> 8) & 0xFF}) {
      hash = (hash ^ static_cast<uint64_t>(byte)) * 0x100000001b3;
    }
  };
  for (int x = -32768; x < 32768; ++x) {
    const uint8_t code = EncodeG711(GetParam(), static_cast<int16_t>(x));
    add(codes_hash, code);
    add(levels_hash, DecodeG711(GetParam(), code));
  }
  const bool a_law = GetParam() == G711Law::kALaw;
  EXPECT_EQ(codes_hash, a_law ? 0x20b7c7d98375ff25 : 0x5a266387497aac85);
  EXPECT_EQ(levels_hash, a_law ? 0xe032751ed97cf125 : 0xef1583b401700e25);
}

INSTANTIATE_TEST_SUITE_P(Laws, G711Test, testing::Values(G711Law::kALaw, G711Law::kMuLaw),
                         [](const auto& test) {
                           return test.param == G711Law::kALaw ? "ALaw" : "MuLaw";
                         });

}  // namespace
}  // namespace earshot
