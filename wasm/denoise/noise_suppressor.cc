#include "denoise/noise_suppressor.h"

#include <cmath>
#include <utility>
#include <vector>

#include "base/decibels.h"
#include "denoise/gain_estimator.h"
#include "denoise/overlap_add.h"
#include "denoise/tone_canceller.h"
#include "denoise/tone_finder.h"
#include "denoise/tuning.h"

namespace earshot {
namespace {

static_assert(NoiseSuppressor::kFrameSize == kHopSize);
static_assert(NoiseSuppressor::kLatencySamples == kSynthesisSize - kHopSize);

// Digital silence, −120 dB: keeps logarithms finite.
constexpr float kSilentEnergy = 1e-12F;

// Below this a sample is inaudible in any mix and its products would sink into denormals.
constexpr float kSmallestSample = 1e-12F;

float Sanitize(float x) {
  constexpr float kLimit = NoiseSuppressor::kMaxInput;
  x = x - x == 0.0F ? x : 0.0F;  // neither NaN nor infinite
  x = x < kLimit ? x : kLimit;
  x = x > -kLimit ? x : -kLimit;
  return (x < kSmallestSample && x > -kSmallestSample) ? 0.0F : x;
}

// kFloorDb holds the named strengths; linear between.
float FloorDbAt(float strength) {
  constexpr int kSteps = static_cast<int>(std::size(kFloorDb)) - 1;
  const float position = strength * static_cast<float>(kSteps);
  const int below = position < static_cast<float>(kSteps) ? static_cast<int>(position) : kSteps - 1;
  return std::lerp(kFloorDb[below], kFloorDb[below + 1], position - static_cast<float>(below));
}

}  // namespace

struct NoiseSuppressor::Impl {
  Impl(int num_channels, RealFft transform, RealFft cepstral_transform, RealFft tone_transform)
      : fft(std::move(transform)),
        estimator(std::move(cepstral_transform)),
        channels(static_cast<std::size_t>(num_channels)),
        bands(static_cast<std::size_t>(num_channels)),
        hops(static_cast<std::size_t>(num_channels)),
        tone_finder(std::move(tone_transform), num_channels),
        tone_canceller(num_channels) {
    float energy = 0.0F;
    for (const float w : windows.analysis) energy += w * w;
    power_scale = 1.0F / (energy * static_cast<float>(num_channels));
  }

  bool Fits(int num_channels, int num_frames) const {
    return num_channels == static_cast<int>(channels.size()) && num_frames == kFrameSize;
  }
  template <typename View>
  void Transform(const View& frame);
  void GlideFloor();
  void MeasurePower();
  void MeasureEnergies();

