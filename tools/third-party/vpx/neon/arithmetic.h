// Arithmetic lane by lane, widening, narrowing and sums, for arm_neon.h beside this file.
#ifndef EARSHOT_VPX_ARITHMETIC_H_
#define EARSHOT_VPX_ARITHMETIC_H_

#define EARSHOT_UNARY(name, op) \
  EARSHOT_INLINE v128_t name(v128_t a) { return op(a); }
#define EARSHOT_BINARY(name, op) \
  EARSHOT_INLINE v128_t name(v128_t a, v128_t b) { return op(a, b); }
// For 64 and for 128 bits.
#define EARSHOT_UNARIES(stem, type, op) EARSHOT_UNARY(v##stem##_##type, op) EARSHOT_UNARY(v##stem##q_##type, op)
#define EARSHOT_BINARIES(stem, type, op) EARSHOT_BINARY(v##stem##_##type, op) EARSHOT_BINARY(v##stem##q_##type, op)

EARSHOT_BINARIES(add, u8, wasm_i8x16_add)
EARSHOT_BINARIES(add, s16, wasm_i16x8_add)
EARSHOT_BINARIES(add, u16, wasm_i16x8_add)
EARSHOT_BINARIES(add, s32, wasm_i32x4_add)
EARSHOT_BINARIES(add, u32, wasm_i32x4_add)
EARSHOT_BINARIES(add, u64, wasm_i64x2_add)
EARSHOT_BINARIES(sub, s16, wasm_i16x8_sub)
EARSHOT_BINARIES(sub, u16, wasm_i16x8_sub)
EARSHOT_BINARIES(sub, s32, wasm_i32x4_sub)
EARSHOT_BINARIES(qadd, s8, wasm_i8x16_add_sat)
EARSHOT_BINARIES(qadd, u8, wasm_u8x16_add_sat)
EARSHOT_BINARIES(qadd, s16, wasm_i16x8_add_sat)
EARSHOT_BINARIES(qadd, u16, wasm_u16x8_add_sat)
EARSHOT_BINARIES(qsub, s8, wasm_i8x16_sub_sat)
EARSHOT_BINARIES(qsub, u8, wasm_u8x16_sub_sat)
EARSHOT_BINARIES(qsub, s16, wasm_i16x8_sub_sat)
EARSHOT_BINARIES(mul, s16, wasm_i16x8_mul)
EARSHOT_BINARIES(mul, u16, wasm_i16x8_mul)
EARSHOT_BINARIES(max, u8, wasm_u8x16_max)
EARSHOT_BINARIES(max, u16, wasm_u16x8_max)
EARSHOT_BINARIES(max, u32, wasm_u32x4_max)
EARSHOT_BINARIES(min, u8, wasm_u8x16_min)
EARSHOT_BINARIES(rhadd, u8, wasm_u8x16_avgr)
EARSHOT_UNARIES(abs, s8, wasm_i8x16_abs)
EARSHOT_UNARIES(abs, s16, wasm_i16x8_abs)
EARSHOT_UNARIES(abs, s32, wasm_i32x4_abs)
// Only sums over one macroblock are 64 bits wide: nothing there can saturate.
EARSHOT_BINARIES(qadd, s64, wasm_i64x2_add)
EARSHOT_UNARIES(mvn, u16, wasm_v128_not)
EARSHOT_BINARIES(and, s8, wasm_v128_and)
EARSHOT_BINARIES(and, u8, wasm_v128_and)
EARSHOT_BINARIES(and, u16, wasm_v128_and)
EARSHOT_BINARIES(orr, u8, wasm_v128_or)
EARSHOT_BINARIES(eor, u8, wasm_v128_xor)
EARSHOT_BINARIES(eor, s16, wasm_v128_xor)
EARSHOT_BINARIES(bic, s8, wasm_v128_andnot)
EARSHOT_BINARIES(ceq, s16, wasm_i16x8_eq)
EARSHOT_BINARIES(cge, u8, wasm_u8x16_ge)
EARSHOT_BINARIES(cgt, u8, wasm_u8x16_gt)
EARSHOT_BINARIES(cle, u8, wasm_u8x16_le)
EARSHOT_BINARIES(clt, u8, wasm_u8x16_lt)
EARSHOT_BINARIES(clt, s32, wasm_i32x4_lt)

