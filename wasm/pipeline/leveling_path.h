// LevelingPath: gain control alone, for sound that somebody else has made clean. The sound keeps
// its rate and comes out without delay; a copy goes through the CaptureStages, which listen.
#pragma once

#include <optional>
#include <vector>

#include "agc/gain_ramp.h"
#include "base/audio_view.h"
#include "base/status.h"
#include "dsp/resampler.h"
#include "pipeline/capture_stages.h"

namespace earshot {

struct LevelingPathConfig {
  int sample_rate_hz = 48000;  ///< 8000 … 192000.
  int num_channels = 1;        ///< 1 or 2.
};

/// The gain is looked up on a fixed grid of the stream, so how the sound is cut into blocks does
/// not change it. Everything is allocated by Create; all other calls are real-time safe.
class LevelingPath {
 public:
  static StatusOr<LevelingPath> Create(const LevelingPathConfig& config);

  /// num_channels × any number of frames; `in` and `out` may be the same memory.
  void Process(ConstAudioView in, AudioView out);

  CaptureStages& stages() { return stages_; }
  const CaptureStages& stages() const { return stages_; }

 private:
  LevelingPath(const LevelingPathConfig& config, CaptureStages stages,
               std::optional<Resampler> resampler);
  void Listen(ConstAudioView in);
  void CollectFrames(ConstAudioView inner);

  CaptureStages stages_;
  std::optional<Resampler> resampler_;  // unless the stream has the stages' rate
  GainRamp ramp_;
  int grid_samples_;
  int grid_position_ = 0;
  int num_collected_ = 0;
  // Per channel.
  std::vector<std::vector<float>> inner_;  // resampled
  std::vector<std::vector<float>> frame_;  // the stages' frame under way
  std::vector<float*> inner_pointers_;
  std::vector<const float*> frame_pointers_;
};

}  // namespace earshot
