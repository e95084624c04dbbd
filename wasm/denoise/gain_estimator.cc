#include "denoise/gain_estimator.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <utility>

#include "base/decibels.h"
#include "denoise/fast_math.h"
#include "denoise/gain_rule.h"
#include "denoise/tuning.h"

namespace earshot {
namespace {

// Keeps the SNRs where the approximations hold; 40 dB more or less changes no gain.
constexpr float kMaxSnr = 1e4F;
// The gain's argument v stays clear of the logarithm's pole.
constexpr float kMinGainArgument = 1e-8F;

constexpr int kSpeechLowBin = BinOf(100.0F);
constexpr int kSpeechHighBin = BinOf(8000.0F);

// The cepstrum reaches up to bin 256; loops over its bins and over those above it run in fours.
constexpr int kCepstralEnd = CepstralSmoother::kBins - 1;
constexpr int kPaddedCepstralBins = CepstralSmoother::kBins + 3;
static_assert(kCepstralEnd % 4 == 0 && kPaddedCepstralBins % 4 == 0);

float LimitPriorSnr(float xi) {
  xi = xi < kMaxSnr ? xi : kMaxSnr;
  return xi > kMinPriorSnr ? xi : kMinPriorSnr;
}

// Share of the floor in each bin.
Spectrum MakeFloorShares() {
  Spectrum shares;
  for (int k = 0; k < kPaddedBins; ++k) {
    const float ramp = (static_cast<float>(k) * kBinHz - kFloorRampStartHz) /
                       (kFloorRampEndHz - kFloorRampStartHz);
    shares[k] = std::lerp(1.0F, kHighFloorShare, std::clamp(ramp, 0.0F, 1.0F));
  }
  return shares;
}

// Amplitude gain in dB to log2.
constexpr float DbToLog2(float db) { return db / (2.0F * kDbPerLog2Power); }

}  // namespace

GainEstimator::GainEstimator(RealFft cepstral_fft)
    : cepstral_(std::move(cepstral_fft)), floor_shares_(MakeFloorShares()) {
  Reset();
}

void GainEstimator::Observe(const Spectrum& power, const HopEnergies& energies) {
  transient_detector_.Update(energies);
  noise_.Update(power);
  noise_psd_ = noise_.psd();
  wind_.Update(power, detector_.probability(), noise_psd_);
  EstimateSnr(power);
  detector_.Update(prior_snr_, posterior_snr_, cepstral_.pitch_strength(),
                   transient_detector_.probability());
}

void GainEstimator::EstimateSnr(const Spectrum& power) {
  const Spectrum& psd = noise_psd_;
  for (int k = 0; k < kPaddedBins; ++k) {
    const float gamma = power[k] / psd[k];
    posterior_snr_[k] = gamma < kMaxSnr ? gamma : kMaxSnr;
  }
  for (int k = kCepstralEnd; k < kPaddedBins; ++k) {
    const float gamma = posterior_snr_[k];
    const float instant = gamma > 1.0F ? gamma - 1.0F : 0.0F;
    prior_snr_[k] = LimitPriorSnr(kDecisionWeight * speech_power_[k] / psd[k] +
                                  (1.0F - kDecisionWeight) * instant);
  }
  const float min_instant = DbToPower(kMinInstantSnrDb);
  Spectrum log2_speech;
  Spectrum log2_noise;
  for (int k = 0; k < kPaddedCepstralBins; ++k) {
    const float instant = posterior_snr_[k] - 1.0F;
    log2_noise[k] = FastLog2(psd[k]);
    log2_speech[k] = FastLog2(instant > min_instant ? instant : min_instant) + log2_noise[k];
  }
  cepstral_.Smooth(std::span(log2_speech.bins).first<CepstralSmoother::kBins>());
  for (int k = 0; k < CepstralSmoother::kBins; ++k) {
    prior_snr_[k] = LimitPriorSnr(FastExp2(log2_speech[k] - log2_noise[k] + kCepstralBiasLog2));
  }
}

void GainEstimator::ComputeGains(const Spectrum& power, float floor_db) {
  UpdateGate();
  const float floor_log2 = DbToLog2(floor_db);
  const float gate_log2 = (1.0F - gate_) * kGateDepth * floor_log2;
  const float prior = std::lerp(kPausePresencePrior, kPresencePrior, gate_);
  Spectrum speech_log2;
  Spectrum log2_gain;
  for (int k = 0; k < kPaddedBins; ++k) {
    const float xi = prior_snr_[k];
    const float argument = GainArgument(xi, posterior_snr_[k]);
    const float v = argument > kMinGainArgument ? argument : kMinGainArgument;
    const float exp_minus_v = FastExp(-v);
    const float estimate = Log2SpeechGain(xi, v, exp_minus_v);
    // The estimator amplifies where gamma falls short of xi: right on average, harsh in one bin.
    const float limited = estimate < 0.0F ? estimate : 0.0F;
    speech_log2[k] = limited;
    const float bin_floor_log2 = floor_shares_[k] * floor_log2;
    const float wanted = kGainExponent * limited;
    const float audible = wanted > bin_floor_log2 ? wanted : bin_floor_log2;
    const float presence = SpeechPresence(xi, exp_minus_v, prior);
    log2_gain[k] = presence * audible + (1.0F - presence) * bin_floor_log2 + gate_log2;
  }
  for (int k = kCepstralEnd; k < kPaddedBins; ++k) {
    speech_power_[k] = FastExp2(2.0F * speech_log2[k]) * power[k];
  }
  restorer_.Limit(power, transient_detector_.probability(), kRestoreDepth * floor_log2, log2_gain);
  LimitLows(power, floor_log2, gate_log2, log2_gain);
  for (int k = 0; k < kPaddedBins; ++k) gain_[k] = FastExp2(log2_gain[k]);
  float sum = 0.0F;
  for (int k = kSpeechLowBin; k < kSpeechHighBin; ++k) sum -= log2_gain[k];
  attenuation_db_ =
      2.0F * kDbPerLog2Power * sum / static_cast<float>(kSpeechHighBin - kSpeechLowBin);
}

// The low cut; wider and deeper the surer it is that there is wind, and that it, not a low voice,
// fills the bin.
void GainEstimator::LimitLows(const Spectrum& power, float floor_log2, float gate_log2,
                              Spectrum& log2_gain) const {
  for (int k = 0; k < static_cast<int>(std::size(kWindCut)); ++k) {
    const float always = k < static_cast<int>(std::size(kLowCut)) ? kLowCut[k] : 0.0F;
    const float filled = std::fmin(kWindFilled * noise_psd_[k] / power[k], 1.0F);
    const float share = std::lerp(always, kWindCut[k], wind_.presence() * filled);
    log2_gain[k] = std::fmin(log2_gain[k], share * floor_log2 + gate_log2);
  }
}

// Opens at once, so that no onset is lost, and closes slowly.
void GainEstimator::UpdateGate() {
  const float favoured = kGateOdds * detector_.probability();
  const float speech = favoured / (favoured + 1.0F - detector_.probability());
  const float open = speech * (1.0F - transient_detector_.probability());
  gate_ = open > gate_ ? open : kGateRelease * gate_ + (1.0F - kGateRelease) * open;
}

void GainEstimator::Reset() {
  noise_.Reset();
  cepstral_.Reset();
  wind_.Reset();
  detector_.Reset();
  transient_detector_.Reset();
  restorer_.Reset();
  noise_psd_.Fill(kPowerFloor);
  posterior_snr_.Fill(0.0F);
  prior_snr_.Fill(0.0F);
  speech_power_.Fill(0.0F);
  gain_.Fill(1.0F);
  gate_ = 0.0F;
  attenuation_db_ = 0.0F;
}

}  // namespace earshot
