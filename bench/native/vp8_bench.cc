// The kernels of VP8 that are ours in the SIMD build (wasm/codec/vp8_kernels_*.cc), beside libvpx's
// C in the scalar one and its SSE2 or SSSE3 natively.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#if defined(__wasm_simd128__)
#define EARSHOT_KERNEL(name) name##_neon
#define EARSHOT_KERNEL_SSSE3(name) name##_neon
#elif defined(__x86_64__)
#define EARSHOT_KERNEL(name) name##_sse2
#define EARSHOT_KERNEL_SSSE3(name) name##_ssse3
#else
#define EARSHOT_KERNEL(name) name##_c
#define EARSHOT_KERNEL_SSSE3(name) name##_c
#endif

extern "C" {
using VarianceFunction = uint32_t(const uint8_t*, int, const uint8_t*, int, uint32_t*);
VarianceFunction EARSHOT_KERNEL(vpx_variance16x16), EARSHOT_KERNEL(vpx_variance16x8),
    EARSHOT_KERNEL(vpx_variance8x16), EARSHOT_KERNEL(vpx_variance8x8), EARSHOT_KERNEL(vpx_mse16x16);
using BetweenFunction = uint32_t(const uint8_t*, int, int, int, const uint8_t*, int, uint32_t*);
BetweenFunction EARSHOT_KERNEL_SSSE3(vpx_sub_pixel_variance16x16);
using DistanceFunction = uint32_t(const uint8_t*, int, const uint8_t*, int);
DistanceFunction EARSHOT_KERNEL(vpx_sad16x16);
using TransformFunction = void(int16_t*, int16_t*, int);
TransformFunction EARSHOT_KERNEL(vp8_short_fdct4x4), EARSHOT_KERNEL(vp8_short_fdct8x4);

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
QuantizeFunction EARSHOT_KERNEL_SSSE3(vp8_fast_quantize_b);
using InverseFunction = void(int16_t*, const int16_t*, uint8_t*, int, int8_t*);
InverseFunction EARSHOT_KERNEL(vp8_dequant_idct_add_y_block);

struct LoopFilterLimits {
  const uint8_t *macroblock_edge, *subblock_edge, *interior, *variance;
};
using LoopFilter = void(uint8_t*, uint8_t*, uint8_t*, int, int, LoopFilterLimits*);
LoopFilter EARSHOT_KERNEL(vp8_loop_filter_mbh), EARSHOT_KERNEL(vp8_loop_filter_mbv),
    EARSHOT_KERNEL(vp8_loop_filter_bh), EARSHOT_KERNEL(vp8_loop_filter_bv);
using Predictor = void(uint8_t*, int, int, int, uint8_t*, int);
Predictor EARSHOT_KERNEL_SSSE3(vp8_sixtap_predict16x16),
    EARSHOT_KERNEL_SSSE3(vp8_sixtap_predict8x8);
}

namespace {

/// Blocks of two pictures, ever another place.
void Variance(benchmark::State& state, VarianceFunction* function) {
  constexpr int kStride = 512;
  constexpr size_t kPlaces = 256;
  std::minstd_rand engine(1);
  std::vector<uint8_t> a(kStride * 32);
  std::vector<uint8_t> b(kStride * 32);
  for (uint8_t& x : a) x = static_cast<uint8_t>(engine() >> 8);
  for (uint8_t& x : b) x = static_cast<uint8_t>(engine() >> 8);
  size_t place = 0;
  for (auto _ : state) {
    uint32_t squared_error = 0;
    benchmark::DoNotOptimize(
        function(&a[place], kStride, &b[kPlaces - place], kStride, &squared_error));
    place = (place + 16) % kPlaces;
  }
}

void Transform(benchmark::State& state, TransformFunction* function) {
  std::minstd_rand engine(2);
  // Aligned as libvpx's own.
  alignas(16) std::array<int16_t, 16 * 16> input;
  alignas(16) std::array<int16_t, 32> output{};
  for (int16_t& x : input) x = static_cast<int16_t>(static_cast<int>(engine() >> 8) % 511 - 255);
  size_t place = 0;
  for (auto _ : state) {
    function(&input[place], output.data(), 32);
    benchmark::DoNotOptimize(output.data());
    place = (place + 64) % 192;
  }
}

/// A picture of a brightness that changes slowly, so that filters have much to do.
std::vector<uint8_t> SmoothPicture(int stride) {
  std::minstd_rand engine(3);
  std::vector<uint8_t> picture(static_cast<size_t>(stride) * 64);
  for (size_t i = 0; i < picture.size(); ++i) {
    picture[i] = static_cast<uint8_t>(100 + i / 8 % 8 + (engine() >> 8) % 8);
  }
  return picture;
}

void Between(benchmark::State& state, BetweenFunction* function, int x, int y) {
  constexpr int kStride = 512;
  const std::vector<uint8_t> picture = SmoothPicture(kStride);
  size_t place = 0;
  for (auto _ : state) {
    uint32_t squared_error = 0;
    benchmark::DoNotOptimize(function(&picture[place + 3], kStride, x, y, &picture[256 - place],
                                      kStride, &squared_error));
    place = (place + 16) % 256;
  }
}

/// The first of the blocks is aligned, which the assembler wants.
void Distance(benchmark::State& state, DistanceFunction* function) {
  constexpr int kStride = 512;
  const std::vector<uint8_t> picture = SmoothPicture(kStride);
  size_t place = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        function(&picture[256 - place], kStride, &picture[place + 3], kStride));
    place = (place + 16) % 256;
  }
}

