// The kernels that make pictures, in the decoder and the encoder alike, and replace libvpx's: on
// random input, against libvpx's own in C, equal to the bit.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <tuple>
#include <vector>

extern "C" {
struct LoopFilterLimits {
  const uint8_t *macroblock_edge, *subblock_edge, *interior, *variance;
};
using LoopFilter = void(uint8_t*, uint8_t*, uint8_t*, int, int, LoopFilterLimits*);
LoopFilter vp8_loop_filter_mbh_c, vp8_loop_filter_mbh_neon;
LoopFilter vp8_loop_filter_mbv_c, vp8_loop_filter_mbv_neon;
LoopFilter vp8_loop_filter_bh_c, vp8_loop_filter_bh_neon;
LoopFilter vp8_loop_filter_bv_c, vp8_loop_filter_bv_neon;
using Predictor = void(uint8_t*, int, int, int, uint8_t*, int);
Predictor vp8_sixtap_predict16x16_c, vp8_sixtap_predict16x16_neon;
Predictor vp8_sixtap_predict8x8_c, vp8_sixtap_predict8x8_neon;
Predictor vp8_sixtap_predict8x4_c, vp8_sixtap_predict8x4_neon;
using LumaInverse = void(int16_t*, const int16_t*, uint8_t*, int, int8_t*);
LumaInverse vp8_dequant_idct_add_y_block_c, vp8_dequant_idct_add_y_block_neon;
using ChromaInverse = void(int16_t*, const int16_t*, uint8_t*, uint8_t*, int, int8_t*);
ChromaInverse vp8_dequant_idct_add_uv_block_c, vp8_dequant_idct_add_uv_block_neon;
void vp8_short_fdct4x4_c(int16_t*, int16_t*, int);
}

namespace {

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  /// From 0 to below `bound`.
  int operator()(int bound) {
    return static_cast<int>((engine_() >> 4) % static_cast<uint32_t>(bound));
  }

 private:
  std::minstd_rand engine_;
};

/// A picture large enough for a macroblock with four pixels around it anywhere.
struct Plane {
  static constexpr int kMaxStride = 64;
  explicit Plane(Random& random)
      : pixels(32 * kMaxStride),
        stride(32 + random(kMaxStride - 31)),
        offset(8 * stride + 8 + random(8)) {}
  uint8_t* block() { return pixels.data() + offset; }

  std::vector<uint8_t> pixels;
  int stride;
  int offset;
};

struct LoopFilterPair {
  LoopFilter* reference;
  LoopFilter* ours;
};

class Vp8LoopFilterTest : public ::testing::TestWithParam<LoopFilterPair> {};

TEST_P(Vp8LoopFilterTest, IsEqualToTheReferenceAndLeavesTheRestAlone) {
  Random random(1);
  int num_changed = 0;
  for (int round = 0; round < 5000; ++round) {
    Plane y(random);
    Plane u(random);
    Plane v(random);
    v.stride = u.stride;
    v.offset = u.offset;
    // From nearly flat, where all is filtered, at every brightness, to anything at all.
    const int range = std::array{2, 6, 20, 60, 256}[static_cast<size_t>(random(5))];
    const int base = random(257 - range);
    for (Plane* plane : {&y, &u, &v}) {
      for (uint8_t& x : plane->pixels) x = static_cast<uint8_t>(base + random(range));
    }
    // Limits as libvpx makes them of 64 levels and 8 of sharpness.
    const auto level = random(64);
    const auto interior = static_cast<uint8_t>(1 + random(63));
    const auto macroblock = static_cast<uint8_t>((level + 2) * 2 + interior);
    const auto subblock = static_cast<uint8_t>(level * 2 + interior);
    const auto variance = static_cast<uint8_t>(random(round % 2 == 0 ? 4 : 64));
    LoopFilterLimits limits = {&macroblock, &subblock, &interior, &variance};
    const bool has_chroma = random(4) != 0;
    const auto run = [&](LoopFilter* filter) {
      Plane planes[] = {y, u, v};
      filter(planes[0].block(), has_chroma ? planes[1].block() : nullptr,
             has_chroma ? planes[2].block() : nullptr, y.stride, u.stride, &limits);
      return std::array{planes[0].pixels, planes[1].pixels, planes[2].pixels};
    };
    const auto expected = run(GetParam().reference);
    ASSERT_EQ(run(GetParam().ours), expected) << round;
    num_changed += expected != std::array{y.pixels, u.pixels, v.pixels} ? 1 : 0;
  }
  EXPECT_GT(num_changed, 2500);
}

INSTANTIATE_TEST_SUITE_P(
    Edges, Vp8LoopFilterTest,
    ::testing::Values(LoopFilterPair{vp8_loop_filter_mbh_c, vp8_loop_filter_mbh_neon},
                      LoopFilterPair{vp8_loop_filter_mbv_c, vp8_loop_filter_mbv_neon},
                      LoopFilterPair{vp8_loop_filter_bh_c, vp8_loop_filter_bh_neon},
                      LoopFilterPair{vp8_loop_filter_bv_c, vp8_loop_filter_bv_neon}));

