// PacketHistory: which packets were there lately, and when they play. By that the place of a
// redundant copy is found, which names its timestamp only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace earshot {

/// Sequence numbers and timestamps are extended to 64 bits (wrap.h). Real-time safe.
class PacketHistory {
 public:
  PacketHistory() { Clear(); }

  void Add(int64_t sequence_number, int64_t timestamp, int duration_samples);
  void Clear();

  /// Whether SetRecoverable was called: redundancy for the packet came before the packet.
  bool Recoverable(int64_t sequence_number) const {
    return recoverable_[Index(sequence_number)] == sequence_number;
  }
  void SetRecoverable(int64_t sequence_number) {
    recoverable_[Index(sequence_number)] = sequence_number;
  }

  /// The sequence number of the missing packet that plays at `timestamp` for `duration_samples` > 0
  /// and came with the packet `carrier`, or nothing where that is not certain.
  ///
  /// RFC 2198 gives a copy no sequence number. Its rank among the copies is none: senders leave out
  /// copies, choose any distance, and pause. But time is: the packets known on both sides of it
  /// enclose a hole of so many sequence numbers and so much time, the copy must fit in, and its
  /// place is certain if it adjoins one of them, if only one packet is missing, or if packets of
  /// its length fill the hole without a pause.
  std::optional<int64_t> FindMissing(int64_t carrier, int64_t timestamp,
                                     int duration_samples) const;

 private:
  // Looked back on at most: a copy is at most 2^14 samples old, 68 packets of 5 ms at 48 kHz.
  static constexpr int kReach = 128;
  // No unwrapped sequence number comes near it.
  static constexpr int64_t kNever = INT64_MIN;

  struct Entry {
    int64_t sequence_number = kNever;
    int64_t timestamp = 0;
    int64_t end = 0;
  };

  static std::size_t Index(int64_t sequence_number) {
    return static_cast<std::size_t>(sequence_number & (kReach - 1));
  }

  std::array<Entry, kReach> entries_;
  std::array<int64_t, kReach> recoverable_;
};

}  // namespace earshot
