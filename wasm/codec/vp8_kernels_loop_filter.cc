// The normal loop filter of VP8 (RFC 6386, section 15), in SIMD128; in the place of libvpx's
// functions of these names (tools/third-party/vpx/neon/replaced.h). Signed pixels stay bytes
// throughout, rows become columns by zipping alone, and shifts are those of 16 bits: shifts of
// bytes are slow.
#include <wasm_simd128.h>

#include <cstdint>

namespace {

/// Where the lines along an edge lie: p3 … p0 before it, q0 … q3 behind.
enum Line { kP3, kP2, kP1, kP0, kQ0, kQ1, kQ2, kQ3, kNumLines };

/// 16 places along an edge.
struct Edge {
  v128_t line[kNumLines];
};

struct Limits {
  Limits(uint8_t edge_limit, uint8_t interior_limit, uint8_t variance_threshold)
      : edge(wasm_u8x16_splat(edge_limit)),
        interior(wasm_u8x16_splat(interior_limit)),
        variance(wasm_u8x16_splat(variance_threshold)) {}
  v128_t edge;
  v128_t interior;
  v128_t variance;
};

struct Decision {
  v128_t filter;  // all ones where the edge is filtered at all
  v128_t smooth;  // all ones where it has no high variance
};

v128_t Distance(v128_t a, v128_t b) {
  return wasm_v128_or(wasm_u8x16_sub_sat(a, b), wasm_u8x16_sub_sat(b, a));
}

Decision Decide(const Edge& edge, const Limits& limits) {
  const auto step = [&](Line a, Line b) { return Distance(edge.line[a], edge.line[b]); };
  const v128_t inner = wasm_u8x16_max(step(kP1, kP0), step(kQ1, kQ0));
  const v128_t outer = wasm_u8x16_max(wasm_u8x16_max(step(kP3, kP2), step(kP2, kP1)),
                                      wasm_u8x16_max(step(kQ3, kQ2), step(kQ2, kQ1)));
  const v128_t across = step(kP0, kQ0);
  const v128_t half =
      wasm_v128_and(wasm_u16x8_shr(step(kP1, kQ1), 1), wasm_u8x16_const_splat(0x7f));
  const v128_t difference = wasm_u8x16_add_sat(wasm_u8x16_add_sat(across, across), half);
  const v128_t excess =
      wasm_v128_or(wasm_u8x16_sub_sat(wasm_u8x16_max(inner, outer), limits.interior),
                   wasm_u8x16_sub_sat(difference, limits.edge));
  const v128_t zero = wasm_i8x16_const_splat(0);
  return {wasm_i8x16_eq(excess, zero),
          wasm_i8x16_eq(wasm_u8x16_sub_sat(inner, limits.variance), zero)};
}

v128_t FlipSign(v128_t bytes) { return wasm_v128_xor(bytes, wasm_u8x16_const_splat(0x80)); }

/// value + 3 · (q0 - p0), clamped.
v128_t AddAcross(v128_t value, v128_t p0, v128_t q0) {
  const v128_t across = wasm_i8x16_sub_sat(q0, p0);
  value = wasm_i8x16_add_sat(value, across);
  value = wasm_i8x16_add_sat(value, across);
  return wasm_i8x16_add_sat(value, across);
}

/// 16 + ((value + rounding) >> 3) of a value whose sign is flipped, which makes it unsigned.
v128_t BiasedEighth(v128_t flipped, v128_t rounding) {
  return wasm_v128_and(wasm_u16x8_shr(wasm_u8x16_add_sat(flipped, rounding), 3),
                       wasm_u8x16_const_splat(0x1f));
}

v128_t Unbias(v128_t eighth) { return wasm_i8x16_sub(eighth, wasm_i8x16_const_splat(16)); }

/// Between subblocks: p1 … q1 change.
void FilterInner(Edge& edge, const Limits& limits) {
  const Decision decision = Decide(edge, limits);
  const v128_t p1 = FlipSign(edge.line[kP1]);
  const v128_t p0 = FlipSign(edge.line[kP0]);
  const v128_t q0 = FlipSign(edge.line[kQ0]);
  const v128_t q1 = FlipSign(edge.line[kQ1]);
  const v128_t outer = wasm_v128_andnot(wasm_i8x16_sub_sat(p1, q1), decision.smooth);
  const v128_t value = FlipSign(wasm_v128_and(AddAcross(outer, p0, q0), decision.filter));
  const v128_t first = BiasedEighth(value, wasm_u8x16_const_splat(4));
  const v128_t second = BiasedEighth(value, wasm_u8x16_const_splat(3));
  edge.line[kQ0] = FlipSign(wasm_i8x16_sub_sat(q0, Unbias(first)));
  edge.line[kP0] = FlipSign(wasm_i8x16_add_sat(p0, Unbias(second)));
  // Half of `first`, rounded up, of which 8 is the bias.
  const v128_t half =
      wasm_i8x16_sub(wasm_u8x16_avgr(first, wasm_u8x16_const_splat(0)), wasm_i8x16_const_splat(8));
  const v128_t beside = wasm_v128_and(half, decision.smooth);
  edge.line[kQ1] = FlipSign(wasm_i8x16_sub_sat(q1, beside));
  edge.line[kP1] = FlipSign(wasm_i8x16_add_sat(p1, beside));
}

/// Between macroblocks: p2 … q2 change.
void FilterOuter(Edge& edge, const Limits& limits) {
  const Decision decision = Decide(edge, limits);
  const v128_t p1 = FlipSign(edge.line[kP1]);
  const v128_t q1 = FlipSign(edge.line[kQ1]);
  v128_t p0 = FlipSign(edge.line[kP0]);
  v128_t q0 = FlipSign(edge.line[kQ0]);
  const v128_t value =
      wasm_v128_and(AddAcross(wasm_i8x16_sub_sat(p1, q1), p0, q0), decision.filter);
  const v128_t steep = FlipSign(wasm_v128_andnot(value, decision.smooth));
  q0 = wasm_i8x16_sub_sat(q0, Unbias(BiasedEighth(steep, wasm_u8x16_const_splat(4))));
  p0 = wasm_i8x16_add_sat(p0, Unbias(BiasedEighth(steep, wasm_u8x16_const_splat(3))));

  // (9 · value + 63) >> 7, and of 18 and of 27 times the value.
  const v128_t smooth = wasm_v128_and(value, decision.smooth);
  const v128_t nine = wasm_i16x8_const_splat(9);
  const v128_t low = wasm_i16x8_mul(wasm_i16x8_extend_low_i8x16(smooth), nine);
  const v128_t high = wasm_i16x8_mul(wasm_i16x8_extend_high_i8x16(smooth), nine);
  v128_t sum_low = wasm_i16x8_const_splat(63);
  v128_t sum_high = sum_low;
  const auto next = [&] {
    sum_low = wasm_i16x8_add(sum_low, low);
    sum_high = wasm_i16x8_add(sum_high, high);
    return wasm_i8x16_narrow_i16x8(wasm_i16x8_shr(sum_low, 7), wasm_i16x8_shr(sum_high, 7));
  };
  const v128_t once = next();
  edge.line[kQ2] = FlipSign(wasm_i8x16_sub_sat(FlipSign(edge.line[kQ2]), once));
  edge.line[kP2] = FlipSign(wasm_i8x16_add_sat(FlipSign(edge.line[kP2]), once));
  const v128_t twice = next();
  edge.line[kQ1] = FlipSign(wasm_i8x16_sub_sat(q1, twice));
  edge.line[kP1] = FlipSign(wasm_i8x16_add_sat(p1, twice));
  const v128_t thrice = next();
  edge.line[kQ0] = FlipSign(wasm_i8x16_sub_sat(q0, thrice));
  edge.line[kP0] = FlipSign(wasm_i8x16_add_sat(p0, thrice));
}

v128_t ZipLow(v128_t a, v128_t b) {
  return wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
v128_t ZipHigh(v128_t a, v128_t b) {
  return wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/// Of eight rows from `first` and eight from `second`, 8 pixels each: zipping row i with row
/// i + half as often as it takes brings pixels of one column beside each other.
Edge LoadColumns(const uint8_t* first, const uint8_t* second, int stride) {
  v128_t a[8];
  for (v128_t& pair : a) {
    pair = ZipLow(wasm_v128_load64_zero(first), wasm_v128_load64_zero(second));
    first += stride;
    second += stride;
  }
  v128_t b[8];
  for (int i = 0; i < 4; ++i) {
    b[i] = ZipLow(a[i], a[i + 4]);
    b[i + 4] = ZipHigh(a[i], a[i + 4]);
  }
  Edge edge;
  for (int half = 0; half < 8; half += 4) {
    const v128_t* four = &b[half];
    const v128_t even_low = ZipLow(four[0], four[2]);
    const v128_t even_high = ZipHigh(four[0], four[2]);
    const v128_t odd_low = ZipLow(four[1], four[3]);
    const v128_t odd_high = ZipHigh(four[1], four[3]);
    edge.line[half] = ZipLow(even_low, odd_low);
    edge.line[half + 1] = ZipHigh(even_low, odd_low);
    edge.line[half + 2] = ZipLow(even_high, odd_high);
    edge.line[half + 3] = ZipHigh(even_high, odd_high);
  }
  return edge;
}

/// The way back, of all lines.
void StoreColumns(const Edge& edge, uint8_t* first, uint8_t* second, int stride) {
  v128_t low[4];
  v128_t high[4];
  for (int i = 0; i < 4; ++i) {
    low[i] = ZipLow(edge.line[i], edge.line[i + 4]);
    high[i] = ZipHigh(edge.line[i], edge.line[i + 4]);
  }
  const auto store = [stride](const v128_t(&four)[4], uint8_t* row) {
    const auto store_two = [&](v128_t rows) {
      wasm_v128_store64_lane(row, rows, 0);
      wasm_v128_store64_lane(row + stride, rows, 1);
      row += 2 * stride;
    };
    const v128_t even_low = ZipLow(four[0], four[2]);
    const v128_t odd_low = ZipLow(four[1], four[3]);
    store_two(ZipLow(even_low, odd_low));
    store_two(ZipHigh(even_low, odd_low));
    const v128_t even_high = ZipHigh(four[0], four[2]);
    const v128_t odd_high = ZipHigh(four[1], four[3]);
    store_two(ZipLow(even_high, odd_high));
    store_two(ZipHigh(even_high, odd_high));
  };
  store(low, first);
  store(high, second);
}

/// Likewise of p1 … q1 alone, to where p1 lies.
void StoreInnerColumns(const Edge& edge, uint8_t* first, uint8_t* second, int stride) {
  const v128_t* four = &edge.line[kP1];
  const auto store = [stride](v128_t even, v128_t odd, uint8_t* row) {
    const auto store_four = [&](v128_t rows) {
      wasm_v128_store32_lane(row, rows, 0);
      wasm_v128_store32_lane(row + stride, rows, 1);
      wasm_v128_store32_lane(row + 2 * stride, rows, 2);
      wasm_v128_store32_lane(row + 3 * stride, rows, 3);
      row += 4 * stride;
    };
    store_four(ZipLow(even, odd));
    store_four(ZipHigh(even, odd));
  };
  store(ZipLow(four[0], four[2]), ZipLow(four[1], four[3]), first);
  store(ZipHigh(four[0], four[2]), ZipHigh(four[1], four[3]), second);
}

/// Lines of 16 pixels; `y` is at q0.
Edge LoadRows(const uint8_t* y, int stride) {
  Edge edge;
  y -= 4 * stride;
  for (v128_t& line : edge.line) {
    line = wasm_v128_load(y);
    y += stride;
  }
  return edge;
}

void StoreRows(const Edge& edge, Line begin, Line last, uint8_t* y, int stride) {
  for (int i = begin; i <= last; ++i) wasm_v128_store(y + (i - kQ0) * stride, edge.line[i]);
}

/// Lines of 8 pixels of one plane and 8 of the other.
Edge LoadRows(const uint8_t* u, const uint8_t* v, int stride) {
  Edge edge;
  u -= 4 * stride;
  v -= 4 * stride;
  for (v128_t& line : edge.line) {
    line = wasm_v128_load64_lane(v, wasm_v128_load64_zero(u), 1);
    u += stride;
    v += stride;
  }
  return edge;
}

void StoreRows(const Edge& edge, Line begin, Line last, uint8_t* u, uint8_t* v, int stride) {
  for (int i = begin; i <= last; ++i) {
    wasm_v128_store64_lane(u + (i - kQ0) * stride, edge.line[i], 0);
    wasm_v128_store64_lane(v + (i - kQ0) * stride, edge.line[i], 1);
  }
}

}  // namespace

extern "C" {

void vp8_loop_filter_horizontal_edge_y_neon(uint8_t* y, int stride, uint8_t edge_limit,
                                            uint8_t interior_limit, uint8_t variance_threshold) {
  Edge edge = LoadRows(y, stride);
  FilterInner(edge, {edge_limit, interior_limit, variance_threshold});
  StoreRows(edge, kP1, kQ1, y, stride);
}

void vp8_loop_filter_horizontal_edge_uv_neon(uint8_t* u, int stride, uint8_t edge_limit,
                                             uint8_t interior_limit, uint8_t variance_threshold,
                                             uint8_t* v) {
  Edge edge = LoadRows(u, v, stride);
  FilterInner(edge, {edge_limit, interior_limit, variance_threshold});
  StoreRows(edge, kP1, kQ1, u, v, stride);
}

void vp8_loop_filter_vertical_edge_y_neon(uint8_t* y, int stride, uint8_t edge_limit,
                                          uint8_t interior_limit, uint8_t variance_threshold) {
  Edge edge = LoadColumns(y - 4, y - 4 + 8 * stride, stride);
  FilterInner(edge, {edge_limit, interior_limit, variance_threshold});
  StoreInnerColumns(edge, y - 2, y - 2 + 8 * stride, stride);
}

void vp8_loop_filter_vertical_edge_uv_neon(uint8_t* u, int stride, uint8_t edge_limit,
                                           uint8_t interior_limit, uint8_t variance_threshold,
                                           uint8_t* v) {
  Edge edge = LoadColumns(u - 4, v - 4, stride);
  FilterInner(edge, {edge_limit, interior_limit, variance_threshold});
  StoreInnerColumns(edge, u - 2, v - 2, stride);
}

void vp8_mbloop_filter_horizontal_edge_y_neon(uint8_t* y, int stride, uint8_t edge_limit,
                                              uint8_t interior_limit, uint8_t variance_threshold) {
  Edge edge = LoadRows(y, stride);
  FilterOuter(edge, {edge_limit, interior_limit, variance_threshold});
  StoreRows(edge, kP2, kQ2, y, stride);
}

void vp8_mbloop_filter_horizontal_edge_uv_neon(uint8_t* u, int stride, uint8_t edge_limit,
                                               uint8_t interior_limit, uint8_t variance_threshold,
                                               uint8_t* v) {
  Edge edge = LoadRows(u, v, stride);
  FilterOuter(edge, {edge_limit, interior_limit, variance_threshold});
  StoreRows(edge, kP2, kQ2, u, v, stride);
}

void vp8_mbloop_filter_vertical_edge_y_neon(uint8_t* y, int stride, uint8_t edge_limit,
                                            uint8_t interior_limit, uint8_t variance_threshold) {
  Edge edge = LoadColumns(y - 4, y - 4 + 8 * stride, stride);
  FilterOuter(edge, {edge_limit, interior_limit, variance_threshold});
  StoreColumns(edge, y - 4, y - 4 + 8 * stride, stride);
}

void vp8_mbloop_filter_vertical_edge_uv_neon(uint8_t* u, int stride, uint8_t edge_limit,
                                             uint8_t interior_limit, uint8_t variance_threshold,
                                             uint8_t* v) {
  Edge edge = LoadColumns(u - 4, v - 4, stride);
  FilterOuter(edge, {edge_limit, interior_limit, variance_threshold});
  StoreColumns(edge, u - 4, v - 4, stride);
}

}  // extern "C"
