#include "video/chroma_rows.h"

#include <algorithm>

#include "video/simd.h"

namespace earshot {

void SplitPairs(const uint8_t* pairs, int count, uint8_t* a, uint8_t* b) {
  int x = 0;
  for (; kVectors && x + 16 <= count; x += 16) {
    const auto low = Load<U8x16>(pairs + 2 * x);
    const auto high = Load<U8x16>(pairs + 2 * x + 16);
    Store(a + x, Even(low, high));
    Store(b + x, Odd(low, high));
  }
  for (; x < count; ++x) {
    a[x] = pairs[2 * x];
    b[x] = pairs[2 * x + 1];
  }
}

void MeanOfTwo(const uint8_t* row0, const uint8_t* row1, int width, uint8_t* out) {
  int x = 0;
  for (; kVectors && x + 16 <= width; x += 16) {
    const auto a = Load<U8x16>(row0 + x);
    const auto b = Load<U8x16>(row1 + x);
    const U8x16 different = a ^ b;
    const U8x16 down = (a & b) + (different >> 1);
    Store(out + x, down + (different & down & 1));
  }
  for (; x < width; ++x) {
    const int sum = row0[x] + row1[x];
    out[x] = static_cast<uint8_t>((sum + (sum >> 1 & 1)) >> 1);
  }
}

void MeanOfFour(const uint8_t* row0, const uint8_t* row1, int width, uint8_t* out) {
  const auto eight = [&](int x) {
    const auto a = Load<U8x16>(row0 + x);
    const auto b = Load<U8x16>(row1 + x);
    const I16x8 sum = WidenEven(a) + WidenOdd(a) + WidenEven(b) + WidenOdd(b);
    return (sum + 1 + (sum >> 2 & 1)) >> 2;
  };
  int x = 0;
  for (; kVectors && x + 32 <= width; x += 32) Store(out + x / 2, Narrow(eight(x), eight(x + 16)));
  for (; x < width; x += 2) {
    const int right = std::min(x + 1, width - 1);
    const int sum = row0[x] + row0[right] + row1[x] + row1[right];
    out[x / 2] = static_cast<uint8_t>((sum + 1 + (sum >> 2 & 1)) >> 2);
  }
}

void WidenChromaRow(const uint8_t* near, const uint8_t* far, int width, uint16_t* scratch,
                    uint8_t* out) {
  const int narrow = (width + 1) / 2;
  uint16_t* const mixed = scratch + 1;
  int x = 0;
  for (; kVectors && x + 16 <= narrow; x += 16) {
    const auto a = Load<U8x16>(near + x);
    const auto b = Load<U8x16>(far + x);
    Store(mixed + x, WidenLow(a) * 3 + WidenLow(b));
    Store(mixed + x + 8, WidenHigh(a) * 3 + WidenHigh(b));
  }
  for (; x < narrow; ++x) mixed[x] = static_cast<uint16_t>(3 * near[x] + far[x]);
  mixed[-1] = mixed[0];
  mixed[narrow] = mixed[narrow - 1];

  x = 0;
  for (; kVectors && 2 * x + 16 <= width; x += 8) {
    const I16x8 middle = Load<I16x8>(mixed + x) * 3 + 8;
    const I16x8 left = (middle + Load<I16x8>(mixed + x - 1)) >> 4;
    const I16x8 right = (middle + Load<I16x8>(mixed + x + 1)) >> 4;
    Store(out + 2 * x, (U8x16)(left | right << 8));
  }
  for (; x < narrow; ++x) {
    const int middle = 3 * mixed[x] + 8;
    out[2 * x] = static_cast<uint8_t>((middle + mixed[x - 1]) >> 4);
    if (2 * x + 1 < width) out[2 * x + 1] = static_cast<uint8_t>((middle + mixed[x + 1]) >> 4);
  }
}

}  // namespace earshot
