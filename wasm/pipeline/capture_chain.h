// CaptureChain: everything between the microphone and the encoder.
//
//   any rate ─► 48 kHz ─► noise suppression ─► gain control ─► any rate ─► limiter
//
// The limiter comes after the way back, because a resampler overshoots.
//
//   auto chain = CaptureChain::Create({.sample_rate_hz = 44100, .num_channels = 1,
//   .max_block_frames = 128}); chain.value()->set_noise_suppression(0.75F);
//   chain.value()->Process(in, out);   // as many frames out as in, latency_samples() late
#pragma once

#include <memory>

#include "agc/gain_control_parameters.h"
#include "base/audio_view.h"
#include "base/status.h"

namespace earshot {

struct CaptureChainConfig {
  int sample_rate_hz = 48000;  ///< 8000 … 192000.
  int num_channels = 1;        ///< 1 or 2.
  int max_block_frames = 128;  ///< Largest block of Process, 1 … 65536.
  /// Every block is a multiple of this, 1 … max_block_frames. A render quantum of 128 instead of 1
  /// saves 127 samples of latency at 48 kHz. A block that breaks the promise is processed, but the
  /// output falls further behind, for good.
  int block_multiple = 1;
  /// Whether noise suppression lies in the path of the sound. Without it the chain is a leveller:
  /// the suppressor's delay is saved, its analysis only feeds speech detection.
  bool noise_suppressor = true;
};

/// What the chain saw and did. Of two channels the louder counts. Levels at input and output are
/// smoothed for display (LevelMeter); those of the stages are of the latest frame of 5.3 ms.
struct CaptureStats {
  double input_peak_dbfs = -120.0;  ///< At the chain's rate, at least -120, as all levels.
  double input_rms_dbfs = -120.0;
  double output_peak_dbfs = -120.0;
  double output_rms_dbfs = -120.0;
  double speech_probability = 0.0;    ///< 0 … 1.
  double speech_level_dbfs = -120.0;  ///< RMS of active speech before gain control, long-term.
  double noise_level_dbfs = -120.0;   ///< RMS of the background at the microphone, long-term.
  double noise_attenuation_db = 0.0;  ///< ≥ 0, by the noise suppressor, mean over the speech band.
  double gain_db = 0.0;               ///< By gain control.
  double limiter_reduction_db = 0.0;  ///< ≥ 0, the largest within the block.
  double frames_processed = 0.0;      ///< Samples per channel since Create, at the chain's rate.
  /// EBU R 128 short-term (3 s), at least -120.
  double input_loudness_lufs = -120.0;
  double output_loudness_lufs = -120.0;
  /// Of the output, 4 times oversampled (ITU-R BS.1770-4 Annex 2), held for display.
  double output_true_peak_dbtp = -120.0;
  bool voice_active = false;   ///< Speech, decided with hangover.
  double voice_changes = 0.0;  ///< How often voice_active changed since Create.
};

/// Everything is allocated by Create; all other calls are real-time safe and belong to one thread.
/// Stages may be switched at any time without a click: a stage that is off still delays. NaN and
/// infinities at the input count as silence and leave no trace; other samples are limited to +20
/// dBFS.
class CaptureChain {
 public:
  /// kInvalidArgument when a value is outside its range. Noise suppression starts at its high
  /// level, gain control and the limiter start switched on.
  static StatusOr<std::unique_ptr<CaptureChain>> Create(const CaptureChainConfig& config);
  ~CaptureChain();
  CaptureChain(const CaptureChain&) = delete;
  CaptureChain& operator=(const CaptureChain&) = delete;

  /// `in` and `out` have the same shape: num_channels × 1 … max_block_frames, and may be the same
  /// memory. A wrong shape leaves `out` untouched.
  void Process(ConstAudioView in, AudioView out);

  /// How far the output lags the input, at the chain's rate, exact; constant.
  double latency_samples() const;

  /// 0 (off) … 1; see NoiseSuppressor::set_strength.
  void set_noise_suppression(float strength);
  void set_auto_gain_control(bool enabled);
  void set_limiter(bool enabled);
  /// kInvalidArgument, and no change, when a value is outside its range.
  Status set_gain_control(const GainControlParameters& parameters);
  const GainControlParameters& gain_control() const;

  /// Of the latest Process call; valid as long as the chain.
  const CaptureStats& stats() const;

 private:
  struct Impl;
  explicit CaptureChain(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace earshot
