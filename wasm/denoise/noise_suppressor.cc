#include "denoise/noise_suppressor.h"

#include <array>
#include <cmath>
#include <vector>

#include "base/decibels.h"
#include "denoise/cepstral_smoother.h"
#include "denoise/fast_math.h"
#include "denoise/gain_rule.h"
#include "denoise/noise_estimator.h"
#include "denoise/overlap_add.h"
#include "denoise/speech_presence.h"
#include "denoise/tuning.h"

namespace earshot {
namespace {

static_assert(NoiseSuppressor::kFrameSize == kHopSize);
static_assert(NoiseSuppressor::kLatencySamples == kSynthesisSize - kHopSize);

// Attenuation at the five named strengths; linear between.
constexpr std::array<float, 5> kFloorDb = {0.0F, -6.0F, -12.0F, -18.0F, -26.0F};
constexpr float kGlideDbPerFrame = 3.0F;
constexpr float kMaxPosteriorSnr = 1e4F;
constexpr int kSpeechLowBin = BinOf(100.0F);
constexpr int kSpeechHighBin = BinOf(8000.0F);

float FloorDbAt(float strength) {
  const float position = strength * 4.0F;
  const int below = position < 3.0F ? static_cast<int>(position) : 3;
  const auto i = static_cast<std::size_t>(below);
  return kFloorDb[i] + (position - static_cast<float>(below)) * (kFloorDb[i + 1] - kFloorDb[i]);
}

}  // namespace

struct NoiseSuppressor::Impl {
  Impl(int num_channels, RealFft transform, CepstralSmoother smoother)
      : fft(std::move(transform)),
        cepstral(std::move(smoother)),
        channels(static_cast<std::size_t>(num_channels)) {
    float energy = 0.0F;
    for (const float w : windows.analysis) energy += w * w;
    power_scale = 1.0F / (energy * static_cast<float>(num_channels));
    Reset();
  }

  void GlideFloor();
  void MeasurePower();
  void ComputeGains();
  void Reset();

