#include "jitter/jitter_config.h"

#include "jitter/tuning.h"

namespace earshot {
namespace {
constexpr int kMinPackets = 10;
constexpr int kMaxDelayBoundMs = 4000;
}  // namespace

Status CheckDelayBounds(int min_ms, int max_ms) {
  if (min_ms < 0 || max_ms < min_ms || max_ms > kMaxDelayBoundMs) {
    return {StatusCode::kInvalidArgument, "delay bounds must satisfy 0 <= min <= max <= 4000 ms"};
  }
  return {};
}

Status CheckLatencyHint(LatencyHint hint) {
  if (hint < LatencyHint::kInteractive || hint > LatencyHint::kPlayback) {
    return {StatusCode::kInvalidArgument, "latency hint must be 0 to 2"};
  }
  return {};
}

Status CheckConfig(const JitterBufferConfig& config) {
  if (config.max_packets < kMinPackets || config.max_packets > kMaxBufferedPackets) {
    return {StatusCode::kInvalidArgument, "max_packets must be 10 to 1000"};
  }
  Status status = CheckDelayBounds(config.min_delay_ms, config.max_delay_ms);
  return status.ok() ? CheckLatencyHint(config.latency_hint) : status;
}

float ToleranceOf(LatencyHint hint) {
  if (hint == LatencyHint::kInteractive) return tuning::kInteractiveTolerance;
  return hint == LatencyHint::kPlayback ? tuning::kPlaybackTolerance : 1.0f;
}

}  // namespace earshot
