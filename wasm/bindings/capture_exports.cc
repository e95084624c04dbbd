// The capture chain across the boundary. Handles and sample memory belong to C++ and stay valid and
// in place until the matching destroy. Negative results are StatusCodes. Nothing is allocated after
// a create.
#include <cstddef>
#include <memory>
#include <utility>

#include "bindings/boundary.h"
#include "bindings/planar_block.h"
#include "pipeline/capture_chain.h"

using earshot::PlanarBlock;
using earshot::StatArray;
using earshot::StatusCode;
using earshot::ToInt;
using earshot::abi::CaptureParam;
using earshot::abi::CaptureStage;
using earshot::abi::CaptureStat;

namespace {

struct Capture {
  std::unique_ptr<earshot::CaptureChain> chain;
  PlanarBlock input;
  PlanarBlock output;
  StatArray<CaptureStat> stats = {};
};

void Fill(const earshot::CaptureStats& from, StatArray<CaptureStat>& to) {
  const auto set = [&to](CaptureStat stat, double value) { to[static_cast<size_t>(stat)] = value; };
  set(CaptureStat::kInputPeakDbfs, from.input_peak_dbfs);
  set(CaptureStat::kInputRmsDbfs, from.input_rms_dbfs);
  set(CaptureStat::kOutputPeakDbfs, from.output_peak_dbfs);
  set(CaptureStat::kOutputRmsDbfs, from.output_rms_dbfs);
  set(CaptureStat::kSpeechProbability, from.speech_probability);
  set(CaptureStat::kSpeechLevelDbfs, from.speech_level_dbfs);
  set(CaptureStat::kNoiseLevelDbfs, from.noise_level_dbfs);
  set(CaptureStat::kNoiseAttenuationDb, from.noise_attenuation_db);
  set(CaptureStat::kGainDb, from.gain_db);
  set(CaptureStat::kLimiterReductionDb, from.limiter_reduction_db);
  set(CaptureStat::kFramesProcessed, from.frames_processed);
  set(CaptureStat::kLoudnessLufs, from.output_loudness_lufs);
  set(CaptureStat::kInputLoudnessLufs, from.input_loudness_lufs);
  set(CaptureStat::kTruePeakDbtp, from.output_true_peak_dbtp);
  set(CaptureStat::kVoiceActive, from.voice_active ? 1.0 : 0.0);
  set(CaptureStat::kVoiceChanges, from.voice_changes);
}

/// The field of `gain` that `param` stands for, or null.
float* GainField(earshot::GainControlParameters& gain, CaptureParam param) {
  switch (param) {
    case CaptureParam::kTargetLoudnessLufs:
      return &gain.target_loudness_lufs;
    case CaptureParam::kMaxGainDb:
      return &gain.max_gain_db;
    case CaptureParam::kInitialGainDb:
      return &gain.initial_gain_db;
    case CaptureParam::kMaxGainChangeDbPerSecond:
      return &gain.max_gain_change_db_per_s;
    case CaptureParam::kHeadroomDb:
      return &gain.headroom_db;
    case CaptureParam::kMaxOutputNoiseDbfs:
      return &gain.max_output_noise_dbfs;
    default:
      return nullptr;
  }
}

int SetGain(Capture& capture, CaptureParam param, double value) {
  earshot::GainControlParameters changed = capture.chain->gain_control();
  float* const field = GainField(changed, param);
  if (field == nullptr) return ToInt(StatusCode::kInvalidArgument);
  *field = static_cast<float>(value);
  return ToInt(capture.chain->set_gain_control(changed));
}

}  // namespace

extern "C" {

/// `block_multiple`: every capture_process is of a multiple of so many frames. `stages`: a mask of
/// CaptureStage bits.
Capture* capture_create(int sample_rate_hz, int num_channels, int max_frames, int block_multiple,
                        int stages) {
  constexpr int kNoiseSuppressor = static_cast<int>(CaptureStage::kNoiseSuppressor);
  if ((stages & ~kNoiseSuppressor) != 0) return nullptr;
  auto chain = earshot::CaptureChain::Create(
      {sample_rate_hz, num_channels, max_frames, block_multiple, (stages & kNoiseSuppressor) != 0});
  if (!chain.ok()) return nullptr;
  return new Capture{std::move(chain).value(), PlanarBlock(num_channels, max_frames),
                     PlanarBlock(num_channels, max_frames)};
}

void capture_destroy(Capture* capture) { delete capture; }
float* capture_input(Capture* capture, int channel) { return capture->input.plane(channel); }
float* capture_output(Capture* capture, int channel) { return capture->output.plane(channel); }

int capture_set(Capture* capture, int param, double value) {
  switch (static_cast<CaptureParam>(param)) {
    case CaptureParam::kNoiseSuppression:
      // Written so that not-a-number is refused.
      if (!(value >= 0 && value <= 1)) return ToInt(StatusCode::kInvalidArgument);
      capture->chain->set_noise_suppression(static_cast<float>(value));
      return 0;
    case CaptureParam::kAutoGainControl:
      capture->chain->set_auto_gain_control(value != 0);
      return 0;
    case CaptureParam::kLimiter:
      capture->chain->set_limiter(value != 0);
      return 0;
    default:
      return SetGain(*capture, static_cast<CaptureParam>(param), value);
  }
}

/// From the first `frames` of the inputs to those of the outputs. Returns `frames`.
int capture_process(Capture* capture, int frames) {
  if (!capture->input.Holds(frames)) return ToInt(StatusCode::kInvalidArgument);
  capture->chain->Process(capture->input.const_first(frames), capture->output.first(frames));
  return frames;
}

/// Brings the values up to date; always the same address.
const double* capture_stats(Capture* capture) {
  Fill(capture->chain->stats(), capture->stats);
  return capture->stats.data();
}

/// In samples; exact, so not always whole.
double capture_latency(Capture* capture) { return capture->chain->latency_samples(); }

}  // extern "C"
