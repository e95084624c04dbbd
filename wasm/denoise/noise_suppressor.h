// NoiseSuppressor: removes background noise from speech at 48 kHz, one or two channels.
//
//   auto suppressor = NoiseSuppressor::Create({.num_channels = 1});
//   suppressor.value().set_strength(ToStrength(NoiseSuppressionLevel::kHigh));
//   suppressor.value().Process(frame);   // 256 samples per channel, in place, kLatencySamples late
//
// How it works: docs/denoise.md.
#pragma once

#include <memory>

#include "base/audio_view.h"
#include "base/status.h"

namespace earshot {

/// The named strengths. The numbers of ToStrength() are part of the public API of the library.
enum class NoiseSuppressionLevel : int { kOff = 0, kLow = 1, kModerate = 2, kHigh = 3, kMax = 4 };

/// off 0, low 0.25, moderate 0.5, high 0.75, max 1.
constexpr float ToStrength(NoiseSuppressionLevel level) {
  return 0.25F * static_cast<float>(static_cast<int>(level));
}

struct NoiseSuppressorConfig {
  int num_channels = 1;  ///< 1 or 2. Two channels share one gain, from their summed power.
};

/// Perceptually weighted amplitude estimator (Loizou 2005) on an unbiased-MMSE noise estimate
/// (Gerkmann & Hendriks 2012) under speech presence uncertainty (Cohen 2002). Everything is
/// allocated by Create; all other calls are real-time safe and belong to one thread. Hostile
/// samples are harmless: NaN and infinities count as silence, all others are limited to ±kMaxInput,
/// and the state stays finite.
class NoiseSuppressor {
 public:
  static constexpr int kSampleRateHz = 48000;
  /// Samples per channel of every Process call.
  static constexpr int kFrameSize = 256;
  /// How far the output lags the input of the same Process call, at every strength.
  static constexpr int kLatencySamples = 512;
  /// +20 dBFS.
  static constexpr float kMaxInput = 10.0F;

  /// kInvalidArgument unless num_channels is 1 or 2. The strength starts at
  /// NoiseSuppressionLevel::kHigh.
  static StatusOr<NoiseSuppressor> Create(const NoiseSuppressorConfig& config);
  NoiseSuppressor(NoiseSuppressor&&) noexcept;
  NoiseSuppressor& operator=(NoiseSuppressor&&) noexcept;
  ~NoiseSuppressor();

  /// 0 (off: a pure delay) … 1 (max); clamped, NaN counts as 0. May change at any time: the gain
  /// glides to the new strength within about 50 ms.
  void set_strength(float strength);
  float strength() const;

  /// `frame`: num_channels × kFrameSize samples, replaced by the output. Any other shape is left
  /// untouched.
  void Process(AudioView frame);

  /// `frame`: as for Process, but only looked at: speech_probability() and noise_level_dbfs()
  /// become the very numbers Process would have given, at about half its cost; attenuation_db()
  /// keeps its value. For chains without suppression in the path of the sound. An instance that has
  /// analysed and shall process next has to be Reset() first. Any other shape is passed over.
  void Analyze(ConstAudioView frame);

  /// Probability that the latest frame holds speech, 0 … 1; a voice activity detector. Follows the
  /// input also at strength 0.
  float speech_probability() const;
  /// Level of the estimated background noise, mean over the channels, as RMS in dBFS (a full-scale
  /// square wave is 0); at least -120.
  float noise_level_dbfs() const;
  /// By how much the latest frame was turned down, in dB ≥ 0: mean over the speech bands (100 Hz …
  /// 8 kHz).
  float attenuation_db() const;

  /// Forgets the signal; keeps the strength.
  void Reset();

 private:
  struct Impl;
  explicit NoiseSuppressor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace earshot
