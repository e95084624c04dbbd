// The kernels of the encoder that replace libvpx's, on random input, against libvpx's own in C:
// equal to the bit.
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
using BetweenFunction = uint32_t(const uint8_t*, int, int, int, const uint8_t*, int, uint32_t*);
BetweenFunction vpx_sub_pixel_variance16x16_c, vpx_sub_pixel_variance16x16_neon;
BetweenFunction vpx_sub_pixel_variance16x8_c, vpx_sub_pixel_variance16x8_neon;
BetweenFunction vpx_sub_pixel_variance8x16_c, vpx_sub_pixel_variance8x16_neon;
BetweenFunction vpx_sub_pixel_variance8x8_c, vpx_sub_pixel_variance8x8_neon;
using DistanceFunction = uint32_t(const uint8_t*, int, const uint8_t*, int);
DistanceFunction vpx_sad16x16_c, vpx_sad16x16_neon;
using TransformFunction = void(int16_t*, int16_t*, int);
TransformFunction vp8_short_fdct4x4_c, vp8_short_fdct4x4_neon;
TransformFunction vp8_short_fdct8x4_c, vp8_short_fdct8x4_neon;

// As BLOCK and BLOCKD begin in libvpx.
struct Block {
  const int16_t *difference, *coefficients, *quant, *quant_fast, *quant_shift, *zero_bin, *boost,
      *round;
};
struct QuantizedBlock {
  int16_t *levels, *values;
  uint8_t* predictor;
  const int16_t* dequant;
  int offset;
  int8_t* end;
};
using QuantizeFunction = void(const Block*, QuantizedBlock*);
QuantizeFunction vp8_fast_quantize_b_c, vp8_fast_quantize_b_neon;
}

namespace {

constexpr int kRounds = 2000;
// So many that a rounding that is off by one part in 65,536 shows.
constexpr int kTransformRounds = 100'000;

struct VariancePair {
  VarianceFunction* reference;
  VarianceFunction* ours;
};

/// Two blocks of up to 16 × 16 pixels with a row and a column more, anywhere.
struct Blocks {
  Blocks() : a(17 * 40 + 64), b(17 * 40 + 64) {}

  void Fill(std::minstd_rand& engine, int round) {
    // All values, only the extremes (the largest sums), and the greatest difference.
    const auto value = [&](uint8_t extreme) {
      const auto random = static_cast<uint8_t>(engine() >> 8);
      return round % 3 == 0 ? random : round % 3 == 1 ? uint8_t(random & 1 ? 255 : 0) : extreme;
    };
    for (uint8_t& x : a) x = value(255);
    for (uint8_t& x : b) x = value(0);
    a_stride = 17 + static_cast<int>(engine() % 23);
    b_stride = 16 + static_cast<int>(engine() % 24);
    offset = engine() % 16;
  }

  const uint8_t* first() const { return &a[offset]; }
  const uint8_t* second() const { return b.data(); }

