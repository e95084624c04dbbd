#include "jitter/stream_decoder.h"

#include <algorithm>

namespace earshot {
namespace {
// An Opus packet of one or two bytes holds no sound: it announces or keeps up a pause (RFC 7587
// §3.1.3, RFC 6716 §3.2.1).
constexpr std::size_t kMaxPausePayloadBytes = 2;
// Deep redundancy reaches back a second at most.
constexpr int kMaxDeepTicks = 100;
}  // namespace

StreamDecoder::StreamDecoder(AudioDecoder& decoder, PacketBuffer& packets, int frames_per_tick)
    : decoder_(decoder),
      packets_(packets),
      frames_per_tick_(frames_per_tick),
      quantum_(frames_per_tick / 4),
      joiner_(decoder.num_channels(), frames_per_tick),
      continued_(static_cast<std::size_t>(frames_per_tick * decoder.num_channels())) {}

void StreamDecoder::Start() {
  started_ = true;
  first_timestamp_ = next_timestamp_ = packets_.front().timestamp;
  next_sequence_number_ = packets_.front().sequence_number;
  invented_frames_ = waited_frames_ = 0;
}

void StreamDecoder::Reset() {
  decoder_.Reset();
  started_ = pausing_ = saved_ = false;
  deep_ = {};
}

bool StreamDecoder::NextIsInSequence() const {
  return !packets_.empty() && packets_.front().sequence_number == next_sequence_number_ &&
         packets_.front().timestamp == next_timestamp_ && packets_.front().duration_samples > 0;
}

void StreamDecoder::DiscardFront() {
  // A copy is nothing that arrived: what it stood for counts as lost.
  counters_.discarded += packets_.front().is_copy ? 0 : 1;
  PopFront();
}

void StreamDecoder::PopFront() {
  const BufferedPacket& front = packets_.front();
  const int64_t missing = std::max<int64_t>(front.sequence_number - next_sequence_number_, 0);
  counters_.lost += missing + (front.is_copy ? 1 : 0);
  const int64_t deep = deep_.frames / std::max(front.duration_samples, 1);
  counters_.recovered += std::clamp<int64_t>(missing - deep_.by_fec, 0, deep);
  next_sequence_number_ = front.sequence_number + 1;
  invented_frames_ = waited_frames_ = 0;
  deep_ = {};
  packets_.PopFront();
}

int64_t StreamDecoder::DeepReach(int64_t gap) {
  const BufferedPacket& front = packets_.front();
  if (deep_.sequence_number != front.sequence_number) {
    deep_.sequence_number = front.sequence_number;
    const int64_t most = int64_t{kMaxDeepTicks} * frames_per_tick_;
    deep_.reach = decoder_.LoadDeepRedundancy(front.payload, static_cast<int>(std::min(gap, most)));
  }
  return std::min(deep_.reach, gap);
}

void StreamDecoder::Skip(int64_t frames) {
  counters_.skipped_samples += frames;
  next_timestamp_ += frames;
}

Piece StreamDecoder::NextDeep(int64_t spare_frames, int64_t recoverable, SoundBuffer& sound) {
  const BufferedPacket& front = packets_.front();
  const auto gap = [&] { return front.timestamp - next_timestamp_; };
  // What was made up while waiting stands for the beginning of the gap.
  const int64_t waited = std::min(waited_frames_, gap() - recoverable);
  waited_frames_ -= waited;
  Skip(waited);
  const int64_t unknown = gap() - std::min(deep_.reach, gap());
  if (unknown > spare_frames) {
    const Piece piece = Invent(PieceKind::kLost, unknown - spare_frames, sound);
    next_timestamp_ += piece.frames;
    invented_frames_ += piece.frames;
    return piece;
  }
  // A packet of usual length at once, so that it is not missed in part if it comes after all; whole
  // quanta, and what is left of one is passed over.
  const int64_t rest = gap() - unknown - recoverable;
  const int64_t most = std::clamp(front.duration_samples, frames_per_tick_, 2 * frames_per_tick_);
  const auto frames = static_cast<int>(std::min(rest / quantum_ * quantum_, most));
  Skip(unknown + (frames == 0 ? rest : 0));
  if (frames == 0) return {};
  const std::span<float> out = sound.Prepare(frames);
  if (decoder_.DecodeDeepRedundancy(static_cast<int>(gap()), frames, out) < 0) {
    std::fill(out.begin(), out.end(), 0.0f);
  }
  sound.Commit(frames);
  next_timestamp_ += frames;
  invented_frames_ += frames;
  deep_.frames += frames;
  return {PieceKind::kRecovered, frames};
}

Piece StreamDecoder::Invent(PieceKind kind, int64_t frames, SoundBuffer& sound) {
  const auto whole = static_cast<int>(std::clamp<int64_t>(
      (frames + quantum_ - 1) / quantum_ * quantum_, quantum_, frames_per_tick_));
  const std::span<float> out = sound.Prepare(whole);
  if (decoder_.Conceal(whole, out) < 0) std::fill(out.begin(), out.end(), 0.0f);
  sound.Commit(whole);
  return {kind, whole};
}

void StreamDecoder::BeginJoin() {
  joining_ = saved_ && waited_frames_ > 0;
  saved_ = false;
  if (!joining_) return;
  if (decoder_.Conceal(frames_per_tick_, continued_) < 0) {
    std::fill(continued_.begin(), continued_.end(), 0.0f);
  }
  decoder_.RestoreState();
}

int StreamDecoder::EndJoin(std::span<float> decoded) {
  const bool joining = joining_;
  joining_ = false;
  return joining ? joiner_.Join(continued_, decoded) : 0;
}

Piece StreamDecoder::DecodeFront(int64_t tick, SoundBuffer& sound) {
  const BufferedPacket& packet = packets_.front();
  int frames = packet.duration_samples;
  std::span<float> out;
  if (frames > 0) {
    out = sound.Prepare(frames);
    if (packet.timestamp == next_timestamp_) BeginJoin();
    frames = decoder_.Decode(packet.payload, out);
  }
  if (frames <= 0) {
    // Of no use, as if it had been lost: the sequence number stays open and its time is concealed.
    ++counters_.decode_errors;
    packets_.PopFront();
    return {};
  }
  const int dropped = EndJoin(out);
  sound.Commit(frames - dropped);
  pausing_ = packet.payload.size() <= kMaxPausePayloadBytes;
  counters_.skipped_samples += packet.timestamp - next_timestamp_;
  next_timestamp_ = packet.timestamp + frames;
  const int64_t wait_ticks = tick - packet.arrival_tick;
  const bool is_copy = packet.is_copy;
  counters_.recovered += is_copy ? 1 : 0;
  counters_.redundancy_used += is_copy ? 1 : 0;
  PopFront();
  return {is_copy ? PieceKind::kRecovered : PieceKind::kDecoded, frames, wait_ticks, dropped};
}

Piece StreamDecoder::Next(int64_t tick, int64_t excess_frames, int64_t spare_frames,
                          SoundBuffer& sound) {
  joining_ = false;
  if (packets_.empty()) {
    if (pausing_) {
      next_timestamp_ += frames_per_tick_;
      invented_frames_ += frames_per_tick_;
      return Invent(PieceKind::kPause, frames_per_tick_, sound);
    }
    if (waited_frames_ == 0) {
      decoder_.SaveState();
      saved_ = true;
    }
    waited_frames_ += frames_per_tick_;
    return Invent(PieceKind::kUnderrun, frames_per_tick_, sound);
  }
  const BufferedPacket& front = packets_.front();
  if (front.payload.empty()) {
    ++counters_.empty;
    PopFront();
    return {};
  }
  const int64_t missing = front.sequence_number - next_sequence_number_;
  const int64_t gap = front.timestamp - next_timestamp_;
  // A pause is the time to get to the wanted delay unheard.
  if (pausing_ && gap >= 0 && excess_frames < 0) {
    return Invent(PieceKind::kPause, -excess_frames, sound);
  }
  if (gap < 0) {
    // Concealed in the meantime: of no use any more if all of it was, else it is played and playing
    // falls back. Otherwise the sender's clock has jumped.
    if (front.duration_samples > 0 && -gap <= invented_frames_ && -gap >= front.duration_samples &&
        packets_.size() > 1) {
      const int64_t invented = invented_frames_;
      const int64_t duration = front.duration_samples;
      // It and those missing before it take their share of what deep redundancy made.
      const int64_t deep = deep_.frames - (missing + 1) * duration;
      counters_.recovered += deep_.frames >= duration ? 1 : 0;
      DiscardFront();
      invented_frames_ = invented;
      deep_.frames = std::max<int64_t>(deep, 0);
      return {};
    }
    return DecodeFront(tick, sound);
  }
  if (gap == 0) return DecodeFront(tick, sound);

  if (missing == 0) {
    const int64_t shorten = std::max(excess_frames, waited_frames_);
    if (gap <= shorten) return DecodeFront(tick, sound);
    const Piece piece =
        Invent(PieceKind::kPause, std::min(gap - std::max<int64_t>(shorten, 0), gap), sound);
    next_timestamp_ += piece.frames;
    invented_frames_ += piece.frames;
    return piece;
  }
  const int64_t shorten = std::max(spare_frames, waited_frames_);
  const bool redundant = gap >= front.duration_samples && front.duration_samples % quantum_ == 0 &&
                         front.has_redundancy;
  const int64_t recoverable = redundant ? front.duration_samples : 0;
  if (DeepReach(gap) > recoverable) {
    saved_ = false;
    return NextDeep(spare_frames, recoverable, sound);
  }
  if (recoverable > 0 && gap - recoverable <= shorten) {
    const auto frames = static_cast<int>(recoverable);
    const std::span<float> out = sound.Prepare(frames);
    if (gap == recoverable) BeginJoin();
    if (decoder_.DecodeRedundancy(front.payload, frames, out) == frames) {
      const int dropped = EndJoin(out);
      sound.Commit(frames - dropped);
      ++counters_.recovered;
      ++counters_.redundancy_used;
      deep_.by_fec = 1;
      packets_.SpendRedundancy();
      counters_.skipped_samples += gap - recoverable;
      next_timestamp_ = front.timestamp;
      waited_frames_ = 0;
      return {PieceKind::kRecovered, frames, 0, dropped};
    }
  }
  if (gap <= shorten) return DecodeFront(tick, sound);
  saved_ = false;
  const Piece piece = Invent(PieceKind::kLost, gap - recoverable - shorten, sound);
  next_timestamp_ += piece.frames;
  invented_frames_ += piece.frames;
  return piece;
}

void StreamDecoder::SkipTo(int64_t timestamp) {
  while (packets_.size() > 1 && packets_.front().timestamp < timestamp) DiscardFront();
  counters_.skipped_samples += packets_.front().timestamp - next_timestamp_;
  next_timestamp_ = packets_.front().timestamp;
}

}  // namespace earshot