void Quantize(benchmark::State& state, QuantizeFunction* function) {
  std::minstd_rand engine(4);
  alignas(16) std::array<int16_t, 16 * 16> coefficients;
  alignas(16) std::array<int16_t, 16> levels{};
  alignas(16) std::array<int16_t, 16> values{};
  alignas(16) std::array<int16_t, 16> quant_fast;
  alignas(16) std::array<int16_t, 16> rounding;
  alignas(16) std::array<int16_t, 16> dequant;
  for (int16_t& x : coefficients)
    x = static_cast<int16_t>(static_cast<int>(engine() >> 8) % 201 - 100);
  dequant.fill(40);
  quant_fast.fill((1 << 16) / 40);
  rounding.fill(15);
  int8_t end = 0;
  Block block = {};
  block.quant_fast = quant_fast.data();
  block.round = rounding.data();
  QuantizedBlock result = {levels.data(), values.data(), nullptr, dequant.data(), 0, &end};
  size_t place = 0;
  for (auto _ : state) {
    block.coefficients = &coefficients[place];
    function(&block, &result);
    benchmark::DoNotOptimize(end);
    place = (place + 16) % coefficients.size();
  }
}

/// A macroblock of which every block has coefficients behind its first, and one without.
void Inverse(benchmark::State& state, InverseFunction* function, int8_t end) {
  std::vector<uint8_t> picture = SmoothPicture(64);
  alignas(16) std::array<int16_t, 256> levels;
  alignas(16) std::array<int16_t, 16> dequant;
  dequant.fill(20);
  std::array<int8_t, 16> ends;
  ends.fill(end);
  for (auto _ : state) {
    for (size_t i = 0; i < 256; i += 16) {
      levels[i] = 3;
      levels[i + 1] = end > 1 ? -2 : 0;
    }
    function(levels.data(), dequant.data(), &picture[64 * 16], 64, ends.data());
    benchmark::DoNotOptimize(picture.data());
  }
}

void Loop(benchmark::State& state, LoopFilter* function) {
  constexpr int kStride = 512;
  std::vector<uint8_t> y = SmoothPicture(kStride);
  std::vector<uint8_t> u = SmoothPicture(kStride);
  std::vector<uint8_t> v = SmoothPicture(kStride);
  // Limits as bytes sixteen times, which the assembler takes.
  alignas(16) std::array<uint8_t, 16> edge;
  alignas(16) std::array<uint8_t, 16> interior;
  alignas(16) std::array<uint8_t, 16> variance;
  edge.fill(60);
  interior.fill(20);
  variance.fill(2);
  LoopFilterLimits limits = {edge.data(), edge.data(), interior.data(), variance.data()};
  size_t place = 0;
  for (auto _ : state) {
    const size_t at = kStride * 16 + 16 + place;
    function(&y[at], &u[at], &v[at], kStride, kStride, &limits);
    benchmark::DoNotOptimize(y.data());
    place = (place + 32) % 256;
  }
}

void Predict(benchmark::State& state, Predictor* function, int x, int y) {
  constexpr int kStride = 512;
  std::vector<uint8_t> picture = SmoothPicture(kStride);
  alignas(16) std::array<uint8_t, 256> target;
  size_t place = 0;
  for (auto _ : state) {
    function(&picture[16 * kStride + 16 + place], kStride, x, y, target.data(), 16);
    benchmark::DoNotOptimize(target.data());
    place = (place + 16) % 256;
  }
}

