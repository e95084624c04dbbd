#include "pipeline/playout_chain.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "codec/g711_decoder.h"
#include "codec/opus_decoder.h"
#include "codec/red_payload.h"
#include "dsp/level_meter.h"
#include "dsp/resampler.h"
#include "pipeline/resting_decoder.h"

namespace earshot {
namespace {

// Opus decodes to this rate whatever was sent, and RTP timestamps count it (RFC 7587 §4.1).
constexpr int kOpusRateHz = 48000;
constexpr int kMinRateHz = 8000;
constexpr int kMaxRateHz = 96000;
constexpr int kMaxBlockFrames = 16384;
constexpr int kMaxChannels = 2;
constexpr int kMaxPayloadType = 127;
constexpr int kMaxRestAfterMs = 60000;

std::size_t Index(int i) { return static_cast<std::size_t>(i); }

template <typename Decoder>
StatusOr<std::unique_ptr<AudioDecoder>> Upcast(StatusOr<std::unique_ptr<Decoder>> decoder) {
  if (!decoder.ok()) return decoder.status();
  return std::unique_ptr<AudioDecoder>(std::move(decoder).value());
}

StatusOr<std::unique_ptr<AudioDecoder>> CreateDecoder(const PlayoutChainConfig& config) {
  const int num_channels = config.num_channels;
  switch (config.codec) {
    case PlayoutCodec::kOpus:
      return Upcast(OpusStreamDecoder::Create(
          {.sample_rate_hz = kOpusRateHz, .num_channels = num_channels, .deep = config.deep}));
    case PlayoutCodec::kPcma:
      return Upcast(
          G711StreamDecoder::Create({.law = G711Law::kALaw, .num_channels = num_channels}));
    case PlayoutCodec::kPcmu:
      return Upcast(
          G711StreamDecoder::Create({.law = G711Law::kMuLaw, .num_channels = num_channels}));
  }
  return Status(StatusCode::kInvalidArgument, "the codec must be Opus, PCMA or PCMU");
}

}  // namespace

class PlayoutChain::Impl {
 public:
  Impl(const PlayoutChainConfig& config, std::unique_ptr<AudioDecoder> decoder,
       std::unique_ptr<RestingDecoder> resting, std::unique_ptr<JitterBuffer> buffer,
       Resampler resampler, const LevelMeter& meter)
      : config_(config),
        decoder_(std::move(decoder)),
        resting_(std::move(resting)),
        buffer_(std::move(buffer)),
        resampler_(std::move(resampler)),
        meters_{meter, meter},
        tick_(Index(buffer_->frames_per_tick() * config.num_channels)),
        queue_capacity_(resampler_.MaxOutput(buffer_->frames_per_tick())) {
    for (int c = 0; c < config.num_channels; ++c) {
      decoded_[Index(c)].resize(Index(buffer_->frames_per_tick()));
      queue_[Index(c)].resize(Index(queue_capacity_));
      decoded_planes_[Index(c)] = decoded_[Index(c)].data();
      queue_planes_[Index(c)] = queue_[Index(c)].data();
    }
  }

  int InsertPacket(const RtpPacketInfo& info, int payload_type, std::span<const uint8_t> payload) {
    if (payload.size() > kMaxPacketBytes) return Reject(StatusCode::kInvalidArgument);
    const bool is_red = payload_type == red_payload_type_;
    // Without payload it is padding, which has no format.
    if (is_red && !payload.empty()) return InsertRed(info, payload);
    if (!is_red && !Accepts(payload_type)) return Reject(StatusCode::kOk);
    return buffer_->InsertPacket(info, payload);
  }

