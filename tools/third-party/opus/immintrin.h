// The part of AVX2 and FMA that libopus uses, as pairs of SIMD128 vectors: Emscripten's own headers end at AVX (3.1.69) or
// know nothing of how libopus uses them. Its AVX2 files run the four decision states of the SILK quantiser side by side, in
// 128-bit vectors for the most part. Found before the compiler's header of this name when libopus is built (build.cmake).
#ifndef EARSHOT_OPUS_IMMINTRIN_H_
#define EARSHOT_OPUS_IMMINTRIN_H_

#include <smmintrin.h>
#include <stdint.h>
#include <wasm_simd128.h>

#define EARSHOT_INLINE static __inline__ __attribute__((__always_inline__, __nodebug__))

// Cheaper than the general forms, and the same where libopus uses them: its masks are all ones or all zeros in every lane.
EARSHOT_INLINE __m128i earshot_blendv_epi8(__m128i a, __m128i b, __m128i mask) { return wasm_v128_bitselect(b, a, mask); }
EARSHOT_INLINE __m128i earshot_sign_epi32(__m128i a, __m128i b) {
  const v128_t negative = wasm_i32x4_shr(b, 31);
  const v128_t turned = wasm_i32x4_sub(wasm_v128_xor(a, negative), negative);
  return wasm_v128_and(turned, wasm_i32x4_ne(b, wasm_i32x4_const_splat(0)));
}
#define _mm_blendv_epi8 earshot_blendv_epi8
#define _mm_sign_epi32 earshot_sign_epi32

typedef struct { v128_t lo, hi; } __m256i;
typedef struct { __m128 lo, hi; } __m256;
typedef struct { __m128d lo, hi; } __m256d;

EARSHOT_INLINE __m256i earshot_pair(v128_t lo, v128_t hi) { return (__m256i){lo, hi}; }

// The same operation on both halves.
#define EARSHOT_UNARY(name, op) \
  EARSHOT_INLINE __m256i name(__m256i a) { return earshot_pair(op(a.lo), op(a.hi)); }
#define EARSHOT_BINARY(name, op) \
  EARSHOT_INLINE __m256i name(__m256i a, __m256i b) { return earshot_pair(op(a.lo, b.lo), op(a.hi, b.hi)); }
#define EARSHOT_SHIFT(name, op) \
  EARSHOT_INLINE __m256i name(__m256i a, int count) { return earshot_pair(op(a.lo, (uint32_t)count), op(a.hi, (uint32_t)count)); }

EARSHOT_UNARY(_mm256_abs_epi32, wasm_i32x4_abs)
EARSHOT_BINARY(_mm256_add_epi32, wasm_i32x4_add)
EARSHOT_BINARY(_mm256_sub_epi32, wasm_i32x4_sub)
EARSHOT_BINARY(_mm256_mullo_epi16, wasm_i16x8_mul)
EARSHOT_BINARY(_mm256_mullo_epi32, wasm_i32x4_mul)
EARSHOT_BINARY(_mm256_or_si256, wasm_v128_or)
EARSHOT_BINARY(_mm256_xor_si256, wasm_v128_xor)
EARSHOT_BINARY(_mm256_mulhi_epi16, _mm_mulhi_epi16)
EARSHOT_BINARY(_mm256_sign_epi32, _mm_sign_epi32)
EARSHOT_BINARY(_mm256_shuffle_epi8, _mm_shuffle_epi8)
EARSHOT_BINARY(_mm256_unpacklo_epi16, _mm_unpacklo_epi16)
EARSHOT_SHIFT(_mm256_slli_epi32, wasm_i32x4_shl)
EARSHOT_SHIFT(_mm256_srai_epi32, wasm_i32x4_shr)
EARSHOT_SHIFT(_mm256_srli_epi32, wasm_u32x4_shr)
EARSHOT_SHIFT(_mm256_slli_epi64, wasm_i64x2_shl)

EARSHOT_INLINE __m256i _mm256_andnot_si256(__m256i a, __m256i b) {
  return earshot_pair(wasm_v128_andnot(b.lo, a.lo), wasm_v128_andnot(b.hi, a.hi));
}
EARSHOT_INLINE __m256i _mm256_blendv_epi8(__m256i a, __m256i b, __m256i mask) {
  return earshot_pair(_mm_blendv_epi8(a.lo, b.lo, mask.lo), _mm_blendv_epi8(a.hi, b.hi, mask.hi));
}

// Signed products of the lower halves of the 64-bit lanes, in terms the compiler sees through when they were widened before.
EARSHOT_INLINE v128_t earshot_mul_epi32(v128_t a, v128_t b) {
  typedef int32_t narrow __attribute__((__vector_size__(8)));
  typedef int64_t wide __attribute__((__vector_size__(16)));
  return (v128_t)(__builtin_convertvector(__builtin_convertvector((wide)a, narrow), wide) *
                  __builtin_convertvector(__builtin_convertvector((wide)b, narrow), wide));
}
EARSHOT_BINARY(_mm256_mul_epi32, earshot_mul_epi32)

