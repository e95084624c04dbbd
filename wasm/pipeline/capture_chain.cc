#include "pipeline/capture_chain.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "agc/limiter.h"
#include "base/decibels.h"
#include "base/stream_format.h"
#include "dsp/true_peak_meter.h"
#include "pipeline/capture_stages.h"
#include "pipeline/enhancing_path.h"
#include "pipeline/leveling_path.h"
#include "pipeline/signal_meters.h"

namespace earshot {
namespace {

constexpr int kMaxBlockFrames = 65536;
// Longer blocks are taken in parts of about this length, so that the buffers stay small whatever
// the page asks for.
constexpr int kPartFrames = 256;
// +20 dBFS: no sound is louder, and squares of it stay far from overflow.
constexpr float kMaxInput = 10.0F;

Status Validate(const CaptureChainConfig& config) {
  const Status format = ValidateStreamFormat(config.sample_rate_hz, config.num_channels);
  if (!format.ok()) {
    return format;
  }
  const auto invalid = [](const char* message) {
    return Status(StatusCode::kInvalidArgument, message);
  };
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

ConstAudioView AsConst(const AudioView& view) {
  return {view.channels(), view.num_channels(), view.num_frames()};
}

StatusOr<std::vector<TruePeakMeter>> CreateTruePeakMeters(const CaptureChainConfig& config) {
  const auto meter = TruePeakMeter::Create(config.sample_rate_hz);
  if (!meter.ok()) {
    return meter.status();
  }
  return std::vector<TruePeakMeter>(static_cast<std::size_t>(config.num_channels), meter.value());
}

}  // namespace

struct CaptureChain::Impl {
  CaptureStages& stages() { return enhancing ? enhancing->stages() : leveling->stages(); }
  const CaptureStages& stages() const {
    return enhancing ? enhancing->stages() : leveling->stages();
  }
  void ProcessPart(ConstAudioView in, AudioView out);
  void CollectStats(int num_frames);

