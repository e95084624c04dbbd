// Resampler: streaming conversion between any two sample rates by a polyphase windowed-sinc filter.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/audio_view.h"
#include "base/status.h"

namespace earshot {

struct ResamplerConfig {
  int input_rate_hz = 48000;   ///< 8000 … 192000
  int output_rate_hz = 48000;  ///< 8000 … 192000
  int num_channels = 1;        ///< 1 … 8
};

/// Linear phase. With f the lower of the two rates: flat within ±0.1 dB up to 0.45·f, and at least
/// 80 dB down from f/2 on, so that neither images nor aliases are heard. Delay 54 periods of f (1.2
/// ms between 44.1 and 48 kHz); equal rates copy without delay. Memory: at most about 300 KB.
/// Create allocates; everything else is real-time safe.
class Resampler {
 public:
  static StatusOr<Resampler> Create(const ResamplerConfig& config);

  /// Consumes all of `in`, writes the samples that became due to the start of `out` and returns how
  /// many per channel. How the input is cut into blocks does not change the output. `out` must hold
  /// MaxOutput(in.num_frames()) frames and must not overlap `in`. kInvalidArgument for a wrong
  /// channel count, kBufferTooSmall for too short an `out`.
  int Process(ConstAudioView in, AudioView out);
  /// The same for one channel.
  int Process(std::span<const float> in, std::span<float> out);

  /// The most Process can return for `num_input` frames: ⌈num_input · output rate / input rate⌉.
  int MaxOutput(int num_input) const;

  /// How far the output lags, in output samples: output m carries the input of time (m −
  /// DelaySamples())/output rate, both counted from the first sample. Exact, and the same at every
  /// frequency.
  double DelaySamples() const;

  int num_channels() const { return num_channels_; }
  void Reset();

 private:
  explicit Resampler(const ResamplerConfig& config);

  void BuildTable(double cutoff_cycles_per_sample);
  float Interpolate(const float* newest_last, int64_t fraction) const;
  int ProcessChunk(const float* const* in, float* const* out, int num_input);

  int num_channels_;
  // The output advances by step_whole_ + step_part_/ticks_ input samples.
  int ticks_;
  int step_whole_;
  int step_part_;

  int taps_ = 0;    ///< per phase; 0 when the rates are equal
  int phases_ = 0;  ///< rows of the table, less one
  int chunk_ = 0;   ///< most input samples taken at once
  std::vector<float>
      table_;  ///< (phases_ + 1) × taps_: the filter at delay j + row/phases_, latest tap first
  std::vector<float> history_;  ///< num_channels_ × (taps_ − 1 + chunk_)
  int next_input_ = 0;          ///< of the next chunk: the newest input under the next output
  int next_part_ = 0;           ///< how far the next output lies behind it, in ticks
};

}  // namespace earshot