EARSHOT_INLINE __m256i _mm256_cvtepi32_epi64(__m128i a) {
  return earshot_pair(wasm_i64x2_extend_low_i32x4(a), wasm_i64x2_extend_high_i32x4(a));
}
EARSHOT_INLINE __m256i _mm256_cvtepi16_epi32(__m128i a) {
  return earshot_pair(wasm_i32x4_extend_low_i16x8(a), wasm_i32x4_extend_high_i16x8(a));
}
EARSHOT_INLINE __m256i _mm256_cvtepi16_epi64(__m128i a) { return _mm256_cvtepi32_epi64(wasm_i32x4_extend_low_i16x8(a)); }

EARSHOT_INLINE __m256i _mm256_set1_epi32(int a) { return earshot_pair(wasm_i32x4_splat(a), wasm_i32x4_splat(a)); }
EARSHOT_INLINE __m256i _mm256_set_epi32(int h, int g, int f, int e, int d, int c, int b, int a) {
  return earshot_pair(wasm_i32x4_make(a, b, c, d), wasm_i32x4_make(e, f, g, h));
}
#define _mm256_set_epi8(f1, e1, d1, c1, b1, a1, z1, y1, x1, w1, v1, u1, t1, s1, r1, q1, f0, e0, d0, c0, b0, a0, z0, y0, x0, \
                        w0, v0, u0, t0, s0, r0, q0)                                                                        \
  earshot_pair(_mm_set_epi8(f0, e0, d0, c0, b0, a0, z0, y0, x0, w0, v0, u0, t0, s0, r0, q0),                               \
               _mm_set_epi8(f1, e1, d1, c1, b1, a1, z1, y1, x1, w1, v1, u1, t1, s1, r1, q1))
EARSHOT_INLINE __m256i _mm256_set_m128i(__m128i hi, __m128i lo) { return earshot_pair(lo, hi); }
EARSHOT_INLINE __m256i _mm256_broadcastsi128_si256(__m128i a) { return earshot_pair(a, a); }
EARSHOT_INLINE __m256i _mm256_castsi128_si256(__m128i a) { return earshot_pair(a, wasm_i32x4_const_splat(0)); }
EARSHOT_INLINE __m128i _mm256_castsi256_si128(__m256i a) { return a.lo; }
#define _mm256_extracti128_si256(a, index) ((index) ? (a).hi : (a).lo)
EARSHOT_INLINE __m256i _mm256_loadu_si256(const __m256i* p) {
  return earshot_pair(wasm_v128_load(p), wasm_v128_load((const char*)p + 16));
}

// Control bytes are compile-time constants; of the permutations only the swap of the halves is used.
#define _mm256_permute2x128_si256(a, b, control) \
  ({ _Static_assert((control) == 1, "halves are only swapped"); __m256i earshot_a = (a); earshot_pair(earshot_a.hi, earshot_a.lo); })
#define _mm256_permute4x64_epi64(a, control) \
  ({ _Static_assert((control) == 0x4E, "halves are only swapped"); __m256i earshot_a = (a); earshot_pair(earshot_a.hi, earshot_a.lo); })
#define _mm256_shuffle_epi32(a, control) \
  ({ __m256i earshot_a = (a); earshot_pair(_mm_shuffle_epi32(earshot_a.lo, control), _mm_shuffle_epi32(earshot_a.hi, control)); })

