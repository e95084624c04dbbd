// Prediction from between the pixels of another picture (RFC 6386, section 18.3), in SIMD128; in
// the place of libvpx's functions of these names (tools/third-party/vpx/neon/replaced.h). Pixels
// are widened as they are loaded and stay 16 bits wide between the passes. Taps that are subtracted
// are summed apart, so that no sum needs a sign: 255 times the positive ones fits into 16 bits.
#include <wasm_simd128.h>

#include <cstdint>

namespace {

/// By eighths of a pixel: the amounts of the taps, from two pixels before to three behind. Those
/// one before and two behind are subtracted.
constexpr int16_t kTaps[8][6] = {
    {0, 0, 128, 0, 0, 0},   {0, 6, 123, 12, 1, 0}, {2, 11, 108, 36, 8, 1}, {0, 9, 93, 50, 6, 0},
    {3, 16, 77, 77, 16, 3}, {0, 6, 50, 93, 9, 0},  {1, 8, 36, 108, 11, 2}, {0, 1, 12, 123, 6, 0}};
/// Odd eighths have four.
constexpr bool HasSixTaps(int eighths) { return eighths % 2 == 0; }

constexpr int kColumns = 8;

struct Taps {
  explicit Taps(int eighths) {
    for (int i = 0; i < 6; ++i) tap[i] = wasm_i16x8_splat(kTaps[eighths][i]);
  }
  v128_t tap[6];
};

/// Eight pixels as 16 bits each; pixel(i) are those i away.
template <bool kSix, class Pixel>
v128_t Filter(const Taps& taps, Pixel pixel) {
  const auto part = [&](int i) { return wasm_i16x8_mul(pixel(i), taps.tap[i + 2]); };
  v128_t plus = wasm_i16x8_add(part(0), part(1));
  if constexpr (kSix) plus = wasm_i16x8_add(plus, wasm_i16x8_add(part(-2), part(3)));
  const v128_t minus = wasm_i16x8_add(part(-1), part(2));
  const v128_t sum = wasm_i16x8_add(wasm_u16x8_sub_sat(plus, minus), wasm_i16x8_const_splat(64));
  return wasm_u16x8_shr(sum, 7);
}

template <bool kSix>
void FilterRows(const uint8_t* source, int stride, int eighths, int num_rows, v128_t* rows) {
  const Taps taps(eighths);
  for (int y = 0; y < num_rows; ++y) {
    const v128_t row =
        Filter<kSix>(taps, [source](int i) { return wasm_u16x8_load8x8(source + i); });
    rows[y] = wasm_u16x8_min(row, wasm_u16x8_const_splat(255));
    source += stride;
  }
}

/// row(y) is eight pixels. Two rows at a time, which have most of what is around them in common;
/// what the next two need of it stays in variables, because an array would go through memory.
template <bool kSix, class Row>
void FilterColumns(Row row, int eighths, int num_rows, uint8_t* target, int stride) {
  const Taps taps(eighths);
  v128_t a = kSix ? row(-2) : v128_t{};
  v128_t b = row(-1);
  v128_t c = row(0);
  v128_t d = row(1);
  v128_t e = row(2);
  for (int y = 0; y < num_rows; y += 2) {
    const v128_t around[] = {a, b, c, d, e, row(y + 3), row(y + 4)};
    const v128_t first = Filter<kSix>(taps, [&](int i) { return around[i + 2]; });
    const v128_t second = Filter<kSix>(taps, [&](int i) { return around[i + 3]; });
    const v128_t both = wasm_u8x16_narrow_i16x8(first, second);
    wasm_v128_store64_lane(target, both, 0);
    wasm_v128_store64_lane(target + stride, both, 1);
    target += 2 * stride;
    a = c;
    b = d;
    c = e;
    d = around[5];
    e = around[6];
  }
}

template <class Row>
void FilterColumns(Row row, int eighths, int num_rows, uint8_t* target, int stride) {
  if (HasSixTaps(eighths)) {
    FilterColumns<true>(row, eighths, num_rows, target, stride);
  } else {
    FilterColumns<false>(row, eighths, num_rows, target, stride);
  }
}

template <int kHeight>
void PredictColumns(const uint8_t* source, int source_stride, int x_eighths, int y_eighths,
                    uint8_t* target, int target_stride) {
  if (x_eighths == 0) {
    const auto row = [=](int y) { return wasm_u16x8_load8x8(source + y * source_stride); };
    FilterColumns(row, y_eighths, kHeight, target, target_stride);
    return;
  }
  // The second pass takes one or two rows before and three behind.
  const int before = y_eighths == 0 ? 0 : HasSixTaps(y_eighths) ? 2 : 1;
  const int behind = y_eighths == 0 ? 0 : 3;
  v128_t rows[kHeight + 5];
  source -= before * source_stride;
  if (HasSixTaps(x_eighths)) {
    FilterRows<true>(source, source_stride, x_eighths, before + kHeight + behind, rows);
  } else {
    FilterRows<false>(source, source_stride, x_eighths, before + kHeight + behind, rows);
  }
  const v128_t* first = rows + before;
  if (y_eighths == 0) {
    for (int y = 0; y < kHeight; ++y) {
      wasm_v128_store64_lane(target, wasm_u8x16_narrow_i16x8(first[y], first[y]), 0);
      target += target_stride;
    }
  } else {
    FilterColumns([first](int y) { return first[y]; }, y_eighths, kHeight, target, target_stride);
  }
}

template <int kWidth, int kHeight>
void Predict(const uint8_t* source, int source_stride, int x_eighths, int y_eighths,
             uint8_t* target, int target_stride) {
  for (int x = 0; x < kWidth; x += kColumns) {
    PredictColumns<kHeight>(source + x, source_stride, x_eighths, y_eighths, target + x,
                            target_stride);
  }
}

}  // namespace

extern "C" {

void vp8_sixtap_predict16x16_neon(uint8_t* source, int source_stride, int x_eighths, int y_eighths,
                                  uint8_t* target, int target_stride) {
  Predict<16, 16>(source, source_stride, x_eighths, y_eighths, target, target_stride);
}

void vp8_sixtap_predict8x8_neon(uint8_t* source, int source_stride, int x_eighths, int y_eighths,
                                uint8_t* target, int target_stride) {
  Predict<8, 8>(source, source_stride, x_eighths, y_eighths, target, target_stride);
}

void vp8_sixtap_predict8x4_neon(uint8_t* source, int source_stride, int x_eighths, int y_eighths,
                                uint8_t* target, int target_stride) {
  Predict<8, 4>(source, source_stride, x_eighths, y_eighths, target, target_stride);
}

}  // extern "C"
