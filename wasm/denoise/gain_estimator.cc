#include "denoise/gain_estimator.h"

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

// Amplitude gain in dB to log2.
constexpr float DbToLog2(float db) { return db / (2.0F * kDbPerLog2Power); }

}  // namespace

StatusOr<GainEstimator> GainEstimator::Create() {
  auto cepstral = CepstralSmoother::Create();
  if (!cepstral.ok()) return cepstral.status();
  return GainEstimator(std::move(cepstral).value());
}

GainEstimator::GainEstimator(CepstralSmoother cepstral) : cepstral_(std::move(cepstral)) {
  Reset();
}

void GainEstimator::Update(const Spectrum& power, float floor_db) {
  noise_.Update(power);
  EstimateSnr(power);
  SmoothSnr();
  detector_.Update(prior_snr_, posterior_snr_, cepstral_.pitch_strength());
  const float floor_log2 = DbToLog2(floor_db);
  UpdateGate();
  const float gate_log2 = (1.0F - gate_) * kGateDepth * floor_log2;
  const float prior = kPausePresencePrior + gate_ * (kPresencePrior - kPausePresencePrior);
  Spectrum log2_gain;
  for (int k = 0; k < kPaddedBins; ++k) {
    const float xi = prior_snr_[k];
    const float argument = GainArgument(xi, posterior_snr_[k]);
    const float v = argument > kMinGainArgument ? argument : kMinGainArgument;
    float speech_log2 = Log2SpeechGain(xi, v);
    // The estimator amplifies where gamma falls short of xi: right on average, harsh in a single
    // bin.
    speech_log2 = speech_log2 < 0.0F ? speech_log2 : 0.0F;
    speech_power_[k] = FastExp2(2.0F * speech_log2) * power[k];
    speech_log2 = speech_log2 > floor_log2 ? speech_log2 : floor_log2;
    const float presence = SpeechPresence(xi, v, prior);
    log2_gain[k] = presence * speech_log2 + (1.0F - presence) * floor_log2 + gate_log2;
  }
  for (std::size_t k = 0; k < std::size(kLowCut); ++k) {
    const float cut_log2 = kLowCut[k] * floor_log2 + gate_log2;
    log2_gain.bins[k] = log2_gain.bins[k] < cut_log2 ? log2_gain.bins[k] : cut_log2;
  }
  for (int k = 0; k < kPaddedBins; ++k) gain_[k] = FastExp2(log2_gain[k]);
  float sum = 0.0F;
  for (int k = kSpeechLowBin; k < kSpeechHighBin; ++k) sum -= log2_gain[k];
  attenuation_db_ =
      2.0F * kDbPerLog2Power * sum / static_cast<float>(kSpeechHighBin - kSpeechLowBin);
}

void GainEstimator::EstimateSnr(const Spectrum& power) {
  const Spectrum& psd = noise_.psd();
  const float min_prior = DbToPower(kMinPriorSnrDb);
  for (int k = 0; k < kPaddedBins; ++k) {
    const float inverse = 1.0F / psd[k];
    const float gamma = power[k] * inverse;
    posterior_snr_[k] = gamma < kMaxSnr ? gamma : kMaxSnr;
    const float instant = gamma > 1.0F ? gamma - 1.0F : 0.0F;
    const float xi =
        kDecisionWeight * speech_power_[k] * inverse + (1.0F - kDecisionWeight) * instant;
    const float limited = xi < kMaxSnr ? xi : kMaxSnr;
    prior_snr_[k] = limited > min_prior ? limited : min_prior;
  }
}

// Replaces the decision-directed estimate by the cepstrally smoothed one, as far up as that
// reaches.
void GainEstimator::SmoothSnr() {
  const Spectrum& psd = noise_.psd();
  const float min_prior = DbToPower(kMinPriorSnrDb);
  const float min_instant = DbToPower(kMinInstantSnrDb);
  Spectrum log2_speech;
  Spectrum log2_noise;
  for (int k = 0; k < kPaddedBins; ++k) {
    const float instant = posterior_snr_[k] - 1.0F;
    log2_noise[k] = FastLog2(psd[k]);
    log2_speech[k] = FastLog2(instant > min_instant ? instant : min_instant) + log2_noise[k];
  }
  cepstral_.Smooth(std::span(log2_speech.bins).first<CepstralSmoother::kBins>());
  for (int k = 0; k < CepstralSmoother::kBins; ++k) {
    const float xi = FastExp2(log2_speech[k] - log2_noise[k] + kCepstralBiasLog2);
    const float limited = xi < kMaxSnr ? xi : kMaxSnr;
    prior_snr_[k] = limited > min_prior ? limited : min_prior;
  }
}

// Opens at once, so that no onset is lost, and closes slowly; returns how much of the floor comes
// on top.
void GainEstimator::UpdateGate() {
  const float open = detector_.probability();
  gate_ = open > gate_ ? open : kGateRelease * gate_ + (1.0F - kGateRelease) * open;
}

void GainEstimator::Reset() {
  noise_.Reset();
  cepstral_.Reset();
  detector_.Reset();
  posterior_snr_.Fill(0.0F);
  prior_snr_.Fill(0.0F);
  speech_power_.Fill(0.0F);
  gain_.Fill(1.0F);
  gate_ = 0.0F;
  attenuation_db_ = 0.0F;
}

}  // namespace earshot
