#include "jitter/jitter_buffer.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "jitter/delay_estimator.h"
#include "jitter/drift_compensator.h"
#include "jitter/packet_buffer.h"
#include "jitter/packet_gate.h"
#include "jitter/packet_history.h"
#include "jitter/sound_buffer.h"
#include "jitter/speed_control.h"
#include "jitter/stream_decoder.h"
#include "jitter/tuning.h"

namespace earshot {
namespace {

constexpr int kTickMs = 10;
// Longest Opus packet (RFC 6716 §2.1.4).
constexpr int kMaxPacketTicks = 12;
// Sound held decoded at most: a packet on top of what a removal needs.
constexpr int kMaxAheadTicks = 2 * kMaxPacketTicks;
// Concealment longer than this is an interruption (libwebrtc's kInterruptionLenMs).
constexpr int kInterruptionMs = 150;

}  // namespace

class JitterBuffer::Impl {
 public:
  Impl(const JitterBufferConfig& config, AudioDecoder& decoder)
      : decoder_(decoder),
        frames_per_tick_(decoder.sample_rate_hz() / 100),
        packets_(config.max_packets, kMaxPacketBytes),
        speed_(decoder.sample_rate_hz(), decoder.num_channels()),
        sound_(decoder.num_channels(), speed_.max_period(), kMaxAheadTicks * frames_per_tick_),
        estimator_(frames_per_tick_),
        drift_(frames_per_tick_),
        stream_(decoder, packets_, frames_per_tick_),
        min_delay_ms_(config.min_delay_ms),
        max_delay_ms_(config.max_delay_ms) {
    SetLatencyHint(config.latency_hint);
  }

  int InsertPacket(const RtpPacketInfo& info, std::span<const uint8_t> payload,
                   std::span<const RedundantCopy> copies);
  int GetAudio(std::span<float> out);

  const int& frames_per_tick() const { return frames_per_tick_; }
  int num_channels() const { return decoder_.num_channels(); }
  const JitterBufferStats& stats() const { return stats_; }
  void SetLatencyHint(LatencyHint hint) { estimator_.set_tolerance(ToleranceOf(hint)); }
  void SetBounds(int min_ms, int max_ms) {
    min_delay_ms_ = min_ms;
    max_delay_ms_ = max_ms;
  }

 private:
  void DropStream();
  void InsertCopies(const BufferedPacket& carrier, std::span<const RedundantCopy> copies);
  int64_t OffsetNow(const BufferedPacket& packet) const;
  void Observe(const BufferedPacket& packet);
  void ObserveRecoverable(int64_t sequence_number, int64_t offset_frames);
  void StartPlaying();
  void LimitDelay();
  void FillOneTick();
  void AdjustSpeed();
  void Account(const Piece& piece);
  void AccountSilence(int frames);
  void UpdateState();

  int64_t ToFrames(int ms) const { return int64_t{ms} * frames_per_tick_ / kTickMs; }
  int ToMs(int64_t frames) const { return static_cast<int>(frames * kTickMs / frames_per_tick_); }
  // How far what is played next is behind the sender, on the axis of DelayEstimator.
  int64_t Lag() const {
    return tick_ * frames_per_tick_ - (stream_.next_timestamp() - sound_.ahead());
  }
  int64_t TargetDelayFrames() const {
    return std::clamp<int64_t>(int64_t{estimator_.target_ticks()} * frames_per_tick_,
                               ToFrames(min_delay_ms_), ToFrames(max_delay_ms_));
  }
  // How long ago the packet after the newest should have come: by what is usual when little is at
  // hand, else by the newest one.
  int64_t Overdue() const {
    const int64_t expected = packets_.empty() ? stream_.next_timestamp()
                                              : packets_.back().timestamp +
                                                    std::max(packets_.back().duration_samples, 0);
    const int64_t at_hand = expected - (stream_.next_timestamp() - sound_.ahead());
    const bool low = at_hand < tuning::kLowTicks * frames_per_tick_;
    const int64_t offset =
        low ? UsualOffset() : std::max(UsualOffset(), estimator_.latest_offset());
    return tick_ * frames_per_tick_ - offset - expected;
  }
  // Where playing cannot be ahead of without running dry all the time.
  int64_t UsualOffset() const {
    return std::max(estimator_.usual_offset(), estimator_.reachable_offset());
  }
  // By how much playing could come earlier and not run dry at once.
  int64_t Spare() const {
    const int64_t margin = tuning::kGapMarginTicks * frames_per_tick_;
    return std::max<int64_t>({0, Excess(), Lag() - UsualOffset() - margin});
  }
  int64_t Excess() const {
    return Lag() -
           std::max(estimator_.base_offset() + TargetDelayFrames(), estimator_.reachable_offset());
  }