  int Process(AudioView out) {
    if (out.num_channels() != config_.num_channels || out.num_frames() > config_.max_block_frames) {
      return ToInt(StatusCode::kInvalidArgument);
    }
    for (int done = 0; done < out.num_frames();) {
      if (next_ == queued_) PullTick();
      const int count = std::min(out.num_frames() - done, queued_ - next_);
      for (int c = 0; c < config_.num_channels; ++c) {
        std::copy_n(queue_planes_[Index(c)] + next_, count, out.channels()[c] + done);
      }
      next_ += count;
      done += count;
    }
    for (int c = 0; c < config_.num_channels; ++c) meters_[Index(c)].Process(out.channel(c));
    return out.num_frames();
  }

  const PlayoutStats& stats() {
    stats_.jitter = buffer_->stats();
    stats_.resting = resting_->resting();
    stats_.level_dbfs = meters_[0].rms_dbfs();
    stats_.peak_dbfs = meters_[0].peak_dbfs();
    if (config_.num_channels == 2) {
      stats_.level_dbfs = std::max<double>(stats_.level_dbfs, meters_[1].rms_dbfs());
      stats_.peak_dbfs = std::max<double>(stats_.peak_dbfs, meters_[1].peak_dbfs());
    }
    const double behind_frames = queued_ - next_ + resampler_.DelaySamples();
    stats_.latency_ms =
        stats_.jitter.current_delay_ms + 1000.0 * behind_frames / config_.sample_rate_hz;
    const double behind = behind_frames * decoder_->sample_rate_hz() / config_.sample_rate_hz;
    stats_.playout_timestamp =
        stats_.jitter.playout_timestamp - static_cast<uint32_t>(std::lround(behind));
    return stats_;
  }

  Status set_delay_bounds(int min_ms, int max_ms) {
    return buffer_->set_delay_bounds(min_ms, max_ms);
  }
  Status set_latency_hint(LatencyHint hint) { return buffer_->set_latency_hint(hint); }
  void set_payload_type(int payload_type) { payload_type_ = payload_type; }
  void set_red_payload_type(int payload_type) { red_payload_type_ = payload_type; }
  void set_rest_after_ms(int milliseconds) { resting_->set_rest_after_ms(milliseconds); }
  int num_channels() const { return config_.num_channels; }

 private:
  bool Accepts(int payload_type) const {
    return payload_type_ < 0 || payload_type == payload_type_;
  }

  int Reject(StatusCode code) {
    ++stats_.packets_rejected;
    return ToInt(code);
  }

  int InsertRed(const RtpPacketInfo& info, std::span<const uint8_t> payload) {
    const StatusOr<RedPayload> red = RedPayload::Parse(payload);
    if (!red.ok()) return Reject(red.status().code());
    const RedBlock& primary = red.value().primary();
    if (!Accepts(primary.payload_type)) return Reject(StatusCode::kOk);
    std::array<RedundantCopy, kMaxRedBlocks> copies;
    std::size_t num_copies = 0;
    for (const RedBlock& block : red.value().redundant()) {
      // A copy in another codec is none the decoder could play between the others.
      if (block.payload_type != primary.payload_type) continue;
      copies[num_copies++] = {block.timestamp_offset, block.data};
    }
    return buffer_->InsertPacket(info, primary.data, std::span(copies).first(num_copies));
  }

  // Only when the last tick has been used up: the later a packet may still arrive, the better.
  void PullTick() {
    const int channels = config_.num_channels;
    const int frames = buffer_->GetAudio(tick_);
    for (int c = 0; c < channels; ++c) {
      float* plane = decoded_planes_[Index(c)];
      for (int i = 0; i < frames; ++i) plane[i] = tick_[Index(i * channels + c)];
    }
    queued_ = resampler_.Process(ConstAudioView(decoded_planes_.data(), channels, frames),
                                 AudioView(queue_planes_.data(), channels, queue_capacity_));
    next_ = 0;
  }

  const PlayoutChainConfig config_;
  const std::unique_ptr<AudioDecoder> decoder_;
  const std::unique_ptr<RestingDecoder> resting_;
  const std::unique_ptr<JitterBuffer> buffer_;
  Resampler resampler_;
  std::array<LevelMeter, kMaxChannels> meters_;
  PlayoutStats stats_;
  int payload_type_ = -1;
  int red_payload_type_ = -1;

