// The forward transform of VP8 (an approximate 4 × 4 DCT), in SIMD128; in the place of libvpx's
// functions of these names (tools/third-party/vpx/neon/replaced.h). Two blocks beside each other
// are transformed at once.
#include <wasm_simd128.h>

#include <cstdint>

namespace {

// The rows of two 4 × 4 blocks: the one in the lower halves, the other in the upper.
struct Rows {
  v128_t row[4];
};

// Each block for itself.
Rows Transpose(const Rows& in) {
  const v128_t a01 = wasm_i16x8_shuffle(in.row[0], in.row[1], 0, 8, 1, 9, 2, 10, 3, 11);
  const v128_t a23 = wasm_i16x8_shuffle(in.row[2], in.row[3], 0, 8, 1, 9, 2, 10, 3, 11);
  const v128_t b01 = wasm_i16x8_shuffle(in.row[0], in.row[1], 4, 12, 5, 13, 6, 14, 7, 15);
  const v128_t b23 = wasm_i16x8_shuffle(in.row[2], in.row[3], 4, 12, 5, 13, 6, 14, 7, 15);
  const v128_t a_left = wasm_i32x4_shuffle(a01, a23, 0, 4, 1, 5);
  const v128_t a_right = wasm_i32x4_shuffle(a01, a23, 2, 6, 3, 7);
  const v128_t b_left = wasm_i32x4_shuffle(b01, b23, 0, 4, 1, 5);
  const v128_t b_right = wasm_i32x4_shuffle(b01, b23, 2, 6, 3, 7);
  return {{wasm_i64x2_shuffle(a_left, b_left, 0, 2), wasm_i64x2_shuffle(a_left, b_left, 1, 3),
           wasm_i64x2_shuffle(a_right, b_right, 0, 2), wasm_i64x2_shuffle(a_right, b_right, 1, 3)}};
}

// c and d in turn, as the sums of products want them.
struct Turn {
  v128_t low;
  v128_t high;
};

// (c · factor of c + d · factor of d + rounding) >> shift.
template <int kShift>
v128_t Rotate(const Turn& turn, v128_t factors, int32_t rounding) {
  const v128_t half = wasm_i32x4_splat(rounding);
  const auto scaled = [&](v128_t pairs) {
    return wasm_i32x4_shr(wasm_i32x4_add(wasm_i32x4_dot_i16x8(pairs, factors), half), kShift);
  };
  return wasm_i16x8_narrow_i32x4(scaled(turn.low), scaled(turn.high));
}

Turn InTurn(v128_t c, v128_t d) {
  return {wasm_i16x8_shuffle(c, d, 0, 8, 1, 9, 2, 10, 3, 11),
          wasm_i16x8_shuffle(c, d, 4, 12, 5, 13, 6, 14, 7, 15)};
}

Rows Transform(const Rows& in) {
  const v128_t odd = wasm_i16x8_const(2217, 5352, 2217, 5352, 2217, 5352, 2217, 5352);
  const v128_t last = wasm_i16x8_const(-5352, 2217, -5352, 2217, -5352, 2217, -5352, 2217);

  const Rows columns = Transpose(in);
  const v128_t a = wasm_i16x8_shl(wasm_i16x8_add(columns.row[0], columns.row[3]), 3);
  const v128_t b = wasm_i16x8_shl(wasm_i16x8_add(columns.row[1], columns.row[2]), 3);
  const v128_t c = wasm_i16x8_shl(wasm_i16x8_sub(columns.row[1], columns.row[2]), 3);
  const v128_t d = wasm_i16x8_shl(wasm_i16x8_sub(columns.row[0], columns.row[3]), 3);
  const Turn turn = InTurn(c, d);
  const Rows half = Transpose({{wasm_i16x8_add(a, b), Rotate<12>(turn, odd, 14500),
                                wasm_i16x8_sub(a, b), Rotate<12>(turn, last, 7500)}});

  const v128_t seven = wasm_i16x8_const_splat(7);
  const v128_t e = wasm_i16x8_add(wasm_i16x8_add(half.row[0], half.row[3]), seven);
  const v128_t f = wasm_i16x8_add(half.row[1], half.row[2]);
  const v128_t g = wasm_i16x8_sub(half.row[1], half.row[2]);
  const v128_t h = wasm_i16x8_sub(half.row[0], half.row[3]);
  const Turn second = InTurn(g, h);
  // One more where h is not zero: the comparison is -1 there.
  const v128_t one = wasm_i16x8_ne(h, wasm_i16x8_const_splat(0));
  return {{wasm_i16x8_shr(wasm_i16x8_add(e, f), 4),
           wasm_i16x8_sub(Rotate<16>(second, odd, 12000), one),
           wasm_i16x8_shr(wasm_i16x8_sub(e, f), 4), Rotate<16>(second, last, 51000)}};
}

}  // namespace

extern "C" {

/// Of the block at `input`, whose rows are `pitch` bytes apart, into 16 coefficients.
void vp8_short_fdct4x4_neon(int16_t* input, int16_t* output, int pitch) {
  Rows in;
  for (v128_t& row : in.row) {
    row = wasm_v128_load64_zero(input);
    input += pitch / 2;
  }
  const Rows out = Transform(in);
  wasm_v128_store(output, wasm_i64x2_shuffle(out.row[0], out.row[1], 0, 2));
  wasm_v128_store(output + 8, wasm_i64x2_shuffle(out.row[2], out.row[3], 0, 2));
}

/// Likewise of two blocks beside each other, into 32.
void vp8_short_fdct8x4_neon(int16_t* input, int16_t* output, int pitch) {
  Rows in;
  for (v128_t& row : in.row) {
    row = wasm_v128_load(input);
    input += pitch / 2;
  }
  const Rows out = Transform(in);
  wasm_v128_store(output, wasm_i64x2_shuffle(out.row[0], out.row[1], 0, 2));
  wasm_v128_store(output + 8, wasm_i64x2_shuffle(out.row[2], out.row[3], 0, 2));
  wasm_v128_store(output + 16, wasm_i64x2_shuffle(out.row[0], out.row[1], 1, 3));
  wasm_v128_store(output + 24, wasm_i64x2_shuffle(out.row[2], out.row[3], 1, 3));
}

}  // extern "C"
