// How far blocks are from each other, for libvpx's motion search, in SIMD128; in the place of its
// functions of these names (tools/third-party/vpx/neon/replaced.h). Products are summed in pairs by
// one instruction, which NEON has not, so libvpx's code has no use for it. Pixels are widened as
// they are loaded. Loops take four rows in a turn: engines look for interrupts in each turn, and
// all rows in one would want more addresses than there are registers.
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
#pragma clang loop unroll_count(4)
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; x += 8) {
      Add(wasm_i16x8_sub(wasm_u16x8_load8x8(a + x), wasm_u16x8_load8x8(b + x)), sums);
    }
    a += a_stride;
    b += b_stride;
  }
  return sums;
}

template <int kNumPixels>
uint32_t Finish(const Sums& sums, uint32_t* squared_error) {
  const int64_t sum = Total(wasm_i32x4_extadd_pairwise_i16x8(sums.difference));
  *squared_error = static_cast<uint32_t>(Total(sums.square));
  return *squared_error - static_cast<uint32_t>(sum * sum / kNumPixels);
}

template <int kWidth, int kHeight>
uint32_t Variance(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride,
                  uint32_t* squared_error) {
  return Finish<kWidth * kHeight>(Compare<kWidth, kHeight>(a, a_stride, b, b_stride),
                                  squared_error);
}

/// How neighbours are blended: not at all, half and half, or by eighths.
enum class Blend { kNone, kHalf, kEighths };

constexpr Blend BlendOf(int eighths) {
  return eighths == 0 ? Blend::kNone : eighths == 4 ? Blend::kHalf : Blend::kEighths;
}

struct Weights {
  explicit Weights(int eighths)
      : near(wasm_i16x8_splat(static_cast<int16_t>(8 - eighths))),
        far(wasm_i16x8_splat(static_cast<int16_t>(eighths))) {}
  v128_t near;
  v128_t far;
};

template <Blend kBlend>
v128_t Mix(v128_t near, v128_t far, const Weights& weights) {
  if constexpr (kBlend == Blend::kHalf) return wasm_u16x8_avgr(near, far);
  const v128_t sum =
      wasm_i16x8_add(wasm_i16x8_mul(near, weights.near), wasm_i16x8_mul(far, weights.far));
  return wasm_u16x8_shr(wasm_i16x8_add(sum, wasm_i16x8_const_splat(4)), 3);
}

/// Of eight columns: `b` against what lies between the pixels of `a`. The bilinear filter of 16-bit
/// sums is that of RFC 6386, section 18.3, at an eighth of its weights.
template <Blend kX, Blend kY>
Sums CompareBetween(const uint8_t* a, int a_stride, int x_eighths, int y_eighths, const uint8_t* b,
                    int b_stride, int height) {
  const Weights x(x_eighths);
  const Weights y(y_eighths);
  const auto load = [&](const uint8_t* row) {
    const v128_t near = wasm_u16x8_load8x8(row);
    if constexpr (kX == Blend::kNone) return near;
    return Mix<kX>(near, wasm_u16x8_load8x8(row + 1), x);
  };
  Sums sums;
  v128_t near = load(a);
#pragma clang loop unroll_count(4)
  for (int i = 0; i < height; ++i) {
    a += a_stride;
    const v128_t far = load(a);
    v128_t row = near;
    if constexpr (kY != Blend::kNone) row = Mix<kY>(near, far, y);
    Add(wasm_i16x8_sub(row, wasm_u16x8_load8x8(b)), sums);
    b += b_stride;
    near = far;
  }
  return sums;
}

using CompareFunction = decltype(CompareBetween<Blend::kNone, Blend::kNone>);

template <Blend kX>
CompareFunction* ChooseY(Blend y) {
  switch (y) {
    case Blend::kNone:
      return CompareBetween<kX, Blend::kNone>;
    case Blend::kHalf:
      return CompareBetween<kX, Blend::kHalf>;
    case Blend::kEighths:
      return CompareBetween<kX, Blend::kEighths>;
  }
}

CompareFunction* Choose(Blend x, Blend y) {
  switch (x) {
    case Blend::kNone:
      return ChooseY<Blend::kNone>(y);
    case Blend::kHalf:
      return ChooseY<Blend::kHalf>(y);
    case Blend::kEighths:
      return ChooseY<Blend::kEighths>(y);
  }
}

template <int kWidth, int kHeight>
uint32_t VarianceBetween(const uint8_t* a, int a_stride, int x_eighths, int y_eighths,
                         const uint8_t* b, int b_stride, uint32_t* squared_error) {
  CompareFunction* compare = Choose(BlendOf(x_eighths), BlendOf(y_eighths));
  Sums sums = compare(a, a_stride, x_eighths, y_eighths, b, b_stride, kHeight);
  if constexpr (kWidth == 16) {
    const Sums right = compare(a + 8, a_stride, x_eighths, y_eighths, b + 8, b_stride, kHeight);
    sums.difference = wasm_i16x8_add(sums.difference, right.difference);
    sums.square = wasm_i32x4_add(sums.square, right.square);
  }
  return Finish<kWidth * kHeight>(sums, squared_error);
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

/// Sum of absolute differences.
uint32_t vpx_sad16x16_neon(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride) {
  v128_t sum = wasm_i16x8_const_splat(0);
#pragma clang loop unroll_count(4)
  for (int y = 0; y < 16; ++y) {
    const v128_t row_a = wasm_v128_load(a);
    const v128_t row_b = wasm_v128_load(b);
    const v128_t distance =
        wasm_i8x16_sub(wasm_u8x16_max(row_a, row_b), wasm_u8x16_min(row_a, row_b));
    sum = wasm_i16x8_add(sum, wasm_u16x8_extadd_pairwise_u8x16(distance));
    a += a_stride;
    b += b_stride;
  }
  return static_cast<uint32_t>(Total(wasm_u32x4_extadd_pairwise_u16x8(sum)));
}

uint32_t vpx_mse16x16_neon(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride,
                           uint32_t* squared_error) {
  *squared_error = static_cast<uint32_t>(Total(Compare<16, 16>(a, a_stride, b, b_stride).square));
  return *squared_error;
}

uint32_t vpx_sub_pixel_variance16x16_neon(const uint8_t* a, int a_stride, int x_eighths,
                                          int y_eighths, const uint8_t* b, int b_stride,
                                          uint32_t* squared_error) {
  return VarianceBetween<16, 16>(a, a_stride, x_eighths, y_eighths, b, b_stride, squared_error);
}

uint32_t vpx_sub_pixel_variance16x8_neon(const uint8_t* a, int a_stride, int x_eighths,
                                         int y_eighths, const uint8_t* b, int b_stride,
                                         uint32_t* squared_error) {
  return VarianceBetween<16, 8>(a, a_stride, x_eighths, y_eighths, b, b_stride, squared_error);
}

uint32_t vpx_sub_pixel_variance8x16_neon(const uint8_t* a, int a_stride, int x_eighths,
                                         int y_eighths, const uint8_t* b, int b_stride,
                                         uint32_t* squared_error) {
  return VarianceBetween<8, 16>(a, a_stride, x_eighths, y_eighths, b, b_stride, squared_error);
}

uint32_t vpx_sub_pixel_variance8x8_neon(const uint8_t* a, int a_stride, int x_eighths,
                                        int y_eighths, const uint8_t* b, int b_stride,
                                        uint32_t* squared_error) {
  return VarianceBetween<8, 8>(a, a_stride, x_eighths, y_eighths, b, b_stride, squared_error);
}

}  // extern "C"
