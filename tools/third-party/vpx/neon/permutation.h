// Halves, reinterpretation and the order of lanes, for arm_neon.h beside this file.
#ifndef EARSHOT_VPX_PERMUTATION_H_
#define EARSHOT_VPX_PERMUTATION_H_

#define EARSHOT_HALVES(type)                                                                                \
  EARSHOT_INLINE v128_t vget_low_##type(v128_t a) { return a; }                                             \
  EARSHOT_INLINE v128_t vget_high_##type(v128_t a) { return wasm_i64x2_shuffle(a, a, 1, 1); }               \
  EARSHOT_INLINE v128_t vcombine_##type(v128_t low, v128_t high) { return wasm_i64x2_shuffle(low, high, 0, 2); }
#define EARSHOT_RENAME(to, from)                                          \
  EARSHOT_INLINE v128_t vreinterpret_##to##_##from(v128_t a) { return a; } \
  EARSHOT_INLINE v128_t vreinterpretq_##to##_##from(v128_t a) { return a; }
#define EARSHOT_TYPE(type)    \
  EARSHOT_HALVES(type)        \
  EARSHOT_RENAME(type, s8)    \
  EARSHOT_RENAME(type, u8)    \
  EARSHOT_RENAME(type, s16)   \
  EARSHOT_RENAME(type, u16)   \
  EARSHOT_RENAME(type, s32)   \
  EARSHOT_RENAME(type, u32)   \
  EARSHOT_RENAME(type, s64)   \
  EARSHOT_RENAME(type, u64)
EARSHOT_TYPE(s8)
EARSHOT_TYPE(u8)
EARSHOT_TYPE(s16)
EARSHOT_TYPE(u16)
EARSHOT_TYPE(s32)
EARSHOT_TYPE(u32)
EARSHOT_TYPE(s64)
EARSHOT_TYPE(u64)

#define vdup_lane_u8(a, n) wasm_i8x16_shuffle(a, a, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n)
#define vdup_lane_s8(a, n) vdup_lane_u8(a, n)
#define vdupq_lane_u8(a, n) vdup_lane_u8(a, n)
#define vdup_lane_s16(a, n) wasm_i16x8_shuffle(a, a, n, n, n, n, n, n, n, n)
#define vdupq_lane_s16(a, n) vdup_lane_s16(a, n)
#define vdupq_lane_s64(a, n) wasm_i64x2_shuffle(a, a, n, n)

// The two vectors joined, from byte n on.
#define EARSHOT_JOINED(i) ((i) < 8 ? (i) : (i) + 8)
#define vext_u8(a, b, n)                                                                                                \
  wasm_i8x16_shuffle(a, b, EARSHOT_JOINED(n), EARSHOT_JOINED((n) + 1), EARSHOT_JOINED((n) + 2), EARSHOT_JOINED((n) + 3), \
                     EARSHOT_JOINED((n) + 4), EARSHOT_JOINED((n) + 5), EARSHOT_JOINED((n) + 6), EARSHOT_JOINED((n) + 7), \
                     0, 0, 0, 0, 0, 0, 0, 0)
#define vextq_u8(a, b, n)                                                                                        \
  wasm_i8x16_shuffle(a, b, (n), (n) + 1, (n) + 2, (n) + 3, (n) + 4, (n) + 5, (n) + 6, (n) + 7, (n) + 8, (n) + 9, \
                     (n) + 10, (n) + 11, (n) + 12, (n) + 13, (n) + 14, (n) + 15)