struct PredictorPair {
  Predictor* reference;
  Predictor* ours;
};

class Vp8PredictionTest : public ::testing::TestWithParam<PredictorPair> {};

TEST_P(Vp8PredictionTest, IsEqualToTheReferenceAndLeavesTheRestAlone) {
  Random random(2);
  for (int round = 0; round < 64 * 60; ++round) {
    Plane source(random);
    Plane target(random);
    // All values, and only the extremes, where sums leave 16 bits.
    for (uint8_t& x : source.pixels) {
      x = static_cast<uint8_t>(round / 64 % 2 == 0 ? random(256) : 255 * random(2));
    }
    const int x = round % 8;
    const int y = round / 8 % 8;
    const auto run = [&](Predictor* predictor) {
      Plane result = target;
      predictor(source.block(), source.stride, x, y, result.block(), result.stride);
      return result.pixels;
    };
    ASSERT_EQ(run(GetParam().ours), run(GetParam().reference)) << x << " and " << y << " eighths";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, Vp8PredictionTest,
    ::testing::Values(PredictorPair{vp8_sixtap_predict16x16_c, vp8_sixtap_predict16x16_neon},
                      PredictorPair{vp8_sixtap_predict8x8_c, vp8_sixtap_predict8x8_neon},
                      PredictorPair{vp8_sixtap_predict8x4_c, vp8_sixtap_predict8x4_neon}));

/// The levels of a macroblock's blocks, and where each ends: what an encoder would send of any
/// difference of pixels, at any step.
struct Coefficients {
  explicit Coefficients(Random& random) {
    dequant.fill(static_cast<int16_t>(4 + random(154)));
    dequant[0] = static_cast<int16_t>(4 + random(154));
    for (size_t i = 0; i < ends.size(); ++i) Fill(random, &levels[16 * i], ends[i]);
  }

  void Fill(Random& random, int16_t* block, int8_t& end) {
    static constexpr std::array kZigzag = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};
    std::array<int16_t, 16> difference;
    const int kind = random(3);
    for (int16_t& x : difference) {
      x = static_cast<int16_t>(kind == 0   ? random(511) - 255
                               : kind == 1 ? 510 * random(2) - 255
                                           : 0);
    }
    vp8_short_fdct4x4_c(difference.data(), block, 8);
    // Often the first alone, of which `end` need not tell: it comes from another block then.
    const int num_kept = random(3) == 0 ? 1 : 1 + random(16);
    end = static_cast<int8_t>(random(2));
    for (int i = 0; i < 16; ++i) {
      int16_t& level = block[kZigzag[static_cast<size_t>(i)]];
      const int step = dequant[i == 0 ? 0 : 1];
      level = static_cast<int16_t>(i < num_kept ? (level + step / 2) / step : 0);
      if (i > 0 && level != 0) end = static_cast<int8_t>(i + 1);
    }
  }

  alignas(16) std::array<int16_t, 16> dequant;
  alignas(16) std::array<int16_t, 256> levels;
  std::array<int8_t, 16> ends;
};

template <class Inverse>
void ExpectEqualInverse(Inverse reference, Inverse ours) {
  Random random(3);
  for (int round = 0; round < 5000; ++round) {
    const Coefficients coefficients(random);
    Plane first(random);
    Plane second(random);
    second.stride = first.stride;
    second.offset = first.offset;
    for (Plane* plane : {&first, &second}) {
      for (uint8_t& x : plane->pixels) {
        x = static_cast<uint8_t>(round % 2 == 0 ? random(256) : 255 * random(2));
      }
    }
    const auto run = [&](Inverse inverse) {
      Coefficients rest = coefficients;
      Plane planes[] = {first, second};
      inverse(rest, planes[0], planes[1]);
      return std::tuple{rest.levels, planes[0].pixels, planes[1].pixels};
    };
    ASSERT_EQ(run(ours), run(reference)) << round;
  }
}

TEST(Vp8InverseTest, OfLumaIsEqualToTheReference) {
  const auto with = [](LumaInverse* inverse) {
    return [inverse](Coefficients& from, Plane& y, Plane&) {
      inverse(from.levels.data(), from.dequant.data(), y.block(), y.stride, from.ends.data());
    };
  };
  ExpectEqualInverse(with(vp8_dequant_idct_add_y_block_c), with(vp8_dequant_idct_add_y_block_neon));
}

TEST(Vp8InverseTest, OfChromaIsEqualToTheReference) {
  const auto with = [](ChromaInverse* inverse) {
    return [inverse](Coefficients& from, Plane& u, Plane& v) {
      inverse(from.levels.data(), from.dequant.data(), u.block(), v.block(), u.stride,
              from.ends.data());
    };
  };
  ExpectEqualInverse(with(vp8_dequant_idct_add_uv_block_c),
                     with(vp8_dequant_idct_add_uv_block_neon));
}

}  // namespace
