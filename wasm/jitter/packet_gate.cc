#include "jitter/packet_gate.h"

#include <algorithm>

namespace earshot {
namespace {
// Steps beyond this are no reordering and no loss but another numbering (MAX_DROPOUT of RFC 3550
// A.1, both ways: a burst held up by the network for many seconds is still ours).
constexpr int64_t kMaxStep = 3000;
// So many late packets and none in time: a restart by a step that looked small. 0.8 s of 20 ms
// packets, so that sound is back within a second.
constexpr int kMaxLateRun = 40;

// No unwrapped sequence number comes near it.
constexpr int64_t kNever = INT64_MIN;
}  // namespace

void PacketGate::Reset() {
  sequence_numbers_.Reset();
  timestamps_.Reset();
  received_.fill(kNever);
  confirming_ = -1;
  late_run_ = 0;
  started_ = false;
}

PacketGate::Result PacketGate::Check(uint32_t ssrc, uint16_t sequence_number, uint32_t timestamp) {
  Verdict verdict = Verdict::kAccepted;
  if (started_) {
    const int64_t step = sequence_numbers_.Peek(sequence_number) - newest_;
    const bool far = step <= -kMaxStep || step >= kMaxStep;
    const bool same_stream = ssrc == ssrc_;
    if (same_stream && far && sequence_number != confirming_) {
      confirming_ = (sequence_number + 1) & 0xffff;
      return {Verdict::kSuspect, 0, 0};
    }
    if (!same_stream || far || late_run_ >= kMaxLateRun) {
      Reset();
      verdict = Verdict::kNewStream;
    }
  }
  confirming_ = -1;
  ssrc_ = ssrc;
  const int64_t sequence = sequence_numbers_.Unwrap(sequence_number);
  const Result result{verdict, sequence, timestamps_.Unwrap(timestamp)};
  newest_ = started_ ? std::max(newest_, sequence) : sequence;
  started_ = true;
  const auto place = static_cast<std::size_t>(sequence & (kHistory - 1));
  if (Received(sequence)) {
    if (received_timestamps_[place] == timestamp) {
      return {Verdict::kDuplicate, sequence, result.timestamp};
    }
    // A number that was there already, of another time: perhaps a sender that starts over.
    ReportLate(true);
    return {Verdict::kSuspect, sequence, result.timestamp};
  }
  received_[place] = sequence;
  received_timestamps_[place] = timestamp;
  return result;
}

}  // namespace earshot
