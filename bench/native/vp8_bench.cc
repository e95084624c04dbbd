// The kernels of VP8 that are ours in the SIMD build (wasm/codec/vp8_kernels_*.cc), beside libvpx's
// C in the scalar one and its SSE2 natively.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#if defined(__wasm_simd128__)
#define EARSHOT_KERNEL(name) name##_neon
#elif defined(__x86_64__)
#define EARSHOT_KERNEL(name) name##_sse2
#else
#define EARSHOT_KERNEL(name) name##_c
#endif

extern "C" {
using VarianceFunction = uint32_t(const uint8_t*, int, const uint8_t*, int, uint32_t*);
VarianceFunction EARSHOT_KERNEL(vpx_variance16x16), EARSHOT_KERNEL(vpx_variance16x8),
    EARSHOT_KERNEL(vpx_variance8x16), EARSHOT_KERNEL(vpx_variance8x8), EARSHOT_KERNEL(vpx_mse16x16);
using TransformFunction = void(int16_t*, int16_t*, int);
TransformFunction EARSHOT_KERNEL(vp8_short_fdct4x4), EARSHOT_KERNEL(vp8_short_fdct8x4);
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

BENCHMARK_CAPTURE(Variance, 16x16, EARSHOT_KERNEL(vpx_variance16x16))->Name("vp8/variance/16x16");
BENCHMARK_CAPTURE(Variance, 16x8, EARSHOT_KERNEL(vpx_variance16x8))->Name("vp8/variance/16x8");
BENCHMARK_CAPTURE(Variance, 8x16, EARSHOT_KERNEL(vpx_variance8x16))->Name("vp8/variance/8x16");
BENCHMARK_CAPTURE(Variance, 8x8, EARSHOT_KERNEL(vpx_variance8x8))->Name("vp8/variance/8x8");
BENCHMARK_CAPTURE(Variance, mse, EARSHOT_KERNEL(vpx_mse16x16))->Name("vp8/mse/16x16");
BENCHMARK_CAPTURE(Transform, 4x4, EARSHOT_KERNEL(vp8_short_fdct4x4))->Name("vp8/fdct/4x4");
BENCHMARK_CAPTURE(Transform, 8x4, EARSHOT_KERNEL(vp8_short_fdct8x4))->Name("vp8/fdct/8x4");

}  // namespace