  CaptureChainConfig config;
  int max_part_frames;
  // One of the two.
  std::optional<EnhancingPath> enhancing;
  std::optional<LevelingPath> leveling;
  Limiter limiter;
  SignalMeters input_meters;
  SignalMeters output_meters;
  std::vector<TruePeakMeter> true_peaks;  // of the output, per channel
  std::vector<std::vector<float>> part;   // the input made safe, per channel
  std::vector<float*> part_pointers;
  CaptureStats stats;
};

void CaptureChain::Impl::ProcessPart(ConstAudioView in, AudioView out) {
  for (std::size_t c = 0; c < part.size(); ++c) {
    const std::span<const float> source = in.channel(static_cast<int>(c));
    std::transform(source.begin(), source.end(), part[c].begin(), Sanitized);
  }
  const ConstAudioView safe(part_pointers.data(), config.num_channels, in.num_frames());
  input_meters.Process(safe);
  if (enhancing) {
    enhancing->Process(safe, out);
  } else {
    leveling->Process(safe, out);
  }
  limiter.Process(out);
  stats.limiter_reduction_db =
      std::max(stats.limiter_reduction_db, static_cast<double>(limiter.reduction_db()));
  output_meters.Process(AsConst(out));
  for (std::size_t c = 0; c < true_peaks.size(); ++c) {
    true_peaks[c].Process(out.channel(static_cast<int>(c)));
  }
}

void CaptureChain::Impl::CollectStats(int num_frames) {
  const NoiseSuppressor& suppressor = stages().suppressor();
  const AdaptiveGain& gain = stages().gain();
  stats.frames_processed += num_frames;
  stats.input_peak_dbfs = input_meters.peak_dbfs();
  stats.input_rms_dbfs = input_meters.rms_dbfs();
  stats.input_loudness_lufs = input_meters.short_term_lufs();
  stats.output_peak_dbfs = output_meters.peak_dbfs();
  stats.output_rms_dbfs = output_meters.rms_dbfs();
  stats.output_loudness_lufs = output_meters.short_term_lufs();
  float true_peak_dbtp = kSilenceDbfs;
  for (const TruePeakMeter& meter : true_peaks) {
    true_peak_dbtp = std::max(true_peak_dbtp, meter.true_peak_dbtp());
  }
  stats.output_true_peak_dbtp = static_cast<double>(true_peak_dbtp);
  stats.speech_probability = static_cast<double>(suppressor.speech_probability());
  stats.voice_active = stages().voice().active();
  stats.voice_changes = stages().voice().num_changes();
  stats.noise_level_dbfs = static_cast<double>(suppressor.noise_level_dbfs());
  stats.noise_attenuation_db = static_cast<double>(suppressor.attenuation_db());
  stats.speech_level_dbfs = static_cast<double>(gain.speech_level_dbfs());
  stats.gain_db = static_cast<double>(gain.gain_db());
}

StatusOr<std::unique_ptr<CaptureChain>> CaptureChain::Create(const CaptureChainConfig& config) {
  if (const Status status = Validate(config); !status.ok()) {
    return status;
  }
  // Parts keep the promise about the blocks.
  const int part_frames = std::max(1, kPartFrames / config.block_multiple) * config.block_multiple;
  std::optional<EnhancingPath> enhancing;
  std::optional<LevelingPath> leveling;
  if (config.noise_suppressor) {
    auto path = EnhancingPath::Create({.sample_rate_hz = config.sample_rate_hz,
                                       .num_channels = config.num_channels,
                                       .max_block_frames = part_frames,
                                       .block_multiple = config.block_multiple});
    if (!path.ok()) {
      return path.status();
    }
    enhancing.emplace(std::move(path).value());
  } else {
    auto path = LevelingPath::Create(
        {.sample_rate_hz = config.sample_rate_hz, .num_channels = config.num_channels});
    if (!path.ok()) {
      return path.status();
    }
    leveling.emplace(std::move(path).value());
  }
  auto limiter = Limiter::Create({.sample_rate_hz = config.sample_rate_hz,
                                  .num_channels = config.num_channels,
                                  .max_frames = part_frames});
  if (!limiter.ok()) {
    return limiter.status();
  }
  const auto meters = SignalMeters::Create(config.sample_rate_hz, config.num_channels);
  if (!meters.ok()) {
    return meters.status();
  }
  auto true_peaks = CreateTruePeakMeters(config);
  if (!true_peaks.ok()) {
    return true_peaks.status();
  }
  auto impl = std::make_unique<Impl>(Impl{
      .config = config,
      .max_part_frames = part_frames,
      .enhancing = std::move(enhancing),
      .leveling = std::move(leveling),
      .limiter = std::move(limiter).value(),
      .input_meters = meters.value(),
      .output_meters = meters.value(),
      .true_peaks = std::move(true_peaks).value(),
      .part = std::vector<std::vector<float>>(
          static_cast<std::size_t>(config.num_channels),
          std::vector<float>(static_cast<std::size_t>(part_frames))),
      .part_pointers = {},
      .stats = {},
  });
  for (std::vector<float>& channel : impl->part) {
    impl->part_pointers.push_back(channel.data());
  }
  return std::unique_ptr<CaptureChain>(new CaptureChain(std::move(impl)));
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
  s.stats.limiter_reduction_db = 0.0;
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
  s.CollectStats(num_frames);
}

double CaptureChain::latency_samples() const {
  const Impl& s = *impl_;
  const double path_seconds = s.enhancing ? s.enhancing->latency_seconds() : 0.0;
  return path_seconds * s.config.sample_rate_hz + s.limiter.latency_samples();
}

void CaptureChain::set_noise_suppression(float strength) {
  impl_->stages().suppressor().set_strength(strength);
}
void CaptureChain::set_auto_gain_control(bool enabled) {
  impl_->stages().gain().set_enabled(enabled);
}
void CaptureChain::set_limiter(bool enabled) { impl_->limiter.set_enabled(enabled); }

Status CaptureChain::set_gain_control(const GainControlParameters& parameters) {
  return impl_->stages().gain().set_parameters(parameters);
}

const GainControlParameters& CaptureChain::gain_control() const {
  return impl_->stages().gain().parameters();
}

const CaptureStats& CaptureChain::stats() const { return impl_->stats; }

}  // namespace earshot
