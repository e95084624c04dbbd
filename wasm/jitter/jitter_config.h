// JitterBufferConfig: what an application may ask of a jitter buffer, and what it may not.
#pragma once

#include "base/status.h"

namespace earshot {

/// What a shorter delay is worth in sound that has to be made up; names as in
/// AudioContext.latencyHint. The values are part of the WebAssembly ABI.
enum class LatencyHint : int {
  kInteractive = 0,  ///< People answer each other: twice as many gaps for less delay.
  kBalanced = 1,
  kPlayback = 2,  ///< One talks, others listen: a third of the gaps, and the delay that takes.
};

/// Upper bound of JitterBufferConfig::max_packets.
inline constexpr int kMaxBufferedPackets = 1000;

struct JitterBufferConfig {
  int max_packets = 200;  ///< Packets kept at most, 10 … 1000; the oldest go first.
  int min_delay_ms = 0;   ///< Bounds of the target delay, see JitterBuffer::set_delay_bounds().
  int max_delay_ms = 2000;
  LatencyHint latency_hint = LatencyHint::kBalanced;
};

/// kInvalidArgument unless 0 ≤ min_ms ≤ max_ms ≤ 4000.
Status CheckDelayBounds(int min_ms, int max_ms);
/// kInvalidArgument unless `hint` is one of those above.
Status CheckLatencyHint(LatencyHint hint);
Status CheckConfig(const JitterBufferConfig& config);

/// What the tolerated share of gaps is multiplied by (DelayEstimator::set_tolerance).
float ToleranceOf(LatencyHint hint);

}  // namespace earshot
