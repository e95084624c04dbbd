// Loads, stores and single lanes, for arm_neon.h beside this file. What takes the number of a lane is a macro, because the
// instruction holds it as a constant.
#ifndef EARSHOT_VPX_MEMORY_H_
#define EARSHOT_VPX_MEMORY_H_

#define EARSHOT_LOAD_STORE(type, lane)                                                            \
  EARSHOT_INLINE v128_t vld1_##type(const lane* p) { return wasm_v128_load64_zero(p); }           \
  EARSHOT_INLINE v128_t vld1q_##type(const lane* p) { return wasm_v128_load(p); }                 \
  EARSHOT_INLINE void vst1_##type(lane* p, v128_t a) { wasm_v128_store64_lane(p, a, 0); }         \
  EARSHOT_INLINE void vst1q_##type(lane* p, v128_t a) { wasm_v128_store(p, a); }
EARSHOT_LOAD_STORE(s8, int8_t)
EARSHOT_LOAD_STORE(u8, uint8_t)
EARSHOT_LOAD_STORE(s16, int16_t)
EARSHOT_LOAD_STORE(u16, uint16_t)
EARSHOT_LOAD_STORE(s32, int32_t)
EARSHOT_LOAD_STORE(u32, uint32_t)

EARSHOT_INLINE v128_t vld1_dup_u8(const uint8_t* p) { return wasm_v128_load8_splat(p); }
EARSHOT_INLINE v128_t vld1q_dup_u8(const uint8_t* p) { return wasm_v128_load8_splat(p); }
EARSHOT_INLINE earshot_two vld1q_u8_x2(const uint8_t* p) { return earshot_pair(vld1q_u8(p), vld1q_u8(p + 16)); }
EARSHOT_INLINE earshot_three vld1q_u8_x3(const uint8_t* p) {
  return (earshot_three){{vld1q_u8(p), vld1q_u8(p + 16), vld1q_u8(p + 32)}};
}

// Every second lane into the one and the other vector, and back.
EARSHOT_INLINE earshot_two vld2q_s16(const int16_t* p) {
  const v128_t a = vld1q_s16(p);
  const v128_t b = vld1q_s16(p + 8);
  return earshot_pair(wasm_i16x8_shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14), wasm_i16x8_shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15));
}
EARSHOT_INLINE earshot_two vld2q_s32(const int32_t* p) {
  const v128_t a = vld1q_s32(p);
  const v128_t b = vld1q_s32(p + 4);
  return earshot_pair(wasm_i32x4_shuffle(a, b, 0, 2, 4, 6), wasm_i32x4_shuffle(a, b, 1, 3, 5, 7));
}
EARSHOT_INLINE void vst2q_s16(int16_t* p, earshot_two a) {
  vst1q_s16(p, wasm_i16x8_shuffle(a.val[0], a.val[1], 0, 8, 1, 9, 2, 10, 3, 11));
  vst1q_s16(p + 8, wasm_i16x8_shuffle(a.val[0], a.val[1], 4, 12, 5, 13, 6, 14, 7, 15));
}

#define vld1_lane_s32(p, a, lane) wasm_v128_load32_lane(p, a, lane)
#define vld1_lane_u32(p, a, lane) wasm_v128_load32_lane(p, a, lane)
#define vst1_lane_s8(p, a, lane) wasm_v128_store8_lane(p, a, lane)
#define vst1_lane_u8(p, a, lane) wasm_v128_store8_lane(p, a, lane)
#define vst1_lane_s16(p, a, lane) wasm_v128_store16_lane(p, a, lane)
#define vst1_lane_u16(p, a, lane) wasm_v128_store16_lane(p, a, lane)
#define vst1_lane_s32(p, a, lane) wasm_v128_store32_lane(p, a, lane)
#define vst1_lane_u32(p, a, lane) wasm_v128_store32_lane(p, a, lane)

// One lane of each of several vectors, beside each other in memory.
#define vld4_lane_u8(p, a, lane)                                                                       \
  ((earshot_four){{wasm_v128_load8_lane((p), (a).val[0], lane), wasm_v128_load8_lane((p) + 1, (a).val[1], lane), \
                   wasm_v128_load8_lane((p) + 2, (a).val[2], lane), wasm_v128_load8_lane((p) + 3, (a).val[3], lane)}})
#define vst2_lane_u8(p, a, lane)                     \
  do {                                               \
    wasm_v128_store8_lane((p), (a).val[0], lane);     \
    wasm_v128_store8_lane((p) + 1, (a).val[1], lane); \
  } while (0)
#define vst4_lane_u8(p, a, lane)                      \
  do {                                                \
    wasm_v128_store8_lane((p), (a).val[0], lane);     \
    wasm_v128_store8_lane((p) + 1, (a).val[1], lane); \
    wasm_v128_store8_lane((p) + 2, (a).val[2], lane); \
    wasm_v128_store8_lane((p) + 3, (a).val[3], lane); \
  } while (0)

#define vget_lane_u16(a, lane) wasm_u16x8_extract_lane(a, lane)
#define vget_lane_s32(a, lane) wasm_i32x4_extract_lane(a, lane)
#define vget_lane_u32(a, lane) wasm_u32x4_extract_lane(a, lane)
#define vgetq_lane_u32(a, lane) wasm_u32x4_extract_lane(a, lane)
#define vgetq_lane_s64(a, lane) wasm_i64x2_extract_lane(a, lane)
#define vgetq_lane_u64(a, lane) wasm_u64x2_extract_lane(a, lane)
#define vset_lane_u32(value, a, lane) wasm_u32x4_replace_lane(a, lane, value)
#define vsetq_lane_u32(value, a, lane) wasm_u32x4_replace_lane(a, lane, value)
#define vset_lane_u64(value, a, lane) wasm_u64x2_replace_lane(a, lane, value)
#define vsetq_lane_u64(value, a, lane) wasm_u64x2_replace_lane(a, lane, value)

#define EARSHOT_SPLAT(type, lane, op)                               \
  EARSHOT_INLINE v128_t vdup_n_##type(lane value) { return op(value); }  \
  EARSHOT_INLINE v128_t vdupq_n_##type(lane value) { return op(value); }
EARSHOT_SPLAT(s8, int8_t, wasm_i8x16_splat)
EARSHOT_SPLAT(u8, uint8_t, wasm_u8x16_splat)
EARSHOT_SPLAT(s16, int16_t, wasm_i16x8_splat)
EARSHOT_SPLAT(u16, uint16_t, wasm_u16x8_splat)
EARSHOT_SPLAT(s32, int32_t, wasm_i32x4_splat)
EARSHOT_SPLAT(u32, uint32_t, wasm_u32x4_splat)
EARSHOT_SPLAT(s64, int64_t, wasm_i64x2_splat)
EARSHOT_SPLAT(u64, uint64_t, wasm_u64x2_splat)
EARSHOT_INLINE v128_t vmovq_n_u8(uint8_t value) { return wasm_u8x16_splat(value); }
EARSHOT_INLINE v128_t vcreate_s16(uint64_t bits) { return wasm_u64x2_splat(bits); }
EARSHOT_INLINE v128_t vcreate_s32(uint64_t bits) { return wasm_u64x2_splat(bits); }

#endif  // EARSHOT_VPX_MEMORY_H_
