#include "denoise/cepstral_smoother.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "denoise/tuning.h"

namespace earshot {
namespace {

// Quefrencies, in periods of 24 kHz.
constexpr int kEnvelopeCoarseEnd = 4;
constexpr int kEnvelopeFineEnd = 30;
constexpr int kShortestPitch = 24000 / 400;
constexpr int kLongestPitch = 24000 / 95;
constexpr int kPitchReach = 2;
constexpr int kPitchPeakReach = 1;

}  // namespace

CepstralSmoother::CepstralSmoother(RealFft fft) : fft_(std::move(fft)) {
  for (int q = 0; q < kBins; ++q) {
    base_[static_cast<std::size_t>(q)] = q < kEnvelopeCoarseEnd ? kEnvelopeCoarseSmoothing
                                         : q < kEnvelopeFineEnd ? kEnvelopeFineSmoothing
                                                                : kFineSmoothing;
  }
  Reset();
}

void CepstralSmoother::Smooth(std::span<float> log_spectrum) {
  for (std::size_t k = 0; k < kBins; ++k) spectrum_[k] = {log_spectrum[k], 0.0F};
  fft_.Inverse(spectrum_, cepstrum_);
  if (!started_) std::copy_n(cepstrum_.begin(), kBins, smoothed_.begin());
  started_ = true;
  const int pitch = FindPitch();
  UpdateWeights(pitch);
  for (std::size_t q = 0; q < kBins; ++q) {
    smoothed_[q] = weight_[q] * smoothed_[q] + (1.0F - weight_[q]) * cepstrum_[q];
  }
  std::copy(smoothed_.begin(), smoothed_.end(), cepstrum_.begin());
  if (pitch > 0) AmplifyPitch(pitch);
  for (std::size_t q = 1; q < kBins - 1; ++q) cepstrum_[kSize - q] = cepstrum_[q];
  fft_.Forward(cepstrum_, spectrum_);
  for (std::size_t k = 0; k < kBins; ++k) log_spectrum[k] = spectrum_[k].real();
}

int CepstralSmoother::FindPitch() {
  const std::span pitches =
      std::span(cepstrum_).subspan(kShortestPitch, kLongestPitch - kShortestPitch);
  const auto peak = std::max_element(pitches.begin(), pitches.end());
  pitch_strength_ = std::max(*peak, 0.0F);
  return *peak > kPitchThreshold ? kShortestPitch + static_cast<int>(peak - pitches.begin()) : 0;
}

void CepstralSmoother::UpdateWeights(int pitch) {
  for (std::size_t q = 0; q < kBins; ++q) {
    weight_[q] = kPitchRelease * weight_[q] + (1.0F - kPitchRelease) * base_[q];
  }
  if (pitch == 0) return;
  for (int q = pitch - kPitchReach; q <= pitch + kPitchReach; ++q) {
    weight_[static_cast<std::size_t>(q)] =
        std::min(weight_[static_cast<std::size_t>(q)], kPitchSmoothing);
  }
}

void CepstralSmoother::AmplifyPitch(int pitch) {
  for (int q = pitch - kPitchPeakReach; q <= pitch + kPitchPeakReach; ++q) {
    cepstrum_[static_cast<std::size_t>(q)] *= kPitchAmplification;
  }
}

void CepstralSmoother::Reset() {
  smoothed_.fill(0.0F);
  weight_ = base_;
  pitch_strength_ = 0.0F;
  started_ = false;
}

}  // namespace earshot