// With constant indices the compiler makes shuffles of it.
EARSHOT_INLINE v128_t earshot_lanes(__m256i a, v128_t index) {
  int32_t lanes[8];
  wasm_v128_store(lanes, a.lo);
  wasm_v128_store(lanes + 4, a.hi);
  return wasm_i32x4_make(lanes[wasm_i32x4_extract_lane(index, 0) & 7], lanes[wasm_i32x4_extract_lane(index, 1) & 7],
                         lanes[wasm_i32x4_extract_lane(index, 2) & 7], lanes[wasm_i32x4_extract_lane(index, 3) & 7]);
}
EARSHOT_INLINE __m256i _mm256_permutevar8x32_epi32(__m256i a, __m256i index) {
  if (__builtin_constant_p(wasm_i32x4_extract_lane(index.lo, 0))) {
    return earshot_pair(earshot_lanes(a, index.lo), earshot_lanes(a, index.hi));
  }
  // Byte indices of the wanted lanes; swizzle gives 0 for an index past its half.
  const v128_t spread = wasm_i8x16_const(0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12);
  const v128_t within = wasm_i8x16_const(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
  const v128_t lo_bytes = wasm_i8x16_add(wasm_i8x16_swizzle(wasm_i32x4_shl(index.lo, 2), spread), within);
  const v128_t hi_bytes = wasm_i8x16_add(wasm_i8x16_swizzle(wasm_i32x4_shl(index.hi, 2), spread), within);
  const v128_t half = wasm_i8x16_const_splat(16);
  return earshot_pair(
      wasm_v128_or(wasm_i8x16_swizzle(a.lo, lo_bytes), wasm_i8x16_swizzle(a.hi, wasm_i8x16_sub(lo_bytes, half))),
      wasm_v128_or(wasm_i8x16_swizzle(a.lo, hi_bytes), wasm_i8x16_swizzle(a.hi, wasm_i8x16_sub(hi_bytes, half))));
}

// Floating point.
#define EARSHOT_BINARY_F(type, name, op) \
  EARSHOT_INLINE type name(type a, type b) { return (type){op(a.lo, b.lo), op(a.hi, b.hi)}; }
EARSHOT_BINARY_F(__m256, _mm256_add_ps, _mm_add_ps)
EARSHOT_BINARY_F(__m256d, _mm256_add_pd, _mm_add_pd)
EARSHOT_INLINE __m256 _mm256_fmadd_ps(__m256 a, __m256 b, __m256 c) {
  return (__m256){_mm_add_ps(_mm_mul_ps(a.lo, b.lo), c.lo), _mm_add_ps(_mm_mul_ps(a.hi, b.hi), c.hi)};
}
EARSHOT_INLINE __m256d _mm256_fmadd_pd(__m256d a, __m256d b, __m256d c) {
  return (__m256d){_mm_add_pd(_mm_mul_pd(a.lo, b.lo), c.lo), _mm_add_pd(_mm_mul_pd(a.hi, b.hi), c.hi)};
}
EARSHOT_INLINE __m256 _mm256_setzero_ps(void) { return (__m256){_mm_setzero_ps(), _mm_setzero_ps()}; }
EARSHOT_INLINE __m256d _mm256_setzero_pd(void) { return (__m256d){_mm_setzero_pd(), _mm_setzero_pd()}; }
EARSHOT_INLINE __m256 _mm256_loadu_ps(const float* p) { return (__m256){_mm_loadu_ps(p), _mm_loadu_ps(p + 4)}; }
EARSHOT_INLINE void _mm256_storeu_ps(float* p, __m256 a) {
  _mm_storeu_ps(p, a.lo);
  _mm_storeu_ps(p + 4, a.hi);
}
// As the instruction does, reads nothing where the mask is clear.
EARSHOT_INLINE __m256 _mm256_maskload_ps(const float* p, __m256i mask) {
  int32_t keep[8];
  float lanes[8];
  wasm_v128_store(keep, mask.lo);
  wasm_v128_store(keep + 4, mask.hi);
  for (int i = 0; i < 8; i++) lanes[i] = keep[i] < 0 ? p[i] : 0.0f;
  return _mm256_loadu_ps(lanes);
}
EARSHOT_INLINE __m256d _mm256_cvtps_pd(__m128 a) {
  return (__m256d){_mm_cvtps_pd(a), _mm_cvtps_pd(_mm_movehl_ps(a, a))};
}
EARSHOT_INLINE double _mm256_cvtsd_f64(__m256d a) { return wasm_f64x2_extract_lane((v128_t)a.lo, 0); }
EARSHOT_INLINE __m128 earshot_hadd_ps(__m128 a, __m128 b) {
  return _mm_add_ps(_mm_shuffle_ps(a, b, 0x88), _mm_shuffle_ps(a, b, 0xDD));
}
EARSHOT_BINARY_F(__m256, _mm256_hadd_ps, earshot_hadd_ps)
EARSHOT_INLINE __m128d earshot_hadd_pd(__m128d a, __m128d b) {
  return _mm_add_pd(_mm_unpacklo_pd(a, b), _mm_unpackhi_pd(a, b));
}
EARSHOT_BINARY_F(__m256d, _mm256_hadd_pd, earshot_hadd_pd)
EARSHOT_INLINE __m128 earshot_half_ps(__m256 a, __m256 b, int index) {
  return index == 0 ? a.lo : index == 1 ? a.hi : index == 2 ? b.lo : b.hi;
}
EARSHOT_INLINE __m256 _mm256_permute2f128_ps(__m256 a, __m256 b, int control) {
  return (__m256){earshot_half_ps(a, b, control & 3), earshot_half_ps(a, b, control >> 4 & 3)};
}
#define _mm256_permute2f128_pd(a, b, control) \
  ({ _Static_assert((control) == 1, "halves are only swapped"); __m256d earshot_a = (a); (__m256d){earshot_a.hi, earshot_a.lo}; })

// Of SSE2, missing in some of Emscripten's headers.
EARSHOT_INLINE __m128i earshot_loadu_si32(const void* p) { return wasm_v128_load32_zero(p); }
EARSHOT_INLINE __m128i earshot_loadu_si64(const void* p) { return wasm_v128_load64_zero(p); }
#undef _mm_loadu_si32
#undef _mm_loadu_si64
#define _mm_loadu_si32 earshot_loadu_si32
#define _mm_loadu_si64 earshot_loadu_si64

#endif  // EARSHOT_OPUS_IMMINTRIN_H_
