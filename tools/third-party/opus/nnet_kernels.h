// Matrix times vector as libopus's networks store their matrices, for SIMD128: 8-bit weights in blocks of 8 rows by 4 columns,
// row by row within a block, and with an index of the blocks that are not zero where the matrix is sparse.
//
// libopus's own way for x86 takes unsigned inputs and vpdpbusd, which SIMD128 has to put together from ten instructions. Signed
// inputs in 16 bits need three: i16x8.load8x8_s for the weights of two rows, i32x4.dot_i16x8_s, i32x4.add. The sums are exact.
#ifndef EARSHOT_NNET_KERNELS_H_
#define EARSHOT_NNET_KERNELS_H_

#include <stdint.h>
#include <wasm_simd128.h>

/// Longest vector (MAX_INPUTS of libopus's vec_avx.h).
enum { kEarshotMaxInputs = 2048 };

/// Inputs as libopus quantises them, round(127 x) within what its unsigned bytes hold. Writes up to 7 more than `count`.
static inline void earshot_quantise(int16_t* q, const float* x, int count) {
  const v128_t scale = wasm_f32x4_const_splat(127.0f);
  const v128_t half = wasm_f32x4_const_splat(0.5f);
  const v128_t least = wasm_i16x8_const_splat(-127);
  const v128_t most = wasm_i16x8_const_splat(128);
  int i = 0;
  for (; i + 8 <= count; i += 8) {
    const v128_t a = wasm_f32x4_floor(wasm_f32x4_add(wasm_f32x4_mul(wasm_v128_load(x + i), scale), half));
    const v128_t b = wasm_f32x4_floor(wasm_f32x4_add(wasm_f32x4_mul(wasm_v128_load(x + i + 4), scale), half));
    const v128_t narrow = wasm_i16x8_narrow_i32x4(wasm_i32x4_trunc_sat_f32x4(a), wasm_i32x4_trunc_sat_f32x4(b));
    wasm_v128_store(q + i, wasm_i16x8_min(wasm_i16x8_max(narrow, least), most));
  }
  for (; i < count; i++) {
    const float scaled = __builtin_floorf(0.5f + 127.0f * x[i]);
    q[i] = (int16_t)(scaled < -127.0f ? -127.0f : scaled > 128.0f ? 128.0f : scaled);
  }
}

/// Sums of eight rows: of each two rows a pair of sums.
typedef struct { v128_t pairs[4]; } EarshotRows;

static inline void earshot_add_block(EarshotRows* rows, const int8_t* weights, const int16_t* q) {
  const v128_t inputs = wasm_v128_load64_splat(q);
  for (int i = 0; i < 4; i++) {
    const v128_t two_rows = wasm_i16x8_load8x8(weights + 8 * i);
    rows->pairs[i] = wasm_i32x4_add(rows->pairs[i], wasm_i32x4_dot_i16x8(two_rows, inputs));
  }
}

static inline v128_t earshot_sum_pairs(v128_t a, v128_t b) {
  return wasm_i32x4_add(wasm_i32x4_shuffle(a, b, 0, 2, 4, 6), wasm_i32x4_shuffle(a, b, 1, 3, 5, 7));
}

static inline void earshot_store_rows(float* out, const EarshotRows* rows, const float* scale) {
  const v128_t upper = wasm_f32x4_convert_i32x4(earshot_sum_pairs(rows->pairs[0], rows->pairs[1]));
  const v128_t lower = wasm_f32x4_convert_i32x4(earshot_sum_pairs(rows->pairs[2], rows->pairs[3]));
  wasm_v128_store(out, wasm_f32x4_mul(upper, wasm_v128_load(scale)));
  wasm_v128_store(out + 4, wasm_f32x4_mul(lower, wasm_v128_load(scale + 4)));
}

/// out[r] = scale[r] · Σ weights · round(127 x); `rows` a multiple of 8, `cols` of 4.
static inline void earshot_multiply(float* out, const int8_t* weights, const float* scale, int rows, int cols, const float* x) {
  int16_t q[kEarshotMaxInputs + 8];
  earshot_quantise(q, x, cols);
  for (int row = 0; row < rows; row += 8) {
    EarshotRows sums = {{wasm_i32x4_const_splat(0), wasm_i32x4_const_splat(0), wasm_i32x4_const_splat(0), wasm_i32x4_const_splat(0)}};
    for (int col = 0; col < cols; col += 4, weights += 32) earshot_add_block(&sums, weights, q + col);
    earshot_store_rows(out + row, &sums, scale + row);
  }
}

/// The same of a sparse matrix: `index` has for every eight rows the number of their blocks and the column of each.
static inline void earshot_multiply_sparse(float* out, const int8_t* weights, const int* index, const float* scale, int rows, int cols,
                                           const float* x) {
  int16_t q[kEarshotMaxInputs + 8];
  earshot_quantise(q, x, cols);
  for (int row = 0; row < rows; row += 8) {
    EarshotRows sums = {{wasm_i32x4_const_splat(0), wasm_i32x4_const_splat(0), wasm_i32x4_const_splat(0), wasm_i32x4_const_splat(0)}};
    for (int blocks = *index++; blocks > 0; blocks--, weights += 32) earshot_add_block(&sums, weights, q + *index++);
    earshot_store_rows(out + row, &sums, scale + row);
  }
}

#endif  // EARSHOT_NNET_KERNELS_H_
