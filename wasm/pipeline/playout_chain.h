// PlayoutChain: RTP payloads in, blocks at the audio context's rate out.
//
//   auto chain = PlayoutChain::Create({.sample_rate_hz = 44100, .num_channels = 2,
//   .max_block_frames = 128}); chain.value()->InsertPacket({ssrc, sequence_number, timestamp},
//   payload_type, payload); chain.value()->Process(out);
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/audio_view.h"
#include "base/decibels.h"
#include "base/status.h"
#include "jitter/jitter_buffer.h"

namespace earshot {

/// Codecs a chain can play. The values are part of the WebAssembly ABI.
enum class PlayoutCodec : int { kOpus = 0, kPcma = 1, kPcmu = 2 };

struct PlayoutChainConfig {
  PlayoutCodec codec = PlayoutCodec::kOpus;
  /// Opus: conceal by networks and use deep redundancy; needs HasDeepOpus().
  bool deep = false;
  int sample_rate_hz = 48000;  ///< Of the output, 8000 … 96000.
  int num_channels = 1;  ///< Of the output, 1 or 2; the decoder mixes down or copies as needed.
  int max_block_frames = 128;  ///< Longest block Process will be asked for, 1 … 16384.
  JitterBufferConfig jitter = {};
};

struct PlayoutStats {
  JitterBufferStats jitter;          ///< Samples at the codec's rate: 48 kHz (Opus), 8 kHz (G.711).
  int64_t packets_rejected = 0;      ///< Other payload type, too long, or no redundant audio data.
  bool resting = false;              ///< The decoder rests; see set_rest_after_ms().
  double level_dbfs = kSilenceDbfs;  ///< RMS of the output, smoothed; louder channel.
  double peak_dbfs = kSilenceDbfs;
  double latency_ms =
      0;  ///< Jitter buffer's current delay + what waits behind it (resampler, block adaptation).
  uint32_t playout_timestamp = 0;  ///< RTP timestamp of the sample Process writes next.
};

/// One stream from network to loudspeaker. Nothing is allocated after Create; InsertPacket, Process
/// and the setters are real-time safe. One thread.
class PlayoutChain {
 public:
  static StatusOr<std::unique_ptr<PlayoutChain>> Create(const PlayoutChainConfig& config);
  ~PlayoutChain();

  /// Copies one Opus payload, or one of redundant audio data (RFC 2198) with its copies of earlier
  /// packets. Returns 0 or a negative StatusCode; never faults on hostile bytes.
  int InsertPacket(const RtpPacketInfo& info, int payload_type, std::span<const uint8_t> payload);

  /// Fills `out` (num_channels() planes, at most max_block_frames). Returns the frames written or a
  /// negative StatusCode.
  int Process(AudioView out);

  Status set_delay_bounds(int min_ms, int max_ms);
  Status set_latency_hint(LatencyHint hint);
  /// Payload type to accept, 0 … 127; −1 (the default) accepts any.
  Status set_payload_type(int payload_type);
  /// Payload type of redundant audio data, 0 … 127; −1 (the default) for none. The other payload
  /// types are then those of its blocks.
  Status set_red_payload_type(int payload_type);

  /// Lets the decoder rest once the stream has carried no sound for so long (RestingDecoder): 0 …
  /// 60000, or 0, the default, for never. For many streams of which few speak.
  Status set_rest_after_ms(int milliseconds);

  /// Valid until the next call.
  const PlayoutStats& stats();
  int num_channels() const;

 private:
  class Impl;
  explicit PlayoutChain(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace earshot
