#include "pipeline/capture_chain.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "dsp/frame_adapter.h"
#include "dsp/level_meter.h"
#include "pipeline/capture_stages.h"
#include "pipeline/rate_bridge.h"

namespace earshot {
namespace {

constexpr int kInnerRateHz = CaptureStages::kSampleRateHz;
constexpr int kMaxBlockFrames = 65536;
// Longer blocks are taken in parts of about this length, so that the buffers stay small whatever
// the page asks for.
constexpr int kPartFrames = 256;
// +20 dBFS: no sound is louder, and squares of it stay far from overflow.
constexpr float kMaxInput = 10.0F;

Status Validate(const CaptureChainConfig& config) {
  const auto invalid = [](const char* message) {
    return Status(StatusCode::kInvalidArgument, message);
  };
  if (config.sample_rate_hz < 8000 || config.sample_rate_hz > 192000) {
    return invalid("sample_rate_hz must be between 8000 and 192000");
  }
  if (config.num_channels < 1 || config.num_channels > 2) {
    return invalid("num_channels must be 1 or 2");
  }
  if (config.max_block_frames < 1 || config.max_block_frames > kMaxBlockFrames) {
    return invalid("max_block_frames must be between 1 and 65536");
  }
  if (config.block_multiple < 1 || config.block_multiple > config.max_block_frames) {
    return invalid("block_multiple must be between 1 and max_block_frames");
  }
  return Status();
}

float Sanitized(float sample) {
  const bool finite = std::fabs(sample) <= std::numeric_limits<float>::max();
  return std::clamp(finite ? sample : 0.0F, -kMaxInput, kMaxInput);
}

/// One meter per channel; the louder channel counts.
class Meters {
 public:
  static StatusOr<Meters> Create(const CaptureChainConfig& config) {
    auto meter = LevelMeter::Create({.sample_rate_hz = config.sample_rate_hz});
    if (!meter.ok()) {
      return meter.status();
    }
    return Meters(meter.value(), config.num_channels);
  }

  void Process(ConstAudioView block) {
    for (std::size_t c = 0; c < meters_.size(); ++c) {
      meters_[c].Process(block.channel(static_cast<int>(c)));
    }
  }

  double peak_dbfs() const { return Loudest(&LevelMeter::peak_dbfs); }
  double rms_dbfs() const { return Loudest(&LevelMeter::rms_dbfs); }

 private:
  Meters(const LevelMeter& meter, int num_channels)
      : meters_(static_cast<std::size_t>(num_channels), meter) {}

  double Loudest(float (LevelMeter::*level)() const) const {
    float loudest = (meters_[0].*level)();
    for (const LevelMeter& meter : meters_) {
      loudest = std::max(loudest, (meter.*level)());
    }
    return static_cast<double>(loudest);
  }

  std::vector<LevelMeter> meters_;
};

ConstAudioView AsConst(const AudioView& view) {
  return {view.channels(), view.num_channels(), view.num_frames()};
}

}  // namespace

struct CaptureChain::Impl {
  Impl(const CaptureChainConfig& chain_config, CaptureStages capture_stages,
       FrameAdapter frame_adapter, std::optional<RateBridge> rate_bridge, int part_frames,
       const Meters& meters);

  void ProcessPart(ConstAudioView in, AudioView out);
  void ProcessStages(ConstAudioView in, AudioView out);
  void CollectStageStats();

