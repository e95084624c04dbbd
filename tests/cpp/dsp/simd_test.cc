#include "dsp/simd.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace earshot {
namespace {

std::vector<float> Lanes(Float4 v) { return {v[0], v[1], v[2], v[3]}; }

TEST(SimdTest, ShufflesAreWhatTheirNamesSay) {
  const Float4 a = {0, 1, 2, 3};
  const Float4 b = {4, 5, 6, 7};
  EXPECT_EQ(Lanes(Reverse4(a)), (std::vector<float>{3, 2, 1, 0}));
  EXPECT_EQ(Lanes(InterleaveLow4(a, b)), (std::vector<float>{0, 4, 1, 5}));
  EXPECT_EQ(Lanes(InterleaveHigh4(a, b)), (std::vector<float>{2, 6, 3, 7}));
  EXPECT_EQ(Lanes(Even4(a, b)), (std::vector<float>{0, 2, 4, 6}));
  EXPECT_EQ(Lanes(Odd4(a, b)), (std::vector<float>{1, 3, 5, 7}));
  Float4 rows[4] = {{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}, {12, 13, 14, 15}};
  Transpose4(rows);
  for (int r = 0; r < 4; ++r) {
    const auto f = static_cast<float>(r);
    EXPECT_EQ(Lanes(rows[r]), (std::vector<float>{f, f + 4, f + 8, f + 12}));
  }
}

TEST(SimdTest, DotProductEqualsTheSumForEveryLengthAndAlignment) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> digit(-8, 8);  // small integers: sums are exact in any order
  std::vector<float> a(300);
  std::vector<float> b(300);
  std::generate(a.begin(), a.end(), [&] { return static_cast<float>(digit(random)); });
  std::generate(b.begin(), b.end(), [&] { return static_cast<float>(digit(random)); });
  for (int count = 0; count <= 130; ++count) {
    for (int offset = 0; offset < 5; ++offset) {
      float expected = 0.0f;
      for (int i = 0; i < count; ++i) {
        expected += a[static_cast<std::size_t>(i + offset)] * b[static_cast<std::size_t>(i)];
      }
      ASSERT_EQ(DotProduct(a.data() + offset, b.data(), count), expected) << count;
    }
  }
}

}  // namespace
}  // namespace earshot