  RealFft fft;
  CepstralSmoother cepstral;
  WindowPair windows;
  std::vector<OverlapAdd> channels;
  float power_scale = 1.0F;  // makes the power of white noise of variance 1 equal 1 in every bin
  NoiseEstimator noise;
  SpeechPresenceEstimator presence;
  Spectrum power;
  Spectrum prior_snr;
  Spectrum clean_power;  // of the frame before, estimated
  Spectrum gain;
  float strength = ToStrength(NoiseSuppressionLevel::kHigh);
  float floor_db = 0.0F;
  float attenuation_db = 0.0F;
  bool started = false;
};

void NoiseSuppressor::Impl::GlideFloor() {
  const float step_db = FloorDbAt(strength) - floor_db;
  const float limit_db = started ? kGlideDbPerFrame : 100.0F;
  floor_db += std::fmin(std::fmax(step_db, -limit_db), limit_db);
  started = true;
}

void NoiseSuppressor::Impl::MeasurePower() {
  power.Fill(0.0F);
  for (OverlapAdd& channel : channels) {
    const auto& spectrum = channel.spectrum();
    for (int k = 0; k < kNumBins; ++k) {
      const std::complex<float> y = spectrum[static_cast<std::size_t>(k)];
      power[k] += y.real() * y.real() + y.imag() * y.imag();
    }
  }
  for (int k = 0; k < kPaddedBins; ++k) {
    const float p = power[k] * power_scale;
    power[k] = p > kPowerFloor ? p : kPowerFloor;
  }
}

void NoiseSuppressor::Impl::ComputeGains() {
  const Spectrum& psd = noise.psd();
  const float min_prior = DbToPower(kMinPriorSnrDb);
  const float floor_log2 = floor_db / (2.0F * kDbPerLog2Power);
  Spectrum gamma, attenuation;
  for (int k = 0; k < kPaddedBins; ++k) {
    const float ratio = power[k] / psd[k];
    gamma[k] = ratio < kMaxPosteriorSnr ? ratio : kMaxPosteriorSnr;
    const float instant = ratio > 1.0F ? ratio - 1.0F : 0.0F;
    const float xi = kDecisionWeight * clean_power[k] / psd[k] + (1.0F - kDecisionWeight) * instant;
    prior_snr[k] = xi > min_prior ? xi : min_prior;
  }
  const float min_instant = DbToPower(kMinInstantSnrDb);
  Spectrum log_clean;
  for (int k = 0; k < kPaddedBins; ++k) {
    const float instant = gamma[k] - 1.0F;
    log_clean[k] = FastLog2((instant > min_instant ? instant : min_instant) * psd[k]);
  }
  cepstral.Smooth(std::span(log_clean.bins).first(CepstralSmoother::kBins));
  for (int k = 0; k < CepstralSmoother::kBins; ++k) {
    const float xi = FastExp2(log_clean[k] + kCepstralBias) / psd[k];
    const float mixed = kTcsMix * xi + (1.0F - kTcsMix) * prior_snr[k];
    prior_snr[k] = mixed > min_prior ? (mixed < 1e4F ? mixed : 1e4F) : min_prior;
  }
  presence.Update(prior_snr);
  for (int k = 0; k < kPaddedBins; ++k) {
    const float xi = prior_snr[k];
    const float v = GainArgument(xi, gamma[k]) + 1e-10F;
    float log2_gain = Log2SpeechGain(xi, v);
    log2_gain = log2_gain < 0.0F ? log2_gain : 0.0F;
    const float speech_gain = FastExp2(log2_gain);
    clean_power[k] = speech_gain * speech_gain * power[k];
    const float p = SpeechPresence(xi, v, presence.prior()[k]);
    log2_gain = log2_gain > floor_log2 ? log2_gain : floor_log2;
    log2_gain = p * log2_gain + (1.0F - p) * floor_log2;
    attenuation[k] = -log2_gain;
    gain[k] = FastExp2(log2_gain);
  }
  float sum = 0.0F;
  for (int k = kSpeechLowBin; k < kSpeechHighBin; ++k) sum += attenuation[k];
  attenuation_db =
      2.0F * kDbPerLog2Power * sum / static_cast<float>(kSpeechHighBin - kSpeechLowBin);
}

void NoiseSuppressor::Impl::Reset() {
  for (OverlapAdd& channel : channels) channel.Reset();
  noise.Reset();
  cepstral.Reset();
  presence.Reset();
  power.Fill(kPowerFloor);
  prior_snr.Fill(0.0F);
  clean_power.Fill(0.0F);
  gain.Fill(1.0F);
  attenuation_db = 0.0F;
  started = false;
}

StatusOr<NoiseSuppressor> NoiseSuppressor::Create(const NoiseSuppressorConfig& config) {
  if (config.num_channels < 1 || config.num_channels > 2) {
    return Status(StatusCode::kInvalidArgument, "noise suppression takes one or two channels");
  }
  auto fft = RealFft::Create(kWindowSize);
  if (!fft.ok()) return fft.status();
  auto cepstral = CepstralSmoother::Create();
  if (!cepstral.ok()) return cepstral.status();
  return NoiseSuppressor(std::make_unique<Impl>(config.num_channels, std::move(fft).value(),
                                                std::move(cepstral).value()));
}

NoiseSuppressor::NoiseSuppressor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
NoiseSuppressor::NoiseSuppressor(NoiseSuppressor&&) noexcept = default;
NoiseSuppressor& NoiseSuppressor::operator=(NoiseSuppressor&&) noexcept = default;
NoiseSuppressor::~NoiseSuppressor() = default;

void NoiseSuppressor::set_strength(float strength) {
  impl_->strength = strength > 0.0F ? (strength < 1.0F ? strength : 1.0F) : 0.0F;
}

float NoiseSuppressor::strength() const { return impl_->strength; }

void NoiseSuppressor::Process(AudioView frame) {
  Impl& s = *impl_;
  if (frame.num_channels() != static_cast<int>(s.channels.size()) ||
      frame.num_frames() != kFrameSize) {
    return;
  }
  s.GlideFloor();
  int index = 0;
  for (OverlapAdd& channel : s.channels) {
    channel.Analyze(s.windows, s.fft, frame.channel(index++), kMaxInput);
  }
  s.MeasurePower();
  s.noise.Update(s.power);
  s.ComputeGains();
  index = 0;
  for (OverlapAdd& channel : s.channels) {
    auto& spectrum = channel.spectrum();
    for (std::size_t k = 0; k < spectrum.size(); ++k) spectrum[k] *= s.gain.bins[k];
    channel.Synthesize(s.windows, s.fft, frame.channel(index++));
  }
}

float NoiseSuppressor::speech_probability() const { return impl_->presence.frame_probability(); }

float NoiseSuppressor::noise_level_dbfs() const {
  const Spectrum& psd = impl_->noise.psd();
  float sum = 0.0F;
  for (int k = 0; k < kNumBins; ++k) sum += psd[k];
  return std::fmax(-120.0F, 10.0F * std::log10(sum / static_cast<float>(kNumBins)));
}

float NoiseSuppressor::attenuation_db() const { return impl_->attenuation_db; }

void NoiseSuppressor::Reset() { impl_->Reset(); }

}  // namespace earshot