  CaptureChainConfig config;
  CaptureStages stages;
  FrameAdapter adapter;
  std::optional<RateBridge> bridge;  // unless the chain runs at the stages' rate
  int max_part_frames;
  std::vector<std::vector<float>> part;  // the input made safe, per channel
  std::vector<float*> part_pointers;
  Meters input_meters;
  Meters output_meters;
  CaptureStats stats;
};

CaptureChain::Impl::Impl(const CaptureChainConfig& chain_config, CaptureStages capture_stages,
                         FrameAdapter frame_adapter, std::optional<RateBridge> rate_bridge,
                         int part_frames, const Meters& meters)
    : config(chain_config),
      stages(std::move(capture_stages)),
      adapter(std::move(frame_adapter)),
      bridge(std::move(rate_bridge)),
      max_part_frames(part_frames),
      part(static_cast<std::size_t>(chain_config.num_channels),
           std::vector<float>(static_cast<std::size_t>(part_frames))),
      input_meters(meters),
      output_meters(meters) {
  for (std::vector<float>& channel : part) {
    part_pointers.push_back(channel.data());
  }
}

void CaptureChain::Impl::CollectStageStats() {
  stats.speech_probability = static_cast<double>(stages.suppressor().speech_probability());
  stats.noise_level_dbfs = static_cast<double>(stages.suppressor().noise_level_dbfs());
  stats.noise_attenuation_db = static_cast<double>(stages.suppressor().attenuation_db());
  stats.speech_level_dbfs = static_cast<double>(stages.gain().speech_level_dbfs());
  stats.gain_db = static_cast<double>(stages.gain().gain_db());
  stats.limiter_reduction_db = static_cast<double>(stages.limiter().reduction_db());
}

void CaptureChain::Impl::ProcessStages(ConstAudioView in, AudioView out) {
  adapter.Process(in, out, [this](AudioView frame) {
    stages.Process(frame);
    CollectStageStats();
  });
}

void CaptureChain::Impl::ProcessPart(ConstAudioView in, AudioView out) {
  for (std::size_t c = 0; c < part.size(); ++c) {
    const std::span<const float> source = in.channel(static_cast<int>(c));
    std::transform(source.begin(), source.end(), part[c].begin(), Sanitized);
  }
  const ConstAudioView safe(part_pointers.data(), config.num_channels, in.num_frames());
  input_meters.Process(safe);
  if (bridge) {
    bridge->Process(safe, out, [this](AudioView inner) { ProcessStages(AsConst(inner), inner); });
  } else {
    ProcessStages(safe, out);
  }
  output_meters.Process(AsConst(out));
}

StatusOr<std::unique_ptr<CaptureChain>> CaptureChain::Create(const CaptureChainConfig& config) {
  if (const Status status = Validate(config); !status.ok()) {
    return status;
  }
  // Parts keep the promise about the blocks.
  const int part_frames = std::max(1, kPartFrames / config.block_multiple) * config.block_multiple;
  const bool same_rate = config.sample_rate_hz == kInnerRateHz;
  auto stages = CaptureStages::Create(config.num_channels, config.noise_suppressor);
  if (!stages.ok()) {
    return stages.status();
  }
  // Behind a resampler any number of frames can arrive at once.
  auto adapter = FrameAdapter::Create({.num_channels = config.num_channels,
                                       .frame_samples = CaptureStages::kFrameSize,
                                       .block_multiple = same_rate ? config.block_multiple : 1});
  if (!adapter.ok()) {
    return adapter.status();
  }
  std::optional<RateBridge> bridge;
  if (!same_rate) {
    auto created = RateBridge::Create({.outer_rate_hz = config.sample_rate_hz,
                                       .inner_rate_hz = kInnerRateHz,
                                       .num_channels = config.num_channels,
                                       .max_block_frames = part_frames});
    if (!created.ok()) {
      return created.status();
    }
    bridge.emplace(std::move(created).value());
  }
  const auto meters = Meters::Create(config);
  if (!meters.ok()) {
    return meters.status();
  }
  return std::unique_ptr<CaptureChain>(new CaptureChain(
      std::make_unique<Impl>(config, std::move(stages).value(), std::move(adapter).value(),
                             std::move(bridge), part_frames, meters.value())));
}

CaptureChain::CaptureChain(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CaptureChain::~CaptureChain() = default;

void CaptureChain::Process(ConstAudioView in, AudioView out) {
  Impl& s = *impl_;
  const int num_channels = s.config.num_channels;
  const int num_frames = in.num_frames();
  if (in.num_channels() != num_channels || out.num_channels() != num_channels || num_frames < 1 ||
      out.num_frames() != num_frames || num_frames > s.config.max_block_frames) {
    return;
  }
  for (int done = 0; done < num_frames;) {
    const int count = std::min(num_frames - done, s.max_part_frames);
    const float* in_part[2];
    float* out_part[2];
    for (int c = 0; c < num_channels; ++c) {
      in_part[c] = in.channels()[c] + done;
      out_part[c] = out.channels()[c] + done;
    }
    s.ProcessPart({in_part, num_channels, count}, {out_part, num_channels, count});
    done += count;
  }
  s.stats.frames_processed += num_frames;
  s.stats.input_peak_dbfs = s.input_meters.peak_dbfs();
  s.stats.input_rms_dbfs = s.input_meters.rms_dbfs();
  s.stats.output_peak_dbfs = s.output_meters.peak_dbfs();
  s.stats.output_rms_dbfs = s.output_meters.rms_dbfs();
}

double CaptureChain::latency_samples() const {
  const Impl& s = *impl_;
  const double inner_seconds =
      static_cast<double>(s.adapter.latency_samples() + s.stages.latency_samples()) / kInnerRateHz;
  const double bridge_seconds = s.bridge ? s.bridge->latency_seconds() : 0.0;
  return (inner_seconds + bridge_seconds) * s.config.sample_rate_hz;
}

void CaptureChain::set_noise_suppression(float strength) {
  impl_->stages.suppressor().set_strength(strength);
}
void CaptureChain::set_auto_gain_control(bool enabled) {
  impl_->stages.gain().set_enabled(enabled);
}
void CaptureChain::set_limiter(bool enabled) { impl_->stages.limiter().set_enabled(enabled); }

Status CaptureChain::set_gain_control(const GainControlParameters& parameters) {
  return impl_->stages.gain().set_parameters(parameters);
}

const CaptureStats& CaptureChain::stats() const { return impl_->stats; }

}  // namespace earshot
