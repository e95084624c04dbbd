// RateBridge: runs a stage at one sample rate inside a stream of another, one sample out for each
// in.
#pragma once

#include <cstddef>
#include <vector>

#include "base/audio_view.h"
#include "base/status.h"
#include "dsp/resampler.h"

namespace earshot {

struct RateBridgeConfig {
  int outer_rate_hz = 44100;   ///< Of the stream, 8000 … 192000.
  int inner_rate_hz = 48000;   ///< Of the stage, 8000 … 192000, another than outer_rate_hz.
  int num_channels = 1;        ///< 1 or 2.
  int max_block_frames = 256;  ///< Largest block of Process, at the outer rate, ≥ 1.
};

/// Two resamplers around the stage. With ρ the ratio of the rates, I samples in have become ⌈I·ρ⌉
/// samples for the stage, and those ⌈⌈I·ρ⌉/ρ⌉ ≥ I samples out: there is always enough, and the few
/// in excess wait for the next block. So nothing needs priming and no latency is added to that of
/// the filters. Everything is allocated by Create.
class RateBridge {
 public:
  static StatusOr<RateBridge> Create(const RateBridgeConfig& config);

  /// Feeds `in` through `process_inner(AudioView)`, which works in place on any number of frames at
  /// the inner rate, and fills `out`, of the same shape; both may be the same memory. At most
  /// max_block_frames. Real-time safe if the stage is.
  template <typename ProcessInner>
  void Process(ConstAudioView in, AudioView out, ProcessInner&& process_inner) {
    process_inner(ToInner(in));
    FromInner(out);
  }

  /// By how many seconds the output lags, the stage's own delay not counted.
  double latency_seconds() const;

 private:
  RateBridge(const RateBridgeConfig& config, Resampler to_inner, Resampler from_inner);
  AudioView ToInner(ConstAudioView in);
  void FromInner(AudioView out);

  RateBridgeConfig config_;
  Resampler to_inner_;
  Resampler from_inner_;
  int num_inner_ = 0;   // frames of the block under way
  int num_queued_ = 0;  // frames that wait in queue_
  int queue_capacity_ = 0;
  // Per channel.
  std::vector<std::vector<float>> inner_;
  std::vector<std::vector<float>> queue_;
  std::vector<float*> inner_pointers_;
  std::vector<float*> queue_pointers_;
};

}  // namespace earshot
