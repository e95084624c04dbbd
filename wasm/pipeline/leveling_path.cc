#include "pipeline/leveling_path.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "base/decibels.h"

namespace earshot {
namespace {

constexpr int kFrameSize = CaptureStages::kFrameSize;

}  // namespace

StatusOr<LevelingPath> LevelingPath::Create(const LevelingPathConfig& config) {
  auto stages = CaptureStages::Create(config.num_channels);
  if (!stages.ok()) {
    return stages.status();
  }
  std::optional<Resampler> resampler;
  if (config.sample_rate_hz != CaptureStages::kSampleRateHz) {
    auto created = Resampler::Create({.input_rate_hz = config.sample_rate_hz,
                                      .output_rate_hz = CaptureStages::kSampleRateHz,
                                      .num_channels = config.num_channels});
    if (!created.ok()) {
      return created.status();
    }
    resampler.emplace(std::move(created).value());
  }
  return LevelingPath(config, std::move(stages).value(), std::move(resampler));
}

LevelingPath::LevelingPath(const LevelingPathConfig& config, CaptureStages stages,
                           std::optional<Resampler> resampler)
    : stages_(std::move(stages)),
      resampler_(std::move(resampler)),
      // One frame of the stages.
      grid_samples_(static_cast<int>(std::lround(
          static_cast<double>(kFrameSize) * config.sample_rate_hz / CaptureStages::kSampleRateHz))),
      frame_(static_cast<std::size_t>(config.num_channels),
             std::vector<float>(static_cast<std::size_t>(kFrameSize))) {
  for (const std::vector<float>& channel : frame_) {
    frame_pointers_.push_back(channel.data());
  }
  if (resampler_) {
    inner_.assign(
        frame_.size(),
        std::vector<float>(static_cast<std::size_t>(resampler_->MaxOutput(grid_samples_))));
    for (std::vector<float>& channel : inner_) {
      inner_pointers_.push_back(channel.data());
    }
  }
}

void LevelingPath::Listen(ConstAudioView in) {
  if (!resampler_) {
    CollectFrames(in);
    return;
  }
  const AudioView room(inner_pointers_.data(), in.num_channels(),
                       static_cast<int>(inner_[0].size()));
  const int produced = std::max(0, resampler_->Process(in, room));
  CollectFrames({inner_pointers_.data(), in.num_channels(), produced});
}

void LevelingPath::CollectFrames(ConstAudioView inner) {
  for (int done = 0; done < inner.num_frames();) {
    const int count = std::min(inner.num_frames() - done, kFrameSize - num_collected_);
    for (std::size_t c = 0; c < frame_.size(); ++c) {
      std::copy_n(inner.channels()[c] + done, count, frame_[c].begin() + num_collected_);
    }
    done += count;
    num_collected_ += count;
    if (num_collected_ == kFrameSize) {
      stages_.Analyze({frame_pointers_.data(), inner.num_channels(), kFrameSize});
      num_collected_ = 0;
    }
  }
}

void LevelingPath::Process(ConstAudioView in, AudioView out) {
  const float* in_part[2];
  float* out_part[2];
  for (int done = 0; done < in.num_frames();) {
    if (grid_position_ == grid_samples_) {
      ramp_.Start(DbToAmplitude(stages_.gain().gain_db()), grid_samples_);
      grid_position_ = 0;
    }
    const int count = std::min(in.num_frames() - done, grid_samples_ - grid_position_);
    for (int c = 0; c < in.num_channels(); ++c) {
      in_part[c] = in.channels()[c] + done;
      out_part[c] = out.channels()[c] + done;
    }
    Listen({in_part, in.num_channels(), count});
    for (int c = 0; c < in.num_channels(); ++c) {
      if (out_part[c] != in_part[c]) {
        std::copy_n(in_part[c], count, out_part[c]);
      }
    }
    ramp_.Process({out_part, in.num_channels(), count});
    done += count;
    grid_position_ += count;
  }
}

}  // namespace earshot
