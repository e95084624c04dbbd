// ToneFinder: finds tones that stand still for seconds: mains hum and its harmonics, fans, coils.
//   The minimum of the spectrum over a few seconds (R. Martin, "Noise power spectral density
//   estimation based on optimal smoothing and minimum statistics", IEEE Trans. Speech and Audio
//   Processing 9(5), 2001) taken at a resolution of 1.5 Hz: speech, even a held vowel, leaves every
//   such bin within that time; only what stays at one frequency without a break remains as a peak.
// Works at 6 kHz, up to 2.4 kHz: higher tones do not share a bin of the suppressor with others, so
// its gain takes care of them. What aliases from above 3 kHz can at worst make the canceller listen
// at a frequency where there is nothing.
#pragma once

#include <array>
#include <complex>
#include <span>
#include <vector>

#include "denoise/spectrum.h"
#include "dsp/real_fft.h"

namespace earshot {

/// One or two channels, tones found in their summed power. Real-time safe once made; most calls do
/// next to nothing, one in 64 transforms.
class ToneFinder {
 public:
  static constexpr int kDecimation = 8;
  static constexpr int kSize = 4096;
  static constexpr int kMaxTones = 24;

  /// `fft`: of kSize points. `num_channels`: 1 or 2.
  ToneFinder(RealFft fft, int num_channels);

  /// Takes the newest hop of one channel; call for every channel, then Update() once.
  void Push(int channel, std::span<const float> hop);

  /// Whether frequencies_hz() is new.
  bool Update();

  /// The steady tones, at most kMaxTones, the lowest first; accurate to about 0.2 Hz.
  std::span<const float> frequencies_hz() const {
    return std::span(tones_).first(static_cast<std::size_t>(num_tones_));
  }

  void Reset();

 private:
  static constexpr int kHopsPerStep = kSize / kDecimation / 8;  // windows overlap by half
  static constexpr int kSpectra = 9;                            // over 3.4 s
  static constexpr float kBinHz = 48000.0F / kDecimation / kSize;
  static constexpr int kFirstBin = static_cast<int>(30.0F / kBinHz);
  static constexpr int kEndBin = static_cast<int>(2400.0F / kBinHz);
  using Powers = std::array<float, kEndBin>;

  void Transform();
  void FindPeaks();
  bool IsPeak(int k) const;

  RealFft fft_;
  std::vector<std::array<float, kSize>> histories_;  // one a channel, decimated
  std::vector<float> window_;
  std::vector<float> block_;
  std::vector<std::complex<float>> spectrum_;
  std::vector<Powers> recent_;  // kSpectra of them, round robin
  Powers minimum_;
  std::array<float, kMaxTones> tones_;
  int num_tones_ = 0;
  int hops_ = 0;
  int spectra_seen_ = 0;
};

}  // namespace earshot
