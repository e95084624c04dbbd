// The quantiser that VP8's encoder has for real time, in SIMD128; in the place of libvpx's function
// of this name (tools/third-party/vpx/neon/replaced.h).
#include <wasm_simd128.h>

#include <bit>
#include <cstdint>

extern "C" {

/// As libvpx's BLOCK begins (vp8/encoder/block.h).
struct Vp8Block {
  const int16_t* difference;
  const int16_t* coefficients;
  const int16_t* quant;
  const int16_t* quant_fast;
  const int16_t* quant_shift;
  const int16_t* zero_bin;
  const int16_t* zero_bin_boost;
  const int16_t* round;
};

/// As its BLOCKD begins (vp8/common/blockd.h).
struct Vp8QuantizedBlock {
  int16_t* levels;
  int16_t* values;  // what the decoder will make of the levels
  uint8_t* predictor;
  const int16_t* dequant;
  int offset;
  int8_t* end;  // place behind the last level that is not zero, in the order of the zigzag
};

}  // extern "C"

namespace {

/// (a · b) >> 16 of lanes that are not negative: even and odd lanes apart, because a product of
/// pairs whose one half is zero is a plain product.
v128_t MultiplyHigh(v128_t a, v128_t b) {
  const v128_t even = wasm_i32x4_const_splat(0x0000ffff);
  const v128_t even_products = wasm_i32x4_dot_i16x8(wasm_v128_and(a, even), b);
  const v128_t odd_products = wasm_i32x4_dot_i16x8(wasm_v128_andnot(a, even), b);
  return wasm_v128_or(wasm_u32x4_shr(even_products, 16), wasm_v128_andnot(odd_products, even));
}

v128_t Quantize(const Vp8Block* block, const Vp8QuantizedBlock* result, int from) {
  const v128_t coefficients = wasm_v128_load(block->coefficients + from);
  const v128_t amount =
      wasm_i16x8_add(wasm_i16x8_abs(coefficients), wasm_v128_load(block->round + from));
  const v128_t level = MultiplyHigh(amount, wasm_v128_load(block->quant_fast + from));
  const v128_t sign = wasm_i16x8_shr(coefficients, 15);
  const v128_t levels = wasm_i16x8_sub(wasm_v128_xor(level, sign), sign);
  wasm_v128_store(result->levels + from, levels);
  wasm_v128_store(result->values + from,
                  wasm_i16x8_mul(levels, wasm_v128_load(result->dequant + from)));
  return levels;
}

}  // namespace

extern "C" void vp8_fast_quantize_b_neon(const Vp8Block* block, Vp8QuantizedBlock* result) {
  const v128_t low = Quantize(block, result, 0);
  const v128_t high = Quantize(block, result, 8);
  // What is not zero stays so when it is clamped. The zigzag of RFC 6386, section 13.
  const v128_t bytes = wasm_i8x16_narrow_i16x8(low, high);
  const v128_t zigzag =
      wasm_i8x16_shuffle(bytes, bytes, 0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15);
  const uint32_t zeros = wasm_i8x16_bitmask(wasm_i8x16_eq(zigzag, wasm_i8x16_const_splat(0)));
  *result->end = static_cast<int8_t>(32 - std::countl_zero(zeros ^ 0xffffU));
}
