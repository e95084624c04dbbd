// CepstralSmoother: smooths a log spectrum over time without smearing speech.
//   C. Breithaupt, T. Gerkmann, R. Martin, "A novel a priori SNR estimation approach based on
//   selective cepstro-temporal smoothing", ICASSP 2008.
// In the cepstrum speech lives in few coefficients: the low ones (the envelope of the vocal tract)
// and those around the pitch period. They pass almost unsmoothed; all others, where the outliers of
// noise live that are heard as musical noise, are smoothed strongly.
// Noise fills the valleys between the harmonics, which flattens the pitch peak: in voiced frames it
// is amplified.
//   S. Elshamy, N. Madhu, W. Tirry, T. Fingscheidt, "Instantaneous a priori SNR estimation by
//   cepstral excitation manipulation", IEEE/ACM Trans. Audio, Speech, Language Processing 25(8),
//   2017.
#pragma once

#include <array>
#include <complex>
#include <span>

#include "dsp/real_fft.h"

namespace earshot {

/// Works on the bins up to 12 kHz: kSize/2 + 1 values. Real-time safe once made.
class CepstralSmoother {
 public:
  static constexpr int kSize = 512;
  static constexpr int kBins = kSize / 2 + 1;

  /// `fft`: of kSize points.
  explicit CepstralSmoother(RealFft fft);

  /// `log_spectrum`: kBins values, replaced by the smoothed ones, with deeper valleys between
  /// harmonics.
  void Smooth(std::span<float> log_spectrum);

  /// Height of the highest cepstral peak among pitch periods in the latest frame; 0 or more.
  float pitch_strength() const { return pitch_strength_; }

  void Reset();

 private:
  int FindPitch();
  void UpdateWeights(int pitch);
  void AmplifyPitch(int pitch);

  RealFft fft_;
  std::array<std::complex<float>, kBins> spectrum_;
  std::array<float, kSize> cepstrum_;
  std::array<float, kBins> smoothed_;  // cepstrum, recursive mean
  std::array<float, kBins> base_;      // smoothing constant per coefficient without pitch
  std::array<float, kBins> weight_;  // the one in use: back to base_ slowly when the pitch moves on
  float pitch_strength_ = 0.0F;
  bool started_ = false;
};

}  // namespace earshot
