// The kernels that replace libvpx's, on random input, against libvpx's own in C: equal to the bit.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <vector>

extern "C" {
using VarianceFunction = uint32_t(const uint8_t*, int, const uint8_t*, int, uint32_t*);
VarianceFunction vpx_variance16x16_c, vpx_variance16x16_neon;
VarianceFunction vpx_variance16x8_c, vpx_variance16x8_neon;
VarianceFunction vpx_variance8x16_c, vpx_variance8x16_neon;
VarianceFunction vpx_variance8x8_c, vpx_variance8x8_neon;
VarianceFunction vpx_mse16x16_c, vpx_mse16x16_neon;
using TransformFunction = void(int16_t*, int16_t*, int);
TransformFunction vp8_short_fdct4x4_c, vp8_short_fdct4x4_neon;
TransformFunction vp8_short_fdct8x4_c, vp8_short_fdct8x4_neon;
}

namespace {

constexpr int kRounds = 2000;
// So many that a rounding that is off by one part in 65,536 shows.
constexpr int kTransformRounds = 100'000;

struct VariancePair {
  VarianceFunction* reference;
  VarianceFunction* ours;
};

class Vp8VarianceTest : public ::testing::TestWithParam<VariancePair> {};

TEST_P(Vp8VarianceTest, IsEqualToTheReference) {
  std::minstd_rand engine(1);
  std::vector<uint8_t> a(16 * 40 + 64);
  std::vector<uint8_t> b(16 * 40 + 64);
  for (int round = 0; round < kRounds; ++round) {
    // All values, only the extremes (the largest sums), and the greatest difference.
    const auto value = [&](uint8_t extreme) {
      const auto random = static_cast<uint8_t>(engine() >> 8);
      return round % 3 == 0 ? random : round % 3 == 1 ? uint8_t(random & 1 ? 255 : 0) : extreme;
    };
    for (uint8_t& x : a) x = value(255);
    for (uint8_t& x : b) x = value(0);
    const int a_stride = 16 + static_cast<int>(engine() % 24);
    const int b_stride = 16 + static_cast<int>(engine() % 24);
    const size_t offset = engine() % 16;
    uint32_t expected_error = 0;
    uint32_t error = 1;
    const uint32_t expected =
        GetParam().reference(&a[offset], a_stride, b.data(), b_stride, &expected_error);
    ASSERT_EQ(GetParam().ours(&a[offset], a_stride, b.data(), b_stride, &error), expected);
    ASSERT_EQ(error, expected_error);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Vp8VarianceTest,
                         ::testing::Values(VariancePair{vpx_variance16x16_c,
                                                        vpx_variance16x16_neon},
                                           VariancePair{vpx_variance16x8_c, vpx_variance16x8_neon},
                                           VariancePair{vpx_variance8x16_c, vpx_variance8x16_neon},
                                           VariancePair{vpx_variance8x8_c, vpx_variance8x8_neon},
                                           VariancePair{vpx_mse16x16_c, vpx_mse16x16_neon}));

struct TransformPair {
  TransformFunction* reference;
  TransformFunction* ours;
};

class Vp8TransformTest : public ::testing::TestWithParam<TransformPair> {};

TEST_P(Vp8TransformTest, IsEqualToTheReference) {
  std::minstd_rand engine(2);
  std::array<int16_t, 4 * 32> input;
  for (int round = 0; round < kTransformRounds; ++round) {
    // Differences of pixels: all, only the extremes, and few that are not zero.
    for (int16_t& x : input) {
      const int random = static_cast<int>(engine() >> 8);
      x = static_cast<int16_t>(round % 3 == 0   ? random % 511 - 255
                               : round % 3 == 1 ? (random % 2 != 0 ? 255 : -255)
                                                : (random % 5 == 0 ? random % 7 - 3 : 0));
    }
    const int pitch = 2 * (8 + 8 * static_cast<int>(engine() % 4));
    std::array<int16_t, 32> expected{};
    std::array<int16_t, 32> result{};
    GetParam().reference(input.data(), expected.data(), pitch);
    GetParam().ours(input.data(), result.data(), pitch);
    ASSERT_EQ(result, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, Vp8TransformTest,
    ::testing::Values(TransformPair{vp8_short_fdct4x4_c, vp8_short_fdct4x4_neon},
                      TransformPair{vp8_short_fdct8x4_c, vp8_short_fdct8x4_neon}));

}  // namespace
