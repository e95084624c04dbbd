// RealFft: forward and inverse discrete Fourier transform of real signals, the transform under
// every estimator here.
//
//   auto fft = RealFft::Create(1024);
//   fft.value().Forward(time, spectrum);   // 1024 samples -> 513 bins
//   fft.value().Inverse(spectrum, time);   // exact inverse: scaled by 1/N
#pragma once

#include <complex>
#include <memory>
#include <span>

#include "base/status.h"

namespace earshot {

/// X[k] = Σ x[n]·exp(−2πi·kn/N), k = 0 … N/2, unscaled; Inverse divides by N, so
/// Inverse(Forward(x)) = x. N = 2^a·3^b·5^c, a multiple of 32, 32 … 8192. Tables and scratch are
/// owned and made at construction; Forward and Inverse are real-time safe but use that scratch, so
/// one object serves one thread.
class RealFft {
 public:
  static StatusOr<RealFft> Create(int size);
  RealFft(RealFft&&) noexcept;
  RealFft& operator=(RealFft&&) noexcept;
  ~RealFft();

  int size() const;
  int num_bins() const { return size() / 2 + 1; }

  /// `time`: size() samples; `spectrum`: num_bins() values. They may not overlap.
  void Forward(std::span<const float> time, std::span<std::complex<float>> spectrum);
  /// The imaginary parts of bins 0 and N/2 are ignored.
  void Inverse(std::span<const std::complex<float>> spectrum, std::span<float> time);

 private:
  struct Impl;
  explicit RealFft(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace earshot
