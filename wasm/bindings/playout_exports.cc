// The playout chain across the boundary, of whichever libopus the module is linked with. Handles
// and sample memory belong to C++ and stay valid and in place until the matching destroy. Negative
// results are StatusCodes. Nothing is allocated after a create.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "bindings/boundary.h"
#include "bindings/planar_block.h"
#include "codec/opus_decoder.h"
#include "codec/opus_encoder.h"
#include "pipeline/playout_chain.h"

using earshot::PlanarBlock;
using earshot::StatArray;
using earshot::StatusCode;
using earshot::ToInt;
using earshot::abi::PlayoutParam;
using earshot::abi::PlayoutStat;

static_assert(earshot::abi::kMaxRtpPayloadBytes == earshot::kMaxPacketBytes);

namespace {

struct Playout {
  std::unique_ptr<earshot::PlayoutChain> chain;
  PlanarBlock output;
  std::array<uint8_t, earshot::abi::kMaxRtpPayloadBytes> packet = {};
  int min_delay_ms = 0;
  int max_delay_ms = 0;
  StatArray<PlayoutStat> stats = {};
};

void Fill(const earshot::PlayoutStats& from, StatArray<PlayoutStat>& to) {
  const auto set = [&to](PlayoutStat stat, auto value) {
    to[static_cast<size_t>(stat)] = static_cast<double>(value);
  };
  const earshot::JitterBufferStats& jitter = from.jitter;
  set(PlayoutStat::kPacketsReceived, jitter.packets_received);
  set(PlayoutStat::kPacketsRejected, from.packets_rejected);
  set(PlayoutStat::kPacketsDuplicate, jitter.packets_duplicate);
  set(PlayoutStat::kPacketsDiscarded, jitter.packets_discarded);
  set(PlayoutStat::kPacketsLost, jitter.packets_lost);
  set(PlayoutStat::kPacketsRecovered, jitter.packets_recovered);
  set(PlayoutStat::kFecPacketsReceived, jitter.fec_packets_received);
  set(PlayoutStat::kFecPacketsDiscarded, jitter.fec_packets_discarded);
  set(PlayoutStat::kPacketsEmpty, jitter.packets_empty);
  set(PlayoutStat::kDecodeErrors, jitter.decode_errors);
  set(PlayoutStat::kTotalSamples, jitter.total_samples);
  set(PlayoutStat::kConcealedSamples, jitter.concealed_samples);
  set(PlayoutStat::kSilentConcealedSamples, jitter.silent_concealed_samples);
  set(PlayoutStat::kConcealmentEvents, jitter.concealment_events);
  set(PlayoutStat::kInterruptions, jitter.interruptions);
  set(PlayoutStat::kInterruptionSamples, jitter.interruption_samples);
  set(PlayoutStat::kDtxSamples, jitter.dtx_samples);
  set(PlayoutStat::kRemovedSamples, jitter.removed_samples);
  set(PlayoutStat::kInsertedSamples, jitter.inserted_samples);
  set(PlayoutStat::kRestarts, jitter.restarts);
  set(PlayoutStat::kEmittedSamples, jitter.emitted_samples);
  set(PlayoutStat::kDelaySumMs, jitter.delay_sum_ms);
  set(PlayoutStat::kTargetDelaySumMs, jitter.target_delay_sum_ms);
  set(PlayoutStat::kCurrentDelayMs, jitter.current_delay_ms);
  set(PlayoutStat::kTargetDelayMs, jitter.target_delay_ms);
  set(PlayoutStat::kPacketsInBuffer, jitter.packets_in_buffer);
  set(PlayoutStat::kLevelDbfs, from.level_dbfs);
  set(PlayoutStat::kPeakDbfs, from.peak_dbfs);
  set(PlayoutStat::kLatencyMs, from.latency_ms);
  set(PlayoutStat::kResting, from.resting ? 1.0 : 0.0);
  set(PlayoutStat::kResampledSamples, jitter.resampled_samples);
  set(PlayoutStat::kPlayoutTimestamp, from.playout_timestamp);
}

}  // namespace

extern "C" {

int abi_version() { return earshot::abi::kAbiVersion; }
const char* library_version() { return earshot::OpusLibraryVersion(); }

Playout* playout_create(int sample_rate_hz, int num_channels, int max_frames, int codec) {
  earshot::PlayoutChainConfig config;
  config.codec = static_cast<earshot::PlayoutCodec>(codec);
  config.deep = earshot::HasDeepOpus();
  config.sample_rate_hz = sample_rate_hz;
  config.num_channels = num_channels;
  config.max_block_frames = max_frames;
  auto chain = earshot::PlayoutChain::Create(config);
  if (!chain.ok()) return nullptr;
  auto* playout = new Playout{std::move(chain).value(), PlanarBlock(num_channels, max_frames)};
  playout->min_delay_ms = config.jitter.min_delay_ms;
  playout->max_delay_ms = config.jitter.max_delay_ms;
  return playout;
}

void playout_destroy(Playout* playout) { delete playout; }
uint8_t* playout_packet(Playout* playout) { return playout->packet.data(); }
float* playout_output(Playout* playout, int channel) { return playout->output.plane(channel); }

/// Takes the first `bytes` of playout_packet.
int playout_insert(Playout* playout, int bytes, int payload_type, uint32_t ssrc,
                   int sequence_number, uint32_t rtp_timestamp) {
  if (bytes < 0 || bytes > earshot::abi::kMaxRtpPayloadBytes) {
    return ToInt(StatusCode::kInvalidArgument);
  }
  return playout->chain->InsertPacket({ssrc, static_cast<uint16_t>(sequence_number), rtp_timestamp},
                                      payload_type,
                                      std::span(playout->packet).first(static_cast<size_t>(bytes)));
}

/// Fills the first `frames` of the outputs. Returns `frames`.
int playout_process(Playout* playout, int frames) {
  if (!playout->output.Holds(frames)) return ToInt(StatusCode::kInvalidArgument);
  return playout->chain->Process(playout->output.first(frames));
}

int playout_set(Playout* playout, int param, double value) {
  const int number = earshot::ToIntParam(value);
  int min_ms = playout->min_delay_ms;
  int max_ms = playout->max_delay_ms;
  switch (static_cast<PlayoutParam>(param)) {
    case PlayoutParam::kMinDelayMs:
      min_ms = number;
      break;
    case PlayoutParam::kMaxDelayMs:
      max_ms = number;
      break;
    case PlayoutParam::kPayloadType:
      return ToInt(playout->chain->set_payload_type(number));
    case PlayoutParam::kRedPayloadType:
      return ToInt(playout->chain->set_red_payload_type(number));
    case PlayoutParam::kLatencyHint:
      return ToInt(playout->chain->set_latency_hint(static_cast<earshot::LatencyHint>(number)));
    case PlayoutParam::kRestAfterMs:
      return ToInt(playout->chain->set_rest_after_ms(number));
    default:
      return ToInt(StatusCode::kInvalidArgument);
  }
  const earshot::Status status = playout->chain->set_delay_bounds(min_ms, max_ms);
  if (!status.ok()) return ToInt(status);
  playout->min_delay_ms = min_ms;
  playout->max_delay_ms = max_ms;
  return 0;
}

/// Brings the values up to date; always the same address.
const double* playout_stats(Playout* playout) {
  Fill(playout->chain->stats(), playout->stats);
  return playout->stats.data();
}

}  // extern "C"
