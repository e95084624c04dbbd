// Logarithm and exponential for gain computation, written so that loops over them vectorise: no
// branch, no table, no call.
#pragma once

#include <bit>
#include <cstdint>

namespace earshot {

/// log2(x) for positive normal x; absolute error below 1e-6 for |log2(x)| < 8, relative error below
/// 2e-7 beyond. Zero, denormals and negative values give a finite, meaningless number: callers keep
/// x above a floor.
inline float FastLog2(float x) {
  // x = m·2^e with m in [√½, √2), and a minimax polynomial for log2(1 + u) / u there.
  constexpr int32_t kSqrtHalfBits = 0x3F3504F3;
  const int32_t bits = std::bit_cast<int32_t>(x);
  const int32_t exponent = (bits - kSqrtHalfBits) >> 23;
  const float u = std::bit_cast<float>(bits - exponent * (1 << 23)) - 1.0F;
  float p = 0.171078021F;
  p = p * u - 0.272491377F;
  p = p * u + 0.297041121F;
  p = p * u - 0.358986628F;
  p = p * u + 0.48048698F;
  p = p * u - 0.721375067F;
  p = p * u + 1.4426992F;
  return static_cast<float>(exponent) + p * u;
}

/// 2^x, relative error below 3e-7; x is limited to [-126, 126].
inline float FastExp2(float x) {
  x = x > -126.0F ? x : -126.0F;
  x = x < 126.0F ? x : 126.0F;
  // Adding 1.5·2^23 leaves the nearest integer in the low bits of the sum.
  constexpr float kRounder = 12582912.0F;
  const float shifted = x + kRounder;
  const int32_t whole = std::bit_cast<int32_t>(shifted) - std::bit_cast<int32_t>(kRounder);
  const float f = x - (shifted - kRounder);
  float p = 0.0013276472F;
  p = p * f + 0.00967554133F;
  p = p * f + 0.0555071327F;
  p = p * f + 0.240221197F;
  p = p * f + 0.693146967F;
  p = p * f + 1.0F;
  return std::bit_cast<float>(std::bit_cast<int32_t>(p) + whole * (1 << 23));
}

/// e^x, relative error below 1e-6 for |x| < 20.
inline float FastExp(float x) { return FastExp2(x * 1.44269504F); }

/// 10·log10 of a positive power.
inline constexpr float kDbPerLog2Power = 3.01029996F;
inline float FastPowerToDb(float power) { return kDbPerLog2Power * FastLog2(power); }

}  // namespace earshot