  std::vector<float> tick_;  // Interleaved.
  std::array<std::vector<float>, kMaxChannels> decoded_;
  std::array<std::vector<float>, kMaxChannels> queue_;
  std::array<float*, kMaxChannels> decoded_planes_{};
  std::array<float*, kMaxChannels> queue_planes_{};
  const int queue_capacity_;
  int queued_ = 0;
  int next_ = 0;
};

PlayoutChain::PlayoutChain(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PlayoutChain::~PlayoutChain() = default;

StatusOr<std::unique_ptr<PlayoutChain>> PlayoutChain::Create(const PlayoutChainConfig& config) {
  if (config.sample_rate_hz < kMinRateHz || config.sample_rate_hz > kMaxRateHz) {
    return Status(StatusCode::kInvalidArgument, "the sample rate must lie within 8000 … 96000 Hz");
  }
  if (config.num_channels < 1 || config.num_channels > kMaxChannels) {
    return Status(StatusCode::kInvalidArgument, "the playout chain gives one or two channels");
  }
  if (config.max_block_frames < 1 || config.max_block_frames > kMaxBlockFrames) {
    return Status(StatusCode::kInvalidArgument, "the longest block must be 1 … 16384 frames");
  }
  auto decoder = CreateDecoder(config);
  if (!decoder.ok()) return decoder.status();
  auto resting = std::make_unique<RestingDecoder>(*decoder.value());
  auto buffer = JitterBuffer::Create(config.jitter, *resting);
  if (!buffer.ok()) return buffer.status();
  auto resampler = Resampler::Create({.input_rate_hz = resting->sample_rate_hz(),
                                      .output_rate_hz = config.sample_rate_hz,
                                      .num_channels = config.num_channels});
  if (!resampler.ok()) return resampler.status();
  auto meter = LevelMeter::Create({.sample_rate_hz = config.sample_rate_hz});
  if (!meter.ok()) return meter.status();
  return std::unique_ptr<PlayoutChain>(new PlayoutChain(std::make_unique<Impl>(
      config, std::move(decoder).value(), std::move(resting), std::move(buffer).value(),
      std::move(resampler).value(), meter.value())));
}

int PlayoutChain::InsertPacket(const RtpPacketInfo& info, int payload_type,
                               std::span<const uint8_t> payload) {
  return impl_->InsertPacket(info, payload_type, payload);
}
int PlayoutChain::Process(AudioView out) { return impl_->Process(out); }
Status PlayoutChain::set_delay_bounds(int min_ms, int max_ms) {
  return impl_->set_delay_bounds(min_ms, max_ms);
}
Status PlayoutChain::set_latency_hint(LatencyHint hint) { return impl_->set_latency_hint(hint); }
Status PlayoutChain::set_payload_type(int payload_type) {
  if (payload_type < -1 || payload_type > kMaxPayloadType) {
    return {StatusCode::kInvalidArgument, "the payload type must be 0 … 127, or -1 for any"};
  }
  impl_->set_payload_type(payload_type);
  return {};
}
Status PlayoutChain::set_red_payload_type(int payload_type) {
  if (payload_type < -1 || payload_type > kMaxPayloadType) {
    return {StatusCode::kInvalidArgument, "the payload type must be 0 … 127, or -1 for none"};
  }
  impl_->set_red_payload_type(payload_type);
  return {};
}
Status PlayoutChain::set_rest_after_ms(int milliseconds) {
  if (milliseconds < 0 || milliseconds > kMaxRestAfterMs) {
    return {StatusCode::kInvalidArgument, "the decoder may rest after 0 (never) to 60000 ms"};
  }
  impl_->set_rest_after_ms(milliseconds);
  return {};
}
const PlayoutStats& PlayoutChain::stats() { return impl_->stats(); }
int PlayoutChain::num_channels() const { return impl_->num_channels(); }

}  // namespace earshot
