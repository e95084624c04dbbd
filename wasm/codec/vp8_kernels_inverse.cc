// The inverse transform of VP8 (RFC 6386, section 14.3) of all blocks of a macroblock, in SIMD128;
// in the place of libvpx's functions of these names (tools/third-party/vpx/neon/replaced.h). Two
// blocks beside each other are transformed at once, their lanes in turn: so a transposition moves
// pairs.
#include <wasm_simd128.h>

#include <cstdint>
#include <cstring>

namespace {

constexpr int kBlockSize = 16;

struct Lines {
  v128_t line[4];
};

v128_t ZipLow16(v128_t a, v128_t b) { return wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11); }
v128_t ZipHigh16(v128_t a, v128_t b) {
  return wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
v128_t ZipLow32(v128_t a, v128_t b) { return wasm_i32x4_shuffle(a, b, 0, 4, 1, 5); }
v128_t ZipHigh32(v128_t a, v128_t b) { return wasm_i32x4_shuffle(a, b, 2, 6, 3, 7); }

Lines Transpose(const Lines& in) {
  const v128_t low02 = ZipLow32(in.line[0], in.line[2]);
  const v128_t low13 = ZipLow32(in.line[1], in.line[3]);
  const v128_t high02 = ZipHigh32(in.line[0], in.line[2]);
  const v128_t high13 = ZipHigh32(in.line[1], in.line[3]);
  return {{ZipLow32(low02, low13), ZipHigh32(low02, low13), ZipLow32(high02, high13),
           ZipHigh32(high02, high13)}};
}

/// One pass: of the rows, or of the columns.
Lines Transform(const Lines& in) {
  // sqrt(2) · sin(pi / 8) in units of 2^-15 and sqrt(2) · cos(pi / 8) - 1 in units of 2^-16; for x
  // and y in turn, each picks the one.
  const v128_t x_sine = wasm_i32x4_const_splat(17734);
  const v128_t y_sine = wasm_i32x4_const_splat(17734 << 16);
  const v128_t x_cosine = wasm_i32x4_const_splat(20091);
  const v128_t y_cosine = wasm_i32x4_const_splat(20091 << 16);
  const v128_t x = in.line[1];
  const v128_t y = in.line[3];
  const v128_t pairs[] = {ZipLow16(x, y), ZipHigh16(x, y)};
  v128_t c[2];
  v128_t d[2];
  for (int i = 0; i < 2; ++i) {
    const auto sine = [&](v128_t factor) {
      return wasm_i32x4_shr(wasm_i32x4_dot_i16x8(pairs[i], factor), 15);
    };
    const auto cosine = [&](v128_t factor) {
      return wasm_i32x4_shr(wasm_i32x4_dot_i16x8(pairs[i], factor), 16);
    };
    c[i] = wasm_i32x4_sub(sine(x_sine), cosine(y_cosine));
    d[i] = wasm_i32x4_add(cosine(x_cosine), sine(y_sine));
  }
  const v128_t a1 = wasm_i16x8_add(in.line[0], in.line[2]);
  const v128_t b1 = wasm_i16x8_sub(in.line[0], in.line[2]);
  const v128_t c1 = wasm_i16x8_sub(wasm_i16x8_narrow_i32x4(c[0], c[1]), y);
  const v128_t d1 = wasm_i16x8_add(wasm_i16x8_narrow_i32x4(d[0], d[1]), x);
  return {{wasm_i16x8_add(a1, d1), wasm_i16x8_add(b1, c1), wasm_i16x8_sub(b1, c1),
           wasm_i16x8_sub(a1, d1)}};
}

void AddRow(uint8_t* target, v128_t difference) {
  const v128_t sum = wasm_i16x8_add(wasm_u16x8_load8x8(target), difference);
  wasm_v128_store64_lane(target, wasm_u8x16_narrow_i16x8(sum, sum), 0);
}

void AddTransformed(int16_t* levels, const int16_t* dequant, uint8_t* target, int stride) {
  const v128_t dequant_low = wasm_v128_load(dequant);
  const v128_t dequant_high = wasm_v128_load(dequant + 8);
  const v128_t left_low = wasm_i16x8_mul(wasm_v128_load(levels), dequant_low);
  const v128_t left_high = wasm_i16x8_mul(wasm_v128_load(levels + 8), dequant_high);
  const v128_t right_low = wasm_i16x8_mul(wasm_v128_load(levels + 16), dequant_low);
  const v128_t right_high = wasm_i16x8_mul(wasm_v128_load(levels + 24), dequant_high);
  std::memset(levels, 0, 2 * kBlockSize * sizeof(*levels));

  const Lines rows = {{ZipLow16(left_low, right_low), ZipHigh16(left_low, right_low),
                       ZipLow16(left_high, right_high), ZipHigh16(left_high, right_high)}};
  Lines columns = Transpose(Transform(rows));
  columns.line[0] = wasm_i16x8_add(columns.line[0], wasm_i16x8_const_splat(4));
  Lines out = Transform(columns);
  for (v128_t& line : out.line) line = wasm_i16x8_shr(line, 3);

  // Zipped, a pair of columns has both blocks' pixels beside each other.
  const v128_t low01 = ZipLow16(out.line[0], out.line[1]);
  const v128_t low23 = ZipLow16(out.line[2], out.line[3]);
  const v128_t high01 = ZipHigh16(out.line[0], out.line[1]);
  const v128_t high23 = ZipHigh16(out.line[2], out.line[3]);
  AddRow(target, ZipLow32(low01, low23));
  AddRow(target + stride, ZipHigh32(low01, low23));
  AddRow(target + 2 * stride, ZipLow32(high01, high23));
  AddRow(target + 3 * stride, ZipHigh32(high01, high23));
}

/// Blocks that have but the first coefficient are flat.
void AddFlat(int16_t* levels, int dequant, uint8_t* target, int stride) {
  const auto level = [=](const int16_t& first) {
    return wasm_i16x8_splat(static_cast<int16_t>((static_cast<int16_t>(first * dequant) + 4) >> 3));
  };
  const v128_t difference = wasm_i64x2_shuffle(level(levels[0]), level(levels[kBlockSize]), 0, 2);
  levels[0] = 0;
  levels[kBlockSize] = 0;
  for (int y = 0; y < 4; ++y) AddRow(target + y * stride, difference);
}

/// Two blocks beside each other; `ends` are the places behind their last coefficients.
void AddPair(int16_t* levels, const int16_t* dequant, uint8_t* target, int stride,
             const int8_t* ends) {
  if (ends[0] > 1 || ends[1] > 1) {
    AddTransformed(levels, dequant, target, stride);
  } else if (levels[0] != 0 || levels[kBlockSize] != 0) {
    AddFlat(levels, dequant[0], target, stride);
  }
}

}  // namespace

extern "C" {

void vp8_dequant_idct_add_y_block_neon(int16_t* levels, const int16_t* dequant, uint8_t* target,
                                       int stride, const int8_t* ends) {
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; x += 2) {
      AddPair(levels, dequant, target + 4 * x, stride, ends);
      levels += 2 * kBlockSize;
      ends += 2;
    }
    target += 4 * stride;
  }
}

void vp8_dequant_idct_add_uv_block_neon(int16_t* levels, const int16_t* dequant, uint8_t* u,
                                        uint8_t* v, int stride, const int8_t* ends) {
  uint8_t* const targets[] = {u, u + 4 * stride, v, v + 4 * stride};
  for (uint8_t* target : targets) {
    AddPair(levels, dequant, target, stride, ends);
    levels += 2 * kBlockSize;
    ends += 2;
  }
}

}  // extern "C"