  std::vector<uint8_t> a;
  std::vector<uint8_t> b;
  int a_stride = 0;
  int b_stride = 0;
  size_t offset = 0;
};

class Vp8VarianceTest : public ::testing::TestWithParam<VariancePair> {};

TEST_P(Vp8VarianceTest, IsEqualToTheReference) {
  std::minstd_rand engine(1);
  Blocks blocks;
  for (int round = 0; round < kRounds; ++round) {
    blocks.Fill(engine, round);
    uint32_t expected_error = 0;
    uint32_t error = 1;
    const uint32_t expected = GetParam().reference(blocks.first(), blocks.a_stride, blocks.second(),
                                                   blocks.b_stride, &expected_error);
    ASSERT_EQ(
        GetParam().ours(blocks.first(), blocks.a_stride, blocks.second(), blocks.b_stride, &error),
        expected);
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

struct BetweenPair {
  BetweenFunction* reference;
  BetweenFunction* ours;
};

class Vp8VarianceBetweenPixelsTest : public ::testing::TestWithParam<BetweenPair> {};

TEST_P(Vp8VarianceBetweenPixelsTest, IsEqualToTheReference) {
  std::minstd_rand engine(3);
  Blocks blocks;
  for (int round = 0; round < 3 * 64 * 20; ++round) {
    blocks.Fill(engine, round);
    const int x = round / 3 % 8;
    const int y = round / 24 % 8;
    uint32_t expected_error = 0;
    uint32_t error = 1;
    const uint32_t expected = GetParam().reference(
        blocks.first(), blocks.a_stride, x, y, blocks.second(), blocks.b_stride, &expected_error);
    ASSERT_EQ(GetParam().ours(blocks.first(), blocks.a_stride, x, y, blocks.second(),
                              blocks.b_stride, &error),
              expected)
        << x << " and " << y << " eighths";
    ASSERT_EQ(error, expected_error);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, Vp8VarianceBetweenPixelsTest,
    ::testing::Values(BetweenPair{vpx_sub_pixel_variance16x16_c, vpx_sub_pixel_variance16x16_neon},
                      BetweenPair{vpx_sub_pixel_variance16x8_c, vpx_sub_pixel_variance16x8_neon},
                      BetweenPair{vpx_sub_pixel_variance8x16_c, vpx_sub_pixel_variance8x16_neon},
                      BetweenPair{vpx_sub_pixel_variance8x8_c, vpx_sub_pixel_variance8x8_neon}));

TEST(Vp8DistanceTest, IsEqualToTheReference) {
  std::minstd_rand engine(4);
  Blocks blocks;
  for (int round = 0; round < kRounds; ++round) {
    blocks.Fill(engine, round);
    ASSERT_EQ(vpx_sad16x16_neon(blocks.first(), blocks.a_stride, blocks.second(), blocks.b_stride),
              vpx_sad16x16_c(blocks.first(), blocks.a_stride, blocks.second(), blocks.b_stride));
  }
}

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

TEST(Vp8QuantizeTest, IsEqualToTheReference) {
  std::minstd_rand engine(6);
  std::array<int16_t, 16> coefficients;
  std::array<int16_t, 16> quant_fast;
  std::array<int16_t, 16> rounding;
  std::array<int16_t, 16> dequant;
  Block block = {};
  block.coefficients = coefficients.data();
  block.quant_fast = quant_fast.data();
  block.round = rounding.data();
  struct Result {
    std::array<int16_t, 16> levels{};
    std::array<int16_t, 16> values{};
    int8_t end = -1;
  };
  std::array<int, 17> num_ends{};
  for (int round = 0; round < kTransformRounds; ++round) {
    // The table of RFC 6386, section 14.1 goes from 4 to 157, of the second order to 284.
    const int step = 4 + static_cast<int>(engine() % 281);
    // All coefficients, and few that are large enough to remain.
    const int range = round % 2 == 0 ? 16'000 : 2 * step;
    for (size_t i = 0; i < 16; ++i) {
      coefficients[i] =
          static_cast<int16_t>(static_cast<int>(engine() >> 4) % (2 * range + 1) - range);
      if (round % 4 == 1 && engine() % 4 != 0) coefficients[i] = 0;
      dequant[i] = static_cast<int16_t>(step);
      quant_fast[i] = static_cast<int16_t>((1 << 16) / step);
      rounding[i] = static_cast<int16_t>(static_cast<int>(engine() % 128) * step / 256);
    }
    const auto run = [&](QuantizeFunction* function) {
      Result result;
      QuantizedBlock quantized = {
          result.levels.data(), result.values.data(), nullptr, dequant.data(), 0, &result.end};
      function(&block, &quantized);
      return result;
    };
    const Result expected = run(vp8_fast_quantize_b_c);
    const Result result = run(vp8_fast_quantize_b_neon);
    ASSERT_EQ(result.levels, expected.levels);
    ASSERT_EQ(result.values, expected.values);
    ASSERT_EQ(result.end, expected.end);
    ++num_ends[static_cast<size_t>(result.end)];
  }
  for (size_t end = 0; end < num_ends.size(); ++end) EXPECT_GT(num_ends[end], 0) << end;
}

}  // namespace