EARSHOT_INLINE v128_t earshot_hadd_u8(v128_t a, v128_t b) {
  return wasm_i8x16_add(wasm_v128_and(a, b), wasm_u8x16_shr(wasm_v128_xor(a, b), 1));
}
EARSHOT_BINARIES(hadd, u8, earshot_hadd_u8)
EARSHOT_INLINE v128_t earshot_abd_u8(v128_t a, v128_t b) {
  return wasm_v128_or(wasm_u8x16_sub_sat(a, b), wasm_u8x16_sub_sat(b, a));
}
EARSHOT_BINARIES(abd, u8, earshot_abd_u8)
EARSHOT_INLINE v128_t vbslq_u8(v128_t mask, v128_t a, v128_t b) { return wasm_v128_bitselect(a, b, mask); }
EARSHOT_INLINE v128_t vtstq_s16(v128_t a, v128_t b) {
  return wasm_i16x8_ne(wasm_v128_and(a, b), wasm_i16x8_const_splat(0));
}

// Upper half of the doubled product; only -32768 * -32768 saturates.
EARSHOT_INLINE v128_t vqdmulhq_s16(v128_t a, v128_t b) {
  return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(wasm_i32x4_extmul_low_i16x8(a, b), 15),
                                 wasm_i32x4_shr(wasm_i32x4_extmul_high_i16x8(a, b), 15));
}
EARSHOT_INLINE v128_t vqdmulhq_n_s16(v128_t a, int16_t b) { return vqdmulhq_s16(a, wasm_i16x8_splat(b)); }

// Shifts. Those that round add the highest bit shifted out, which cannot overflow.
#define EARSHOT_SHIFT(name, op) \
  EARSHOT_INLINE v128_t name(v128_t a, int count) { return op(a, (uint32_t)count); }