EARSHOT_INLINE v128_t vrev64q_u8(v128_t a) {
  return wasm_i8x16_shuffle(a, a, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
}
EARSHOT_INLINE v128_t vrev64_u8(v128_t a) { return vrev64q_u8(a); }

// Transposed pairs of lanes.
#define EARSHOT_TRANSPOSE_8(name)                                                                               \
  EARSHOT_INLINE earshot_two name(v128_t a, v128_t b) {                                                         \
    return earshot_pair(wasm_i8x16_shuffle(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30),    \
                        wasm_i8x16_shuffle(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31));   \
  }
#define EARSHOT_TRANSPOSE_16(name)                                                        \
  EARSHOT_INLINE earshot_two name(v128_t a, v128_t b) {                                   \
    return earshot_pair(wasm_i16x8_shuffle(a, b, 0, 8, 2, 10, 4, 12, 6, 14),              \
                        wasm_i16x8_shuffle(a, b, 1, 9, 3, 11, 5, 13, 7, 15));             \
  }
#define EARSHOT_TRANSPOSE_32(name)                                                                                 \
  EARSHOT_INLINE earshot_two name(v128_t a, v128_t b) {                                                            \
    return earshot_pair(wasm_i32x4_shuffle(a, b, 0, 4, 2, 6), wasm_i32x4_shuffle(a, b, 1, 5, 3, 7));               \
  }
EARSHOT_TRANSPOSE_8(vtrn_u8)
EARSHOT_TRANSPOSE_8(vtrnq_u8)
EARSHOT_TRANSPOSE_16(vtrn_s16)
EARSHOT_TRANSPOSE_16(vtrn_u16)
EARSHOT_TRANSPOSE_16(vtrnq_s16)
EARSHOT_TRANSPOSE_16(vtrnq_u16)
EARSHOT_TRANSPOSE_32(vtrn_s32)
EARSHOT_TRANSPOSE_32(vtrn_u32)
EARSHOT_TRANSPOSE_32(vtrnq_s32)
EARSHOT_TRANSPOSE_32(vtrnq_u32)
EARSHOT_INLINE v128_t vtrn1q_s64(v128_t a, v128_t b) { return wasm_i64x2_shuffle(a, b, 0, 2); }
EARSHOT_INLINE v128_t vtrn2q_s64(v128_t a, v128_t b) { return wasm_i64x2_shuffle(a, b, 1, 3); }
EARSHOT_INLINE v128_t vtrn1q_u64(v128_t a, v128_t b) { return vtrn1q_s64(a, b); }
EARSHOT_INLINE v128_t vtrn2q_u64(v128_t a, v128_t b) { return vtrn2q_s64(a, b); }

// Lanes of the one and the other in turn, and apart again.
EARSHOT_INLINE v128_t earshot_zip_low_8(v128_t a, v128_t b) {
  return wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
EARSHOT_INLINE v128_t earshot_zip_high_8(v128_t a, v128_t b) {
  return wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
EARSHOT_INLINE earshot_two vzipq_u8(v128_t a, v128_t b) { return earshot_pair(earshot_zip_low_8(a, b), earshot_zip_high_8(a, b)); }
EARSHOT_INLINE earshot_two vzipq_s8(v128_t a, v128_t b) { return vzipq_u8(a, b); }
EARSHOT_INLINE earshot_two vzip_u8(v128_t a, v128_t b) {
  const v128_t zipped = earshot_zip_low_8(a, b);
  return earshot_pair(zipped, vget_high_u8(zipped));
}
EARSHOT_INLINE earshot_two vzipq_u16(v128_t a, v128_t b) {
  return earshot_pair(wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11), wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15));
}
EARSHOT_INLINE earshot_two vzipq_s16(v128_t a, v128_t b) { return vzipq_u16(a, b); }
EARSHOT_INLINE earshot_two vzipq_u32(v128_t a, v128_t b) {
  return earshot_pair(wasm_i32x4_shuffle(a, b, 0, 4, 1, 5), wasm_i32x4_shuffle(a, b, 2, 6, 3, 7));
}
EARSHOT_INLINE earshot_two vzip_u32(v128_t a, v128_t b) { return vtrn_u32(a, b); }
EARSHOT_INLINE earshot_two vuzpq_u8(v128_t a, v128_t b) {
  return earshot_pair(wasm_i8x16_shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30),
                      wasm_i8x16_shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31));
}
EARSHOT_INLINE earshot_two vuzp_u8(v128_t a, v128_t b) { return vuzpq_u8(vcombine_u8(a, b), a); }

#endif  // EARSHOT_VPX_PERMUTATION_H_
