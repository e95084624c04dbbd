// Vectors of integers, 16 bytes wide: eight or sixteen samples side by side. Written with the
// vector extensions that GCC and Clang share, and by instructions of SIMD128 where there is one
// that the extensions cannot name. All is integer arithmetic, so every build gives the same bits;
// one without SIMD (EARSHOT_SCALAR) uses the plain loops alone that finish each row anyway.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

namespace earshot {

#if defined(EARSHOT_SCALAR)
inline constexpr bool kVectors = false;
#else
inline constexpr bool kVectors = true;
#endif

using U8x16 = uint8_t __attribute__((vector_size(16)));
using U16x8 = uint16_t __attribute__((vector_size(16)));
using I16x8 = int16_t __attribute__((vector_size(16)));
using I32x4 = int32_t __attribute__((vector_size(16)));

/// Unaligned load and store.
template <typename Vector, typename Sample>
Vector Load(const Sample* source) {
  Vector value;
  std::memcpy(&value, source, sizeof(value));
  return value;
}
template <typename Vector, typename Sample>
void Store(Sample* target, Vector value) {
  std::memcpy(target, &value, sizeof(value));
}

inline I16x8 Splat16(int value) { return I16x8{} + static_cast<int16_t>(value); }
inline I32x4 Splat32(int value) { return I32x4{} + value; }
/// {first, second, first, second, …}, for Dot().
inline I16x8 SplatPair(int first, int second) {
  const auto a = static_cast<int16_t>(first);
  const auto b = static_cast<int16_t>(second);
  return I16x8{a, b, a, b, a, b, a, b};
}

/// {a0, b0, a1, b1, …} of the first and of the last eight bytes.
inline U8x16 ZipLow(U8x16 a, U8x16 b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
inline U8x16 ZipHigh(U8x16 a, U8x16 b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                 31);
}
/// The same by pairs of bytes.
inline U8x16 ZipPairsLow(U8x16 a, U8x16 b) {
  return (U8x16)__builtin_shufflevector((U16x8)a, (U16x8)b, 0, 8, 1, 9, 2, 10, 3, 11);
}
inline U8x16 ZipPairsHigh(U8x16 a, U8x16 b) {
  return (U8x16)__builtin_shufflevector((U16x8)a, (U16x8)b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/// The even- and the odd-numbered bytes of {a, b}.
inline U8x16 Even(U8x16 a, U8x16 b) {
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}
inline U8x16 Odd(U8x16 a, U8x16 b) {
  return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

/// The first and the last eight bytes as numbers of 16 bits.
inline I16x8 WidenLow(U8x16 v) { return (I16x8)ZipLow(v, U8x16{}); }
inline I16x8 WidenHigh(U8x16 v) { return (I16x8)ZipHigh(v, U8x16{}); }

/// The even- and the odd-numbered bytes as numbers of 16 bits.
inline I16x8 WidenEven(U8x16 v) { return (I16x8)((U16x8)v & (U16x8{} + uint16_t{0xff})); }
inline I16x8 WidenOdd(U8x16 v) { return (I16x8)((U16x8)v >> 8); }

/// {a0·b0 + a1·b1, a2·b2 + a3·b3, …}
inline I32x4 Dot(I16x8 a, I16x8 b) {
#if defined(__wasm_simd128__)
  return (I32x4)wasm_i32x4_dot_i16x8((v128_t)a, (v128_t)b);
#else
  const auto even = [](I16x8 v) { return ((I32x4)v << 16) >> 16; };
  const auto odd = [](I16x8 v) { return (I32x4)v >> 16; };
  return even(a) * even(b) + odd(a) * odd(b);
#endif
}

/// The sums of a, of b, of c and of d.
inline I32x4 Sums(I32x4 a, I32x4 b, I32x4 c, I32x4 d) {
  const I32x4 ab =
      __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const I32x4 cd =
      __builtin_shufflevector(c, d, 0, 4, 1, 5) + __builtin_shufflevector(c, d, 2, 6, 3, 7);
  return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}

/// Eight and sixteen numbers in half their width, the nearest there where they do not fit.
inline I16x8 Narrow(I32x4 a, I32x4 b) {
#if defined(__wasm_simd128__)
  return (I16x8)wasm_i16x8_narrow_i32x4((v128_t)a, (v128_t)b);
#else
  const auto clamp = [](I32x4 v) {
    const I32x4 above = v > INT16_MAX;
    const I32x4 below = v < INT16_MIN;
    return (v & ~above & ~below) | (above & INT16_MAX) | (below & INT16_MIN);
  };
  return __builtin_shufflevector((I16x8)clamp(a), (I16x8)clamp(b), 0, 2, 4, 6, 8, 10, 12, 14);
#endif
}
inline U8x16 Narrow(I16x8 a, I16x8 b) {
#if defined(__wasm_simd128__)
  return (U8x16)wasm_u8x16_narrow_i16x8((v128_t)a, (v128_t)b);
#else
  const auto clamp = [](I16x8 v) {
    const I16x8 above = v > UINT8_MAX;
    return ((v & ~above) | (above & UINT8_MAX)) & ~(v < 0);
  };
  return Even((U8x16)clamp(a), (U8x16)clamp(b));
#endif
}

/// The nearest value of a byte.
inline uint8_t ToByte(int value) {
  return static_cast<uint8_t>(value < 0 ? 0 : value > UINT8_MAX ? UINT8_MAX : value);
}

}  // namespace earshot
