// Float4: four floats side by side, written with the vector extensions that GCC and Clang share.
// One source becomes SSE or NEON natively and SIMD128 in WebAssembly; a build without SIMD
// (EARSHOT_SCALAR) lowers the same code to scalars.
#pragma once

#include <cstddef>
#include <cstring>

namespace earshot {

using Float4 = float __attribute__((vector_size(16)));

inline constexpr int kFloat4Lanes = 4;

/// Unaligned load and store of four floats.
inline Float4 Load4(const float* source) {
  Float4 value;
  std::memcpy(&value, source, sizeof(value));
  return value;
}
inline void Store4(float* target, Float4 value) { std::memcpy(target, &value, sizeof(value)); }

inline Float4 Splat4(float value) { return Float4{value, value, value, value}; }

inline Float4 Reverse4(Float4 v) { return __builtin_shufflevector(v, v, 3, 2, 1, 0); }

/// {a0, b0, a1, b1} and {a2, b2, a3, b3}: two split vectors into interleaved pairs.
inline Float4 InterleaveLow4(Float4 a, Float4 b) {
  return __builtin_shufflevector(a, b, 0, 4, 1, 5);
}
inline Float4 InterleaveHigh4(Float4 a, Float4 b) {
  return __builtin_shufflevector(a, b, 2, 6, 3, 7);
}

/// The even- and the odd-numbered of the eight floats {a, b}: interleaved pairs into split vectors.
inline Float4 Even4(Float4 a, Float4 b) { return __builtin_shufflevector(a, b, 0, 2, 4, 6); }
inline Float4 Odd4(Float4 a, Float4 b) { return __builtin_shufflevector(a, b, 1, 3, 5, 7); }

/// Transposes the 4 × 4 matrix whose rows are v[0] … v[3].
inline void Transpose4(Float4 (&v)[4]) {
  const Float4 low02 = InterleaveLow4(v[0], v[2]);
  const Float4 low13 = InterleaveLow4(v[1], v[3]);
  const Float4 high02 = InterleaveHigh4(v[0], v[2]);
  const Float4 high13 = InterleaveHigh4(v[1], v[3]);
  v[0] = InterleaveLow4(low02, low13);
  v[1] = InterleaveHigh4(low02, low13);
  v[2] = InterleaveLow4(high02, high13);
  v[3] = InterleaveHigh4(high02, high13);
}

inline float Sum4(Float4 v) { return (v[0] + v[2]) + (v[1] + v[3]); }

/// Σ a[i]·b[i], i = 0 … count − 1. Four accumulators hide the latency of the additions; the order
/// of summation depends on `count` alone, so equal inputs give equal bits wherever they lie in
/// memory.
inline float DotProduct(const float* a, const float* b, int count) {
  Float4 sum0{};
  Float4 sum1{};
  Float4 sum2{};
  Float4 sum3{};
  int i = 0;
  for (; i + 16 <= count; i += 16) {
    sum0 += Load4(a + i) * Load4(b + i);
    sum1 += Load4(a + i + 4) * Load4(b + i + 4);
    sum2 += Load4(a + i + 8) * Load4(b + i + 8);
    sum3 += Load4(a + i + 12) * Load4(b + i + 12);
  }
  for (; i + 4 <= count; i += 4) sum0 += Load4(a + i) * Load4(b + i);
  float sum = Sum4((sum0 + sum1) + (sum2 + sum3));
  for (; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace earshot
