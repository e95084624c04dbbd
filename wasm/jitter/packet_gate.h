// PacketGate: decides what an arriving RTP header means: the stream goes on, it has come before, or
// another stream begins.
#pragma once

#include <array>
#include <cstdint>

#include "jitter/wrap.h"

namespace earshot {

/// Extends sequence numbers and timestamps to 64 bits, recognises duplicates and restarts. O(1),
/// real-time safe.
class PacketGate {
 public:
  enum class Verdict {
    kAccepted,
    kDuplicate,
    kSuspect,    ///< Fits nothing before it: dropped, unless those that follow confirm it.
    kNewStream,  ///< As kAccepted, but everything before belongs to another stream (new SSRC,
                 ///< restarted sender).
  };
  struct Result {
    Verdict verdict;
    int64_t sequence_number;
    int64_t timestamp;
  };

  PacketGate() { Reset(); }

  Result Check(uint32_t ssrc, uint16_t sequence_number, uint32_t timestamp);
  /// Tells whether the accepted packet came in time. A long run of late ones is a restart in
  /// disguise.
  void ReportLate(bool late) { late_run_ = late ? late_run_ + 1 : 0; }
  /// Whether the packet arrived (within the last kHistory sequence numbers).
  bool Received(int64_t sequence_number) const {
    return received_[static_cast<std::size_t>(sequence_number & (kHistory - 1))] == sequence_number;
  }

 private:
  static constexpr int kHistory = 1024;

  void Reset();

  Unwrapper<uint16_t> sequence_numbers_;
  Unwrapper<uint32_t> timestamps_;
  std::array<int64_t, kHistory> received_;
  std::array<uint32_t, kHistory> received_timestamps_{};  // Of those.
  int64_t newest_ = 0;
  uint32_t ssrc_ = 0;
  int confirming_ = -1;  // The sequence number that would confirm a suspect.
  int late_run_ = 0;
  bool started_ = false;
};

}  // namespace earshot
