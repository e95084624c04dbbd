#include "pipeline/rate_bridge.h"

#include <algorithm>
#include <utility>

namespace earshot {
namespace {

std::vector<float*> Pointers(std::vector<std::vector<float>>& channels) {
  std::vector<float*> pointers;
  pointers.reserve(channels.size());
  for (std::vector<float>& channel : channels) {
    pointers.push_back(channel.data());
  }
  return pointers;
}

}  // namespace

StatusOr<RateBridge> RateBridge::Create(const RateBridgeConfig& config) {
  if (config.max_block_frames < 1) {
    return Status(StatusCode::kInvalidArgument, "max_block_frames must be positive");
  }
  if (config.outer_rate_hz == config.inner_rate_hz) {
    return Status(StatusCode::kInvalidArgument, "equal rates need no bridge");
  }
  auto to_inner = Resampler::Create({.input_rate_hz = config.outer_rate_hz,
                                     .output_rate_hz = config.inner_rate_hz,
                                     .num_channels = config.num_channels});
  if (!to_inner.ok()) {
    return to_inner.status();
  }
  auto from_inner = Resampler::Create({.input_rate_hz = config.inner_rate_hz,
                                       .output_rate_hz = config.outer_rate_hz,
                                       .num_channels = config.num_channels});
  if (!from_inner.ok()) {
    return from_inner.status();
  }
  return RateBridge(config, std::move(to_inner).value(), std::move(from_inner).value());
}

RateBridge::RateBridge(const RateBridgeConfig& config, Resampler to_inner, Resampler from_inner)
    : config_(config), to_inner_(std::move(to_inner)), from_inner_(std::move(from_inner)) {
  const int max_inner = to_inner_.MaxOutput(config.max_block_frames);
  // The excess is below ⌈outer rate / inner rate⌉ + 1 samples: what one inner sample too many
  // makes.
  const int max_excess = from_inner_.MaxOutput(1) + 1;
  queue_capacity_ = max_excess + from_inner_.MaxOutput(max_inner);
  const auto num_channels = static_cast<std::size_t>(config.num_channels);
  inner_.assign(num_channels, std::vector<float>(static_cast<std::size_t>(max_inner)));
  queue_.assign(num_channels, std::vector<float>(static_cast<std::size_t>(queue_capacity_)));
  inner_pointers_ = Pointers(inner_);
  queue_pointers_ = Pointers(queue_);
}

AudioView RateBridge::ToInner(ConstAudioView in) {
  const AudioView room(inner_pointers_.data(), config_.num_channels,
                       static_cast<int>(inner_[0].size()));
  num_inner_ = std::max(0, to_inner_.Process(in, room));
  return {inner_pointers_.data(), config_.num_channels, num_inner_};
}

void RateBridge::FromInner(AudioView out) {
  for (std::size_t c = 0; c < queue_.size(); ++c) {
    queue_pointers_[c] = queue_[c].data() + num_queued_;
  }
  const int num_out = out.num_frames();
  const AudioView room(queue_pointers_.data(), config_.num_channels, queue_capacity_ - num_queued_);
  num_queued_ += std::max(
      0, from_inner_.Process({inner_pointers_.data(), config_.num_channels, num_inner_}, room));
  for (std::size_t c = 0; c < queue_.size(); ++c) {
    const auto begin = queue_[c].begin();
    std::copy_n(begin, num_out, out.channels()[c]);
    std::copy(begin + num_out, begin + num_queued_, begin);
  }
  num_queued_ -= num_out;
}

double RateBridge::latency_seconds() const {
  return to_inner_.DelaySamples() / config_.inner_rate_hz +
         from_inner_.DelaySamples() / config_.outer_rate_hz;
}

}  // namespace earshot