BENCHMARK_CAPTURE(Variance, 16x16, EARSHOT_KERNEL(vpx_variance16x16))->Name("vp8/variance/16x16");
BENCHMARK_CAPTURE(Variance, 16x8, EARSHOT_KERNEL(vpx_variance16x8))->Name("vp8/variance/16x8");
BENCHMARK_CAPTURE(Variance, 8x16, EARSHOT_KERNEL(vpx_variance8x16))->Name("vp8/variance/8x16");
BENCHMARK_CAPTURE(Variance, 8x8, EARSHOT_KERNEL(vpx_variance8x8))->Name("vp8/variance/8x8");
BENCHMARK_CAPTURE(Variance, mse, EARSHOT_KERNEL(vpx_mse16x16))->Name("vp8/mse/16x16");
BENCHMARK_CAPTURE(Transform, 4x4, EARSHOT_KERNEL(vp8_short_fdct4x4))->Name("vp8/fdct/4x4");
BENCHMARK_CAPTURE(Transform, 8x4, EARSHOT_KERNEL(vp8_short_fdct8x4))->Name("vp8/fdct/8x4");

BENCHMARK_CAPTURE(Between, half_x, EARSHOT_KERNEL_SSSE3(vpx_sub_pixel_variance16x16), 4, 0)
    ->Name("vp8/variance_between/half_x");
BENCHMARK_CAPTURE(Between, half, EARSHOT_KERNEL_SSSE3(vpx_sub_pixel_variance16x16), 4, 4)
    ->Name("vp8/variance_between/half");
BENCHMARK_CAPTURE(Between, eighths, EARSHOT_KERNEL_SSSE3(vpx_sub_pixel_variance16x16), 2, 6)
    ->Name("vp8/variance_between/eighths");
BENCHMARK_CAPTURE(Distance, 16x16, EARSHOT_KERNEL(vpx_sad16x16))->Name("vp8/sad/16x16");
BENCHMARK_CAPTURE(Quantize, fast, EARSHOT_KERNEL_SSSE3(vp8_fast_quantize_b))
    ->Name("vp8/quantize/fast");
BENCHMARK_CAPTURE(Inverse, full, EARSHOT_KERNEL(vp8_dequant_idct_add_y_block), 2)
    ->Name("vp8/inverse/full");
BENCHMARK_CAPTURE(Inverse, flat, EARSHOT_KERNEL(vp8_dequant_idct_add_y_block), 1)
    ->Name("vp8/inverse/flat");
BENCHMARK_CAPTURE(Loop, mbh, EARSHOT_KERNEL(vp8_loop_filter_mbh))->Name("vp8/loop_filter/mbh");
BENCHMARK_CAPTURE(Loop, mbv, EARSHOT_KERNEL(vp8_loop_filter_mbv))->Name("vp8/loop_filter/mbv");
BENCHMARK_CAPTURE(Loop, bh, EARSHOT_KERNEL(vp8_loop_filter_bh))->Name("vp8/loop_filter/bh");
BENCHMARK_CAPTURE(Loop, bv, EARSHOT_KERNEL(vp8_loop_filter_bv))->Name("vp8/loop_filter/bv");
BENCHMARK_CAPTURE(Predict, 16x16_x, EARSHOT_KERNEL_SSSE3(vp8_sixtap_predict16x16), 2, 0)
    ->Name("vp8/sixtap/16x16/x");
BENCHMARK_CAPTURE(Predict, 16x16_y, EARSHOT_KERNEL_SSSE3(vp8_sixtap_predict16x16), 0, 2)
    ->Name("vp8/sixtap/16x16/y");
BENCHMARK_CAPTURE(Predict, 16x16_both, EARSHOT_KERNEL_SSSE3(vp8_sixtap_predict16x16), 6, 4)
    ->Name("vp8/sixtap/16x16/both");
BENCHMARK_CAPTURE(Predict, 16x16_odd, EARSHOT_KERNEL_SSSE3(vp8_sixtap_predict16x16), 3, 5)
    ->Name("vp8/sixtap/16x16/odd");
BENCHMARK_CAPTURE(Predict, 8x8_x, EARSHOT_KERNEL_SSSE3(vp8_sixtap_predict8x8), 2, 0)
    ->Name("vp8/sixtap/8x8/x");
BENCHMARK_CAPTURE(Predict, 8x8_y, EARSHOT_KERNEL_SSSE3(vp8_sixtap_predict8x8), 0, 2)
    ->Name("vp8/sixtap/8x8/y");
BENCHMARK_CAPTURE(Predict, 8x8_both, EARSHOT_KERNEL_SSSE3(vp8_sixtap_predict8x8), 6, 4)
    ->Name("vp8/sixtap/8x8/both");
BENCHMARK_CAPTURE(Predict, 8x8_odd, EARSHOT_KERNEL_SSSE3(vp8_sixtap_predict8x8), 3, 5)
    ->Name("vp8/sixtap/8x8/odd");

}  // namespace