#define EARSHOT_ROUNDING_SHIFT(name, shape, sign)                                                  \
  EARSHOT_INLINE v128_t name(v128_t a, int count) {                                                \
    const v128_t half = wasm_##sign##shape##_shr(a, (uint32_t)count - 1);                          \
    return wasm_i##shape##_add(wasm_##sign##shape##_shr(a, (uint32_t)count),                       \
                               wasm_v128_and(half, wasm_i##shape##_const_splat(1)));               \
  }
EARSHOT_SHIFT(vshl_n_s16, wasm_i16x8_shl)
EARSHOT_SHIFT(vshlq_n_s16, wasm_i16x8_shl)
EARSHOT_SHIFT(vshl_n_u64, wasm_i64x2_shl)
EARSHOT_SHIFT(vshr_n_s16, wasm_i16x8_shr)
EARSHOT_SHIFT(vshrq_n_s16, wasm_i16x8_shr)
EARSHOT_SHIFT(vshrq_n_s8, wasm_i8x16_shr)
EARSHOT_SHIFT(vshrq_n_u8, wasm_u8x16_shr)
EARSHOT_SHIFT(vshr_n_u64, wasm_u64x2_shr)
EARSHOT_SHIFT(vshrq_n_u64, wasm_u64x2_shr)
EARSHOT_ROUNDING_SHIFT(vrshr_n_s16, 16x8, i)
EARSHOT_ROUNDING_SHIFT(vrshrq_n_s16, 16x8, i)
EARSHOT_ROUNDING_SHIFT(vrshrq_n_s8, 8x16, i)
EARSHOT_ROUNDING_SHIFT(earshot_rounding_shift_u16, 16x8, u)

// 64 bits become 128.
EARSHOT_UNARY(vmovl_u8, wasm_u16x8_extend_low_u8x16)
EARSHOT_UNARY(vmovl_u16, wasm_u32x4_extend_low_u16x8)
EARSHOT_UNARY(vmovl_s16, wasm_i32x4_extend_low_i16x8)
#define EARSHOT_WIDENING(type, wide, extend, extmul)                                                                       \
  EARSHOT_INLINE v128_t vaddl_##type(v128_t a, v128_t b) { return wasm_##wide##_add(extend(a), extend(b)); }               \
  EARSHOT_INLINE v128_t vsubl_##type(v128_t a, v128_t b) { return wasm_##wide##_sub(extend(a), extend(b)); }               \
  EARSHOT_INLINE v128_t vaddw_##type(v128_t a, v128_t b) { return wasm_##wide##_add(a, extend(b)); }                       \
  EARSHOT_INLINE v128_t vmull_##type(v128_t a, v128_t b) { return extmul(a, b); }                                          \
  EARSHOT_INLINE v128_t vmlal_##type(v128_t sum, v128_t a, v128_t b) { return wasm_##wide##_add(sum, extmul(a, b)); }      \
  EARSHOT_INLINE v128_t vmlsl_##type(v128_t sum, v128_t a, v128_t b) { return wasm_##wide##_sub(sum, extmul(a, b)); }
EARSHOT_WIDENING(u8, i16x8, wasm_u16x8_extend_low_u8x16, wasm_u16x8_extmul_low_u8x16)
EARSHOT_WIDENING(s8, i16x8, wasm_i16x8_extend_low_i8x16, wasm_i16x8_extmul_low_i8x16)
EARSHOT_WIDENING(u16, i32x4, wasm_u32x4_extend_low_u16x8, wasm_u32x4_extmul_low_u16x8)
EARSHOT_WIDENING(s16, i32x4, wasm_i32x4_extend_low_i16x8, wasm_i32x4_extmul_low_i16x8)
EARSHOT_INLINE v128_t vabdl_u8(v128_t a, v128_t b) { return vmovl_u8(earshot_abd_u8(a, b)); }
EARSHOT_INLINE v128_t vabal_u8(v128_t sum, v128_t a, v128_t b) { return wasm_i16x8_add(sum, vabdl_u8(a, b)); }

// 128 bits become 64.
EARSHOT_INLINE v128_t earshot_even_u8(v128_t a) {
  return wasm_i8x16_shuffle(a, a, 0, 2, 4, 6, 8, 10, 12, 14, 0, 2, 4, 6, 8, 10, 12, 14);
}
EARSHOT_INLINE v128_t vmovn_s32(v128_t a) { return wasm_i16x8_shuffle(a, a, 0, 2, 4, 6, 0, 2, 4, 6); }
EARSHOT_INLINE v128_t vshrn_n_s32(v128_t a, int count) { return vmovn_s32(wasm_i32x4_shr(a, (uint32_t)count)); }
EARSHOT_INLINE v128_t vrshrn_n_u16(v128_t a, int count) { return earshot_even_u8(earshot_rounding_shift_u16(a, count)); }
EARSHOT_INLINE v128_t vqmovn_s16(v128_t a) { return wasm_i8x16_narrow_i16x8(a, a); }
EARSHOT_INLINE v128_t vqmovun_s16(v128_t a) { return wasm_u8x16_narrow_i16x8(a, a); }
EARSHOT_INLINE v128_t vqshrn_n_s16(v128_t a, int count) { return vqmovn_s16(wasm_i16x8_shr(a, (uint32_t)count)); }
// A sum that saturates is beyond 255 after a shift of up to 7 as well: the rounding needs no care.
EARSHOT_INLINE v128_t vqrshrun_n_s16(v128_t a, int count) {
  return vqmovun_s16(wasm_i16x8_shr(wasm_i16x8_add_sat(a, wasm_i16x8_splat((int16_t)(1 << (count - 1)))), (uint32_t)count));
}
EARSHOT_INLINE v128_t vqrshrn_n_u16(v128_t a, int count) {
  return vqmovun_s16(wasm_u16x8_shr(wasm_u16x8_add_sat(a, wasm_i16x8_splat((int16_t)(1 << (count - 1)))), (uint32_t)count));
}

// Neighbours added, lanes twice as wide.
EARSHOT_INLINE v128_t earshot_pairs_u32(v128_t a) {
  return wasm_i64x2_add(wasm_u64x2_shr(a, 32), wasm_v128_and(a, wasm_i64x2_const_splat(0xffffffff)));
}
EARSHOT_INLINE v128_t earshot_pairs_s32(v128_t a) {
  return wasm_i64x2_add(wasm_i64x2_shr(a, 32), wasm_i64x2_shr(wasm_i64x2_shl(a, 32), 32));
}
EARSHOT_UNARIES(paddl, u8, wasm_u16x8_extadd_pairwise_u8x16)
EARSHOT_UNARIES(paddl, u16, wasm_u32x4_extadd_pairwise_u16x8)
EARSHOT_UNARIES(paddl, s8, wasm_i16x8_extadd_pairwise_i8x16)
EARSHOT_UNARIES(paddl, s16, wasm_i32x4_extadd_pairwise_i16x8)
EARSHOT_UNARIES(paddl, u32, earshot_pairs_u32)
EARSHOT_UNARIES(paddl, s32, earshot_pairs_s32)
#define EARSHOT_PAIRWISE_SUM(type, wide) \
  EARSHOT_INLINE v128_t vpadalq_##type(v128_t sum, v128_t a) { return wasm_##wide##_add(sum, vpaddlq_##type(a)); }
EARSHOT_PAIRWISE_SUM(u8, i16x8)
EARSHOT_PAIRWISE_SUM(u16, i32x4)
EARSHOT_PAIRWISE_SUM(s16, i32x4)
EARSHOT_PAIRWISE_SUM(u32, i64x2)

// Neighbours of the one and of the other vector.
EARSHOT_INLINE v128_t earshot_join(v128_t a, v128_t b) { return wasm_i64x2_shuffle(a, b, 0, 2); }
EARSHOT_INLINE v128_t vpaddq_u16(v128_t a, v128_t b) {
  return wasm_i16x8_add(wasm_i16x8_shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14), wasm_i16x8_shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15));
}
EARSHOT_INLINE v128_t vpaddq_u32(v128_t a, v128_t b) {
  return wasm_i32x4_add(wasm_i32x4_shuffle(a, b, 0, 2, 4, 6), wasm_i32x4_shuffle(a, b, 1, 3, 5, 7));
}
EARSHOT_INLINE v128_t vpadd_u16(v128_t a, v128_t b) { return vpaddq_u16(earshot_join(a, b), a); }
EARSHOT_INLINE v128_t vpadd_u32(v128_t a, v128_t b) { return vpaddq_u32(earshot_join(a, b), a); }
EARSHOT_INLINE v128_t vpmax_u32(v128_t a, v128_t b) {
  return wasm_u32x4_max(wasm_i32x4_shuffle(a, b, 0, 4, 0, 4), wasm_i32x4_shuffle(a, b, 1, 5, 1, 5));
}

