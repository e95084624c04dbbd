// StreamDecoder: makes one continuous stream of sound of the packets in the buffer: decodes those
// that are there, recovers or conceals those that are not, and keeps the timeline of the sender.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/audio_decoder.h"
#include "jitter/joiner.h"
#include "jitter/packet_buffer.h"
#include "jitter/sound_buffer.h"

namespace earshot {

/// What a stretch of sound was made from.
enum class PieceKind {
  kDecoded,    ///< A packet.
  kRecovered,  ///< A copy of a missing packet, or the redundancy in a packet after it.
  kLost,       ///< Concealment of sound known to be missing; the timeline moves on.
  kUnderrun,   ///< Concealment because nothing has arrived; the timeline waits.
  kPause,      ///< The decoder's own noise across a pause in transmission (DTX).
  kNothing,    ///< No sound: an empty packet was passed over, or the timeline jumped.
};

struct Piece {
  PieceKind kind = PieceKind::kNothing;
  int frames = 0;          ///< Appended to the sound buffer.
  int64_t wait_ticks = 0;  ///< kDecoded: how long the packet waited in the buffer.
  int removed = 0;         ///< Dropped from its start, to join what was concealed before.
};

/// What happened to packets besides being played; counted since construction.
struct StreamCounters {
  int64_t lost = 0;
  int64_t recovered = 0;
  int64_t redundancy_used = 0;  ///< Copies and in-band FEC of those recovered.
  int64_t discarded = 0;
  int64_t empty = 0;
  int64_t decode_errors = 0;
  int64_t skipped_samples = 0;  ///< Of the sender's timeline, passed over without sound.
};

/// Real-time safe. Reads and pops `packets`; the only user of `decoder`.
class StreamDecoder {
 public:
  StreamDecoder(AudioDecoder& decoder, PacketBuffer& packets, int frames_per_tick);

  /// Starts, or starts again, with the packet at the front.
  void Start();
  /// Forgets the stream and resets the decoder.
  void Reset();

  bool started() const { return started_; }
  /// Timestamp Start began with.
  int64_t first_timestamp() const { return first_timestamp_; }
  /// Timestamp that follows the sound made so far.
  int64_t next_timestamp() const { return next_timestamp_; }
  /// Packets before this sequence number come too late.
  int64_t next_sequence_number() const { return next_sequence_number_; }
  /// Whether the next piece is the very next packet, so that decoding it early decides nothing.
  bool NextIsInSequence() const;
  /// Whether sound is expected that has not arrived (no pause in transmission).
  bool pausing() const { return pausing_; }

  /// Appends the next piece, at most 120 ms. `excess_frames` is how much later than wanted playing
  /// is (negative: earlier), `spare_frames` ≥ 0 by how much it could do without: what is concealed
  /// for a lost packet is made that much shorter.
  Piece Next(int64_t tick, int64_t excess_frames, int64_t spare_frames, SoundBuffer& sound);

  /// Drops packets undecoded until what remains starts at or after `timestamp`, and joins there.
  void SkipTo(int64_t timestamp);

  const StreamCounters& counters() const { return counters_; }

 private:
  static constexpr int64_t kNoPacket = INT64_MIN;

  Piece DecodeFront(int64_t tick, SoundBuffer& sound);
  // Decoding around the end of a wait: before it, the concealment is continued for the joiner and
  // the decoder taken back to where it was; after it, the joint is made. Returns frames dropped.
  void BeginJoin();
  int EndJoin(std::span<float> decoded);
  Piece Invent(PieceKind kind, int64_t frames, SoundBuffer& sound);
  // How far before the front packet its deep redundancy reaches, of the `gap` frames missing there.
  int64_t DeepReach(int64_t gap);
  // The next piece of a gap that deep redundancy describes, down to the last `recoverable` frames
  // of it, for which there is better. Nothing if it ends here, with next_timestamp() where it goes
  // on.
  Piece NextDeep(int64_t spare_frames, int64_t recoverable, SoundBuffer& sound);
  // Passes over `frames` of the sender's timeline without sound.
  void Skip(int64_t frames);
  void PopFront();
  void DiscardFront();

  AudioDecoder& decoder_;
  PacketBuffer& packets_;
  const int frames_per_tick_;
  const int quantum_;  // Granularity of Conceal.
  StreamCounters counters_;
  int64_t first_timestamp_ = 0;
  int64_t next_timestamp_ = 0;
  int64_t next_sequence_number_ = 0;
  int64_t invented_frames_ = 0;  // Of the timeline, since the last packet.
  int64_t waited_frames_ = 0;    // Concealed while the timeline waited, since the last packet.
  bool started_ = false;
  bool pausing_ = false;
  bool saved_ = false;    // The decoder remembers the time before the wait.
  bool joining_ = false;  // Between BeginJoin and EndJoin.
  // The packet whose deep redundancy the decoder has loaded, how far it reaches, what was made of
  // it since the last packet, and how many packets by in-band FEC.
  struct {
    int64_t sequence_number = kNoPacket;
    int64_t reach = 0;
    int64_t frames = 0;
    int64_t by_fec = 0;
  } deep_;
  Joiner joiner_;
  std::vector<float> continued_;
};

}  // namespace earshot
