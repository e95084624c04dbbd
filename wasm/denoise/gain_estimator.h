// GainEstimator: from the power spectrum of noisy speech to the gain of every bin.
//
//   power ─► noise PSD ─► SNRs, smoothed in the cepstrum ─► gain under speech presence ─►
//   floor, gate, low cut
//                                      └─► speech detector ─► gate of the pauses
#pragma once

#include "denoise/cepstral_smoother.h"
#include "denoise/noise_estimator.h"
#include "denoise/spectrum.h"
#include "denoise/speech_detector.h"
#include "denoise/transient_detector.h"
#include "denoise/transient_restorer.h"
#include "denoise/wind_estimator.h"
#include "dsp/real_fft.h"

namespace earshot {

/// One call a frame; real-time safe once made.
class GainEstimator {
 public:
  /// `cepstral_fft`: of CepstralSmoother::kSize points.
  explicit GainEstimator(RealFft cepstral_fft);

  /// Updates noise(), the SNRs and speech_probability(). `power`: |Y|² of the frame, each value
  /// finite and at least kPowerFloor; `energies`: of the newest hop.
  void Observe(const Spectrum& power, const HopEnergies& energies);

  /// After Observe, of the same frame: gain() and attenuation_db(). `floor_db` ≤ 0: the most a bin
  /// is turned down while speech is present; above 6 kHz kHighFloorShare times that. In pauses
  /// kGateDepth times floor_db is added. At 0 all gains are exactly 1.
  void ComputeGains(const Spectrum& power, float floor_db);

  const Spectrum& gain() const { return gain_; }
  const NoiseEstimator& noise() const { return noise_; }
  float speech_probability() const { return detector_.probability(); }
  float transient_probability() const { return transient_detector_.probability(); }
  /// Mean over 100 Hz … 8 kHz, ≥ 0.
  float attenuation_db() const { return attenuation_db_; }

  void Reset();

 private:
  void EstimateSnr(const Spectrum& power);
  void UpdateGate();
  void LimitLows(const Spectrum& power, float floor_log2, float gate_log2,
                 Spectrum& log2_gain) const;

  NoiseEstimator noise_;
  WindEstimator wind_;
  CepstralSmoother cepstral_;
  const Spectrum floor_shares_;
  SpeechDetector detector_;
  TransientDetector transient_detector_;
  TransientRestorer restorer_;
  Spectrum noise_psd_;  // steady noise, and wind where there is any
  Spectrum posterior_snr_;
  Spectrum prior_snr_;
  Spectrum speech_power_;  // estimated |S|² of the frame before, above the cepstrum's reach
  Spectrum gain_;
  float gate_ = 0.0F;  // 0 closed (pause) … 1 open (speech)
  float attenuation_db_ = 0.0F;
};

}  // namespace earshot
