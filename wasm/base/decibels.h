// Decibels: between what is stored (linear) and what people read (dB, dBFS). 0 dBFS is amplitude 1.
#pragma once

#include <algorithm>
#include <cmath>

namespace earshot {

/// The level given to silence, and to anything quieter than this.
inline constexpr float kSilenceDbfs = -120.0F;

/// 10·log10 of a power (mean square), at least kSilenceDbfs.
inline float PowerToDb(float power) { return 10.0F * std::log10(std::max(power, 1e-12F)); }
/// 20·log10 of a magnitude, at least kSilenceDbfs.
inline float AmplitudeToDb(float amplitude) {
  return 20.0F * std::log10(std::max(amplitude, 1e-6F));
}

inline float DbToPower(float db) { return std::pow(10.0F, db / 10.0F); }
inline float DbToAmplitude(float db) { return std::pow(10.0F, db / 20.0F); }

}  // namespace earshot
