// Variance and squared error of blocks for libvpx's motion search, in SIMD128; in the place of its
// functions of these names (tools/third-party/vpx/neon/replaced.h). Products are summed in pairs by
// one instruction, which NEON has not, so libvpx's code has no use for it.
#include <wasm_simd128.h>

#include <cstdint>

namespace {

struct Sums {
  v128_t difference = wasm_i16x8_const_splat(0);  // up to 16 rows of 16 pixels
  v128_t square = wasm_i32x4_const_splat(0);
};

void Add(v128_t difference, Sums& sums) {
  sums.difference = wasm_i16x8_add(sums.difference, difference);
  sums.square = wasm_i32x4_add(sums.square, wasm_i32x4_dot_i16x8(difference, difference));
}

int32_t Total(v128_t lanes) {
  const v128_t halves = wasm_i32x4_add(lanes, wasm_i64x2_shuffle(lanes, lanes, 1, 1));
  return wasm_i32x4_extract_lane(halves, 0) + wasm_i32x4_extract_lane(halves, 1);
}

template <int kWidth, int kHeight>
Sums Compare(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride) {
  Sums sums;
  for (int y = 0; y < kHeight; ++y) {
    if constexpr (kWidth == 16) {
      const v128_t row_a = wasm_v128_load(a);
      const v128_t row_b = wasm_v128_load(b);
      Add(wasm_i16x8_sub(wasm_u16x8_extend_low_u8x16(row_a), wasm_u16x8_extend_low_u8x16(row_b)),
          sums);
      Add(wasm_i16x8_sub(wasm_u16x8_extend_high_u8x16(row_a), wasm_u16x8_extend_high_u8x16(row_b)),
          sums);
    } else {
      static_assert(kWidth == 8);
      Add(wasm_i16x8_sub(wasm_u16x8_load8x8(a), wasm_u16x8_load8x8(b)), sums);
    }
    a += a_stride;
    b += b_stride;
  }
  return sums;
}

template <int kWidth, int kHeight>
uint32_t Variance(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride,
                  uint32_t* squared_error) {
  const Sums sums = Compare<kWidth, kHeight>(a, a_stride, b, b_stride);
  const int64_t sum = Total(wasm_i32x4_extadd_pairwise_i16x8(sums.difference));
  *squared_error = static_cast<uint32_t>(Total(sums.square));
  return *squared_error - static_cast<uint32_t>(sum * sum / (kWidth * kHeight));
}

}  // namespace

extern "C" {

uint32_t vpx_variance16x16_neon(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride,
                                uint32_t* squared_error) {
  return Variance<16, 16>(a, a_stride, b, b_stride, squared_error);
}

uint32_t vpx_variance16x8_neon(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride,
                               uint32_t* squared_error) {
  return Variance<16, 8>(a, a_stride, b, b_stride, squared_error);
}

uint32_t vpx_variance8x16_neon(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride,
                               uint32_t* squared_error) {
  return Variance<8, 16>(a, a_stride, b, b_stride, squared_error);
}

uint32_t vpx_variance8x8_neon(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride,
                              uint32_t* squared_error) {
  return Variance<8, 8>(a, a_stride, b, b_stride, squared_error);
}

uint32_t vpx_mse16x16_neon(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride,
                           uint32_t* squared_error) {
  *squared_error = static_cast<uint32_t>(Total(Compare<16, 16>(a, a_stride, b, b_stride).square));
  return *squared_error;
}

}  // extern "C"