  AudioDecoder& decoder_;
  const int frames_per_tick_;
  PacketGate gate_;
  PacketHistory history_;
  PacketBuffer packets_;
  SpeedControl speed_;
  SoundBuffer sound_;
  DelayEstimator estimator_;
  DriftCompensator drift_;
  StreamDecoder stream_;
  JitterBufferStats stats_;
  int min_delay_ms_;
  int max_delay_ms_;

  int64_t tick_ = 0;
  int64_t discarded_ = 0;
  int64_t late_after_all_ = 0;  // Passed over as lost before they came.

  bool concealing_ = false;
  int64_t concealed_run_ = 0;
  bool ever_played_ = false;
  PieceKind last_kind_ = PieceKind::kNothing;
};

void JitterBuffer::Impl::DropStream() {
  for (int i = 0; i < packets_.size(); ++i) discarded_ += packets_[i].is_copy ? 0 : 1;
  packets_.Clear();
  history_.Clear();
  stream_.Reset();
  estimator_.Reset();
  drift_.Reset();
  ++stats_.restarts;
}

int JitterBuffer::Impl::InsertPacket(const RtpPacketInfo& info, std::span<const uint8_t> payload,
                                     std::span<const RedundantCopy> copies) {
  if (payload.size() > kMaxPacketBytes) return ToInt(StatusCode::kInvalidArgument);
  ++stats_.packets_received;
  const PacketGate::Result gate = gate_.Check(info.ssrc, info.sequence_number, info.timestamp);
  if (gate.verdict == PacketGate::Verdict::kDuplicate) {
    ++stats_.packets_duplicate;
    return 0;
  }
  if (gate.verdict == PacketGate::Verdict::kSuspect) {
    ++discarded_;
    return 0;
  }
  if (gate.verdict == PacketGate::Verdict::kNewStream) DropStream();

  BufferedPacket packet;
  packet.sequence_number = gate.sequence_number;
  packet.timestamp = gate.timestamp;
  packet.arrival_tick = tick_;
  packet.payload = payload;
  packet.duration_samples = payload.empty() ? 0 : decoder_.PacketDuration(payload);
  packet.has_redundancy = packet.duration_samples > 0 && decoder_.HasRedundancy(payload);
  stats_.fec_packets_received += packet.has_redundancy ? 1 : 0;
  history_.Add(packet.sequence_number, packet.timestamp, packet.duration_samples);
  Observe(packet);
  const bool late = stream_.started() && packet.sequence_number < stream_.next_sequence_number();
  gate_.ReportLate(late);
  if (late) {
    ++discarded_;
    // What lies before the first packet played was never missed.
    late_after_all_ += packet.timestamp >= stream_.first_timestamp() ? 1 : 0;
  } else if (packets_.Insert(packet) == PacketBuffer::Result::kFull) {
    const bool oldest = packet.sequence_number < packets_.front().sequence_number;
    discarded_ += !oldest && packets_.front().is_copy ? 0 : 1;
    if (!oldest) {
      packets_.PopFront();
      (void)packets_.Insert(packet);
    }
  }
  InsertCopies(packet, copies);
  return 0;
}

void JitterBuffer::Impl::InsertCopies(const BufferedPacket& carrier,
                                      std::span<const RedundantCopy> copies) {
  // The newest first: once it has its place, it shows where the ones before it belong.
  for (auto copy = copies.rbegin(); copy != copies.rend(); ++copy) {
    if (copy->payload.empty()) continue;
    ++stats_.fec_packets_received;
    if (!stream_.started() || copy->payload.size() > kMaxPacketBytes) continue;
    BufferedPacket packet;
    packet.timestamp = carrier.timestamp - copy->timestamp_offset;
    packet.duration_samples = decoder_.PacketDuration(copy->payload);
    if (packet.duration_samples <= 0) continue;
    const std::optional<int64_t> place =
        history_.FindMissing(carrier.sequence_number, packet.timestamp, packet.duration_samples);
    if (!place || *place < stream_.next_sequence_number()) continue;
    packet.sequence_number = *place;
    packet.arrival_tick = tick_;
    packet.is_copy = true;
    packet.payload = copy->payload;
    packet.has_redundancy = decoder_.HasRedundancy(copy->payload);
    if (packets_.Insert(packet) != PacketBuffer::Result::kInserted) continue;
    stats_.fec_packets_received += packet.has_redundancy ? 1 : 0;
    history_.Add(packet.sequence_number, packet.timestamp, packet.duration_samples);
    ObserveRecoverable(packet.sequence_number, OffsetNow(packet));
  }
}

// When the packet could first be played, on the axis of DelayEstimator.
int64_t JitterBuffer::Impl::OffsetNow(const BufferedPacket& packet) const {
  // Packets shorter than a tick are played in groups that fill one: all are due with the first.
  int64_t group = 0;
  if (packet.duration_samples < frames_per_tick_) {
    const int64_t phase = stream_.started()  ? stream_.first_timestamp()
                          : packets_.empty() ? packet.timestamp
                                             : packets_.front().timestamp;
    group = (packet.timestamp - phase) % frames_per_tick_;
    if (group < 0) group += frames_per_tick_;
  }
  return tick_ * frames_per_tick_ + group - packet.timestamp;
}

void JitterBuffer::Impl::Observe(const BufferedPacket& packet) {
  if (packet.duration_samples <= 0) return;
  const int64_t offset = OffsetNow(packet);
  // What queued up before the first tick is no jitter: the newest packet tells the delay.
  if (!stream_.started()) estimator_.Reset();
  // A packet is there in time if it is itself or if the redundancy in the next one is.
  if (!history_.Recoverable(packet.sequence_number)) estimator_.Update(tick_, offset);
  drift_.Update(tick_, offset);
  const int64_t before = packet.sequence_number - 1;
  if (stream_.started() && before >= stream_.next_sequence_number() && !gate_.Received(before) &&
      packet.has_redundancy) {
    ObserveRecoverable(before, offset + packet.duration_samples);
  }
}

// The redundancy of a packet counts as its arrival, once.
void JitterBuffer::Impl::ObserveRecoverable(int64_t sequence_number, int64_t offset_frames) {
  if (history_.Recoverable(sequence_number)) return;
  history_.SetRecoverable(sequence_number);
  estimator_.Update(tick_, offset_frames);
}

// Begins with the packet that gives the wanted delay.
void JitterBuffer::Impl::StartPlaying() {
  const int64_t start = tick_ * frames_per_tick_ - estimator_.base_offset() - TargetDelayFrames();
  while (packets_.size() > 1 && packets_[1].timestamp <= start) {
    ++discarded_;
    packets_.PopFront();
  }
  stream_.Start();
}

// Sound so late that no listener waits for it is passed over; less is made up for by playing
// faster.
void JitterBuffer::Impl::LimitDelay() {
  const int64_t excess = Excess();
  const int64_t over_bound = Lag() - std::max(estimator_.base_offset() + ToFrames(max_delay_ms_),
                                              estimator_.reachable_offset());
  const int64_t longest = int64_t{kMaxPacketTicks} * frames_per_tick_;
  if (packets_.size() < 2 ||
      (excess <= ToFrames(tuning::kSkipTicks * kTickMs) && over_bound <= longest))
    return;
  stream_.SkipTo(stream_.next_timestamp() + excess);
}

void JitterBuffer::Impl::FillOneTick() {
  // Every turn but one per stored packet adds sound.
  for (int turn = 0; sound_.ahead() < drift_.Needs() && turn < kMaxBufferedPackets + 8; ++turn) {
    Account(stream_.Next(tick_, Excess(), Spare(), sound_));
  }
}

void JitterBuffer::Impl::Account(const Piece& piece) {
  const bool concealed = piece.kind == PieceKind::kLost || piece.kind == PieceKind::kUnderrun;
  if (piece.kind == PieceKind::kNothing) return;
  stats_.removed_samples += piece.removed;
  if (concealed) {
    if (!concealing_) ++stats_.concealment_events;
    stats_.concealed_samples += piece.frames;
    concealed_run_ += piece.frames;
  } else {
    if (concealing_ && ever_played_ && concealed_run_ >= ToFrames(kInterruptionMs)) {
      ++stats_.interruptions;
      stats_.interruption_samples += concealed_run_;
    }
    concealed_run_ = 0;
  }
  concealing_ = concealed;
  last_kind_ = piece.kind;
  if (piece.kind == PieceKind::kRecovered) stats_.recovered_samples += piece.frames;
  if (piece.kind == PieceKind::kPause) stats_.dtx_samples += piece.frames;
  if (piece.kind == PieceKind::kDecoded) {
    ever_played_ = true;
    stats_.emitted_samples += piece.frames;
    stats_.delay_sum_ms += static_cast<double>(piece.wait_ticks) * kTickMs * piece.frames;
    stats_.target_delay_sum_ms += static_cast<double>(ToMs(TargetDelayFrames())) * piece.frames;
  }
}

void JitterBuffer::Impl::AccountSilence(int frames) {
  if (!concealing_) ++stats_.concealment_events;
  concealing_ = true;
  stats_.concealed_samples += frames;
  stats_.silent_concealed_samples += frames;
}

void JitterBuffer::Impl::AdjustSpeed() {
  // Invented sound is not stretched: its length is chosen where it is made.
  if (last_kind_ != PieceKind::kDecoded && last_kind_ != PieceKind::kRecovered) return;
  const int64_t overdue = stream_.pausing() ? 0 : Overdue();
  const SpeedControl::Action action = speed_.Decide(sound_, drift_.Audible(Excess()), overdue);
  if (action == SpeedControl::Action::kFaster) {
    while (sound_.ahead() < speed_.lookahead_frames() && stream_.NextIsInSequence()) {
      Account(stream_.Next(tick_, Excess(), Spare(), sound_));
    }
  }
  const int change = speed_.Apply(action, sound_);
  (change < 0 ? stats_.removed_samples : stats_.inserted_samples) += std::abs(change);
}

void JitterBuffer::Impl::UpdateState() {
  const StreamCounters& counters = stream_.counters();
  stats_.packets_lost = counters.lost - late_after_all_;
  stats_.packets_recovered = counters.recovered;
  stats_.packets_discarded = discarded_ + counters.discarded;
  stats_.packets_empty = counters.empty;
  stats_.skipped_samples = counters.skipped_samples;
  stats_.decode_errors = counters.decode_errors;
  stats_.packets_in_buffer = packets_.size();
  stats_.fec_packets_discarded =
      stats_.fec_packets_received - counters.redundancy_used - packets_.CountRedundancy();
  int64_t held = sound_.ahead();
  if (stream_.started() && !packets_.empty()) {
    const BufferedPacket& newest = packets_.back();
    held += std::max<int64_t>(
        0, newest.timestamp + std::max(newest.duration_samples, 0) - stream_.next_timestamp());
  }
  stats_.playout_timestamp = static_cast<uint32_t>(stream_.next_timestamp() - sound_.ahead());
  stats_.current_delay_ms = ToMs(held);
  stats_.target_delay_ms = ToMs(TargetDelayFrames());
}

int JitterBuffer::Impl::GetAudio(std::span<float> out) {
  const auto samples = static_cast<std::size_t>(frames_per_tick_ * decoder_.num_channels());
  if (out.size() < samples) return ToInt(StatusCode::kBufferTooSmall);
  if (!stream_.started() && !packets_.empty()) StartPlaying();
  if (stream_.started()) {
    LimitDelay();
    drift_.Steer(Excess());
    FillOneTick();
    AdjustSpeed();
    FillOneTick();
  }
  if (sound_.ahead() >= drift_.Needs()) {
    stats_.resampled_samples += drift_.Read(sound_, out) - frames_per_tick_;
  } else {
    std::fill_n(out.begin(), samples, 0.0f);
    AccountSilence(frames_per_tick_);
  }
  stats_.total_samples += frames_per_tick_;
  ++tick_;
  UpdateState();
  return frames_per_tick_;
}

JitterBuffer::JitterBuffer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JitterBuffer::~JitterBuffer() = default;

StatusOr<std::unique_ptr<JitterBuffer>> JitterBuffer::Create(const JitterBufferConfig& config,
                                                             AudioDecoder& decoder) {
  if (Status status = CheckConfig(config); !status.ok()) return status;
  const int rate = decoder.sample_rate_hz();
  if ((rate != 8000 && rate != 16000 && rate != 24000 && rate != 48000) ||
      decoder.num_channels() < 1 || decoder.num_channels() > 2) {
    return Status{StatusCode::kUnsupported,
                  "the decoder must run at 8, 16, 24 or 48 kHz, mono or stereo"};
  }
  return std::unique_ptr<JitterBuffer>(new JitterBuffer(std::make_unique<Impl>(config, decoder)));
}

int JitterBuffer::InsertPacket(const RtpPacketInfo& info, std::span<const uint8_t> payload,
                               std::span<const RedundantCopy> copies) {
  return impl_->InsertPacket(info, payload, copies);
}
int JitterBuffer::GetAudio(std::span<float> out) { return impl_->GetAudio(out); }

Status JitterBuffer::set_delay_bounds(int min_ms, int max_ms) {
  Status status = CheckDelayBounds(min_ms, max_ms);
  if (status.ok()) impl_->SetBounds(min_ms, max_ms);
  return status;
}

Status JitterBuffer::set_latency_hint(LatencyHint hint) {
  Status status = CheckLatencyHint(hint);
  if (status.ok()) impl_->SetLatencyHint(hint);
  return status;
}

int JitterBuffer::frames_per_tick() const { return impl_->frames_per_tick(); }
int JitterBuffer::num_channels() const { return impl_->num_channels(); }
const JitterBufferStats& JitterBuffer::stats() const { return impl_->stats(); }

}  // namespace earshot