// All lanes into one number.
EARSHOT_INLINE uint32_t vaddv_u32(v128_t a) { return wasm_u32x4_extract_lane(a, 0) + wasm_u32x4_extract_lane(a, 1); }
EARSHOT_INLINE int32_t vaddv_s32(v128_t a) { return (int32_t)vaddv_u32(a); }
EARSHOT_INLINE uint32_t vaddvq_u32(v128_t a) { return vaddv_u32(wasm_i32x4_add(a, wasm_i32x4_shuffle(a, a, 2, 3, 2, 3))); }
EARSHOT_INLINE int32_t vaddvq_s32(v128_t a) { return (int32_t)vaddvq_u32(a); }
EARSHOT_INLINE uint64_t vaddvq_u64(v128_t a) { return (uint64_t)(wasm_i64x2_extract_lane(a, 0) + wasm_i64x2_extract_lane(a, 1)); }
EARSHOT_INLINE int64_t vaddvq_s64(v128_t a) { return (int64_t)vaddvq_u64(a); }
EARSHOT_INLINE uint16_t vaddv_u16(v128_t a) { return (uint16_t)vaddvq_u32(vmovl_u16(a)); }
EARSHOT_INLINE uint32_t vaddlvq_u16(v128_t a) { return vaddvq_u32(vpaddlq_u16(a)); }
EARSHOT_INLINE int32_t vaddlvq_s16(v128_t a) { return vaddvq_s32(vpaddlq_s16(a)); }
EARSHOT_INLINE uint16_t vaddlv_u8(v128_t a) { return (uint16_t)vaddlvq_u16(vmovl_u8(a)); }
EARSHOT_INLINE uint16_t vaddlvq_u8(v128_t a) { return (uint16_t)vaddlvq_u16(vpaddlq_u8(a)); }
EARSHOT_INLINE uint64_t vaddlvq_u32(v128_t a) { return vaddvq_u64(vpaddlq_u32(a)); }
EARSHOT_INLINE uint16_t vmaxvq_u16(v128_t a) {
  v128_t most = wasm_u16x8_max(a, wasm_i64x2_shuffle(a, a, 1, 1));
  most = wasm_u16x8_max(most, wasm_i32x4_shuffle(most, most, 1, 1, 1, 1));
  most = wasm_u16x8_max(most, wasm_i16x8_shuffle(most, most, 1, 1, 1, 1, 1, 1, 1, 1));
  return wasm_u16x8_extract_lane(most, 0);
}

#endif  // EARSHOT_VPX_ARITHMETIC_H_