  RealFft fft;
  WindowPair windows;
  GainEstimator estimator;
  std::vector<OverlapAdd> channels;
  std::vector<BandEnergies> bands;                // one a channel
  std::vector<std::array<float, kHopSize>> hops;  // the newest input, without steady tones
  ToneFinder tone_finder;
  ToneCanceller tone_canceller;
  float power_scale = 1.0F;  // white noise of variance 1 has power 1 in every bin
  Spectrum power;            // mean over the channels
  HopEnergies energies;      // mean over the channels
  float strength = ToStrength(NoiseSuppressionLevel::kHigh);
  float floor_db = 0.0F;
  bool started = false;
};

template <typename View>
void NoiseSuppressor::Impl::Transform(const View& frame) {
  float* pointers[2] = {};
  for (std::size_t c = 0; c < channels.size(); ++c) {
    const auto input = frame.channel(static_cast<int>(c));
    pointers[c] = hops[c].data();
    for (std::size_t n = 0; n < input.size(); ++n) hops[c][n] = Sanitize(input[n]);
    tone_finder.Push(static_cast<int>(c), hops[c]);
  }
  if (tone_finder.Update()) tone_canceller.SetTones(tone_finder.frequencies_hz());
  tone_canceller.Process({pointers, channels.size()}, 1.0F - DbToAmplitude(kToneDepth * floor_db));
  for (std::size_t c = 0; c < channels.size(); ++c) {
    channels[c].Analyze(windows, fft, hops[c]);
  }
  MeasurePower();
  MeasureEnergies();
}

void NoiseSuppressor::Impl::GlideFloor() {
  const float target_db = FloorDbAt(strength);
  const float step_db = target_db - floor_db;
  const bool arrives = !started || std::fabs(step_db) <= kGlideDbPerFrame;
  floor_db = arrives ? target_db : floor_db + std::copysign(kGlideDbPerFrame, step_db);
  started = true;
}

void NoiseSuppressor::Impl::MeasurePower() {
  power.Fill(0.0F);
  for (OverlapAdd& channel : channels) {
    const auto& spectrum = channel.spectrum();
    for (std::size_t k = 0; k < spectrum.size(); ++k) {
      const float re = spectrum[k].real();
      const float im = spectrum[k].imag();
      power.bins[k] += re * re + im * im;
    }
  }
  for (float& p : power.bins) {
    const float scaled = p * power_scale;
    p = scaled > kPowerFloor ? scaled : kPowerFloor;
  }
}

void NoiseSuppressor::Impl::MeasureEnergies() {
  energies.clicks.fill(kSilentEnergy);
  energies.voices.fill(kSilentEnergy);
  const float weight = 1.0F / static_cast<float>(channels.size());
  for (std::size_t i = 0; i < channels.size(); ++i) {
    bands[i].Accumulate(hops[i], weight, energies);
  }
}

StatusOr<NoiseSuppressor> NoiseSuppressor::Create(const NoiseSuppressorConfig& config) {
  if (config.num_channels < 1 || config.num_channels > 2) {
    return Status(StatusCode::kInvalidArgument, "noise suppression takes one or two channels");
  }
  auto fft = RealFft::Create(kWindowSize);
  if (!fft.ok()) return fft.status();
  auto cepstral_fft = RealFft::Create(CepstralSmoother::kSize);
  if (!cepstral_fft.ok()) return cepstral_fft.status();
  auto tone_fft = RealFft::Create(ToneFinder::kSize);
  if (!tone_fft.ok()) return tone_fft.status();
  return NoiseSuppressor(std::make_unique<Impl>(config.num_channels, std::move(fft).value(),
                                                std::move(cepstral_fft).value(),
                                                std::move(tone_fft).value()));
}

NoiseSuppressor::NoiseSuppressor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
NoiseSuppressor::NoiseSuppressor(NoiseSuppressor&&) noexcept = default;
NoiseSuppressor& NoiseSuppressor::operator=(NoiseSuppressor&&) noexcept = default;
NoiseSuppressor::~NoiseSuppressor() = default;

void NoiseSuppressor::set_strength(float strength) {
  impl_->strength = strength > 0.0F ? std::fmin(strength, 1.0F) : 0.0F;
}

float NoiseSuppressor::strength() const { return impl_->strength; }

void NoiseSuppressor::Process(AudioView frame) {
  Impl& s = *impl_;
  if (!s.Fits(frame.num_channels(), frame.num_frames())) return;
  s.GlideFloor();
  s.Transform(frame);
  s.estimator.Observe(s.power, s.energies);
  s.estimator.ComputeGains(s.power, s.floor_db);
  const Spectrum& gain = s.estimator.gain();
  int index = 0;
  for (OverlapAdd& channel : s.channels) {
    auto& spectrum = channel.spectrum();
    for (std::size_t k = 0; k < spectrum.size(); ++k) spectrum[k] *= gain.bins[k];
    channel.Synthesize(s.windows, s.fft, frame.channel(index++));
  }
}

void NoiseSuppressor::Analyze(ConstAudioView frame) {
  Impl& s = *impl_;
  if (!s.Fits(frame.num_channels(), frame.num_frames())) return;
  s.GlideFloor();
  s.Transform(frame);
  s.estimator.Observe(s.power, s.energies);
}

float NoiseSuppressor::speech_probability() const { return impl_->estimator.speech_probability(); }

float NoiseSuppressor::noise_level_dbfs() const {
  // By Parseval: inner bins stand for two each.
  const Spectrum& psd = impl_->estimator.noise().psd();
  float sum = -0.5F * (psd[0] + psd[kNumBins - 1]);
  for (int k = 0; k < kNumBins; ++k) sum += psd[k];
  return PowerToDb(2.0F * sum / static_cast<float>(kWindowSize));
}

float NoiseSuppressor::attenuation_db() const { return impl_->estimator.attenuation_db(); }

void NoiseSuppressor::Reset() {
  for (OverlapAdd& channel : impl_->channels) channel.Reset();
  for (BandEnergies& band : impl_->bands) band.Reset();
  impl_->tone_finder.Reset();
  impl_->tone_canceller.Reset();
  impl_->estimator.Reset();
  impl_->started = false;
}

}  // namespace earshot
