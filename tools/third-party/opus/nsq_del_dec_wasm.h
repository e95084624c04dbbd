// Products of SILK's noise-shaping quantiser for SIMD128, in place of three helpers of libopus's silk/x86/NSQ_del_dec_avx2.c.
//
// AVX2 multiplies 32 × 32 → 64 bits and keeps the upper half. SIMD128 would need two such products and a shuffle for four
// lanes. But one factor has 16 bits only, so i32x4.dot_i16x8_s does it in halves: with a = h·2¹⁶ + l, l signed,
//   (a·b) >> 16 = h·b + ((l·b) >> 16),   h = upper half of a + 2¹⁵.
// Equal to the original for all |a| < 2³¹ − 2¹⁵; the states of the quantiser stay far below.
#ifndef EARSHOT_NSQ_DEL_DEC_WASM_H_
#define EARSHOT_NSQ_DEL_DEC_WASM_H_

/// (a · b) >> 16, b in its lower 16 bits, signed.
static OPUS_INLINE __m128i silk_mm_smulwb_epi32(__m128i a, opus_int32 b) {
  const v128_t rounded = wasm_i32x4_add(a, wasm_i32x4_const_splat(1 << 15));
  const v128_t high = wasm_i32x4_dot_i16x8(rounded, wasm_i32x4_splat((opus_int32)((opus_uint32)b << 16)));
  const v128_t low = wasm_i32x4_dot_i16x8(a, wasm_i32x4_splat(b & 0xFFFF));
  return wasm_i32x4_add(high, wasm_i32x4_shr(low, 16));
}

/// Products of the lower 16 bits of every lane, signed.
static OPUS_INLINE __m256i silk_mm256_smulbb_epi32(__m256i a, __m256i b) {
  const v128_t lower = wasm_i32x4_const_splat(0xFFFF);
  return earshot_pair(wasm_i32x4_dot_i16x8(a.lo, wasm_v128_and(b.lo, lower)),
                      wasm_i32x4_dot_i16x8(a.hi, wasm_v128_and(b.hi, lower)));
}

/// Prediction of four states from their latest `order` (10 or 16) samples, newest last in memory.
static OPUS_INLINE __m128i silk_noise_shape_quantizer_short_prediction_x4(const __m128i* buf32, const opus_int16* coef16,
                                                                          opus_int order) {
  // Each product is rounded down, by half on average.
  v128_t sum = wasm_i32x4_splat(order >> 1);
  for (int i = 0; i < 10; i++) sum = wasm_i32x4_add(sum, silk_mm_smulwb_epi32(buf32[-i], coef16[i]));
  if (order == 16) {
    for (int i = 10; i < 16; i++) sum = wasm_i32x4_add(sum, silk_mm_smulwb_epi32(buf32[-i], coef16[i]));
  }
  return sum;
}

#endif  // EARSHOT_NSQ_DEL_DEC_WASM_H_
