// OverlapAdd: windowed spectra of a signal and the signal back from them, with low delay.
//   D. Mauler, R. Martin, "A low delay, variable resolution, perfect reconstruction spectral
//   analysis-synthesis system for speech enhancement", EUSIPCO 2007.
// The analysis window is long for frequency resolution; the synthesis window covers only its newest
// part, so the delay is that of a shorter transform. The product of the two is a Hann window, whose
// shifts by the hop sum to one.
#pragma once

#include <array>
#include <complex>
#include <span>

#include "denoise/spectrum.h"
#include "dsp/real_fft.h"

namespace earshot {

/// Length of the synthesis window: the delay is kSynthesisSize − kHopSize.
inline constexpr int kSynthesisSize = 768;

/// The window pair, made once and shared by the channels.
struct WindowPair {
  WindowPair();
  std::array<float, kWindowSize> analysis;
  /// For the last kSynthesisSize samples of a frame; holds the factor that makes the overlapping
  /// products sum to one.
  std::array<float, kSynthesisSize> synthesis;
};

/// One channel. Real-time safe.
class OverlapAdd {
 public:
  using ComplexSpectrum = std::array<std::complex<float>, kNumBins>;

  OverlapAdd() { Reset(); }

  /// Takes kHopSize new samples, each finite and zero or normal (Sanitize), and leaves the windowed
  /// spectrum of the last kWindowSize in spectrum().
  void Analyze(const WindowPair& windows, RealFft& fft, std::span<const float> input);

  /// To be changed in place between Analyze and Synthesize.
  ComplexSpectrum& spectrum() { return spectrum_; }

  /// Writes kHopSize samples, kSynthesisSize − kHopSize behind the newest input.
  void Synthesize(const WindowPair& windows, RealFft& fft, std::span<float> output);

  void Reset();

 private:
  std::array<float, kWindowSize> history_;
  std::array<float, kWindowSize> block_;
  std::array<float, kSynthesisSize> overlap_;
  ComplexSpectrum spectrum_;
};

}  // namespace earshot
