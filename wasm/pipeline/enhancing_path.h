// EnhancingPath: a stream of any rate through the CaptureStages: to 48 kHz, in frames, and back.
#pragma once

#include <optional>

#include "base/audio_view.h"
#include "base/status.h"
#include "dsp/frame_adapter.h"
#include "pipeline/capture_stages.h"
#include "pipeline/rate_bridge.h"

namespace earshot {

struct EnhancingPathConfig {
  int sample_rate_hz = 48000;  ///< 8000 … 192000.
  int num_channels = 1;        ///< 1 or 2.
  int max_block_frames = 256;  ///< Largest block of Process, ≥ 1.
  int block_multiple = 1;      ///< As in CaptureChainConfig.
};

/// Everything is allocated by Create; all other calls are real-time safe.
class EnhancingPath {
 public:
  static StatusOr<EnhancingPath> Create(const EnhancingPathConfig& config);

  /// num_channels × 1 … max_block_frames; `in` and `out` may be the same memory.
  void Process(ConstAudioView in, AudioView out);

  /// How far the output lags the input; exact.
  double latency_seconds() const;

  CaptureStages& stages() { return stages_; }
  const CaptureStages& stages() const { return stages_; }

 private:
  EnhancingPath(CaptureStages stages, FrameAdapter adapter, std::optional<RateBridge> bridge);
  void ProcessInner(ConstAudioView in, AudioView out);

  CaptureStages stages_;
  FrameAdapter adapter_;
  std::optional<RateBridge> bridge_;  // unless the stream has the stages' rate
};

}  // namespace earshot
