#include "jitter/packet_history.h"

#include <algorithm>

namespace earshot {

void PacketHistory::Clear() {
  entries_.fill({});
  recoverable_.fill(kNever);
}

void PacketHistory::Add(int64_t sequence_number, int64_t timestamp, int duration_samples) {
  entries_[Index(sequence_number)] = {sequence_number, timestamp,
                                      timestamp + std::max(duration_samples, 0)};
}

std::optional<int64_t> PacketHistory::FindMissing(int64_t carrier, int64_t timestamp,
                                                  int duration_samples) const {
  const Entry* before = nullptr;
  const Entry* after = nullptr;
  for (int64_t number = carrier; number > carrier - kReach && before == nullptr; --number) {
    const Entry& entry = entries_[Index(number)];
    if (entry.sequence_number != number) continue;
    (entry.timestamp > timestamp ? after : before) = &entry;
  }
  if (before == nullptr || after == nullptr) return std::nullopt;
  const int64_t missing = after->sequence_number - before->sequence_number - 1;
  const int64_t lead = timestamp - before->end;
  const int64_t rest = after->timestamp - timestamp - duration_samples;
  if (missing < 1 || lead < 0 || rest < 0) return std::nullopt;
  if (lead == 0 || missing == 1) return before->sequence_number + 1;
  if (rest == 0) return after->sequence_number - 1;
  const bool filled =
      lead % duration_samples == 0 && lead + duration_samples + rest == missing * duration_samples;
  if (!filled) return std::nullopt;
  return before->sequence_number + 1 + lead / duration_samples;
}

}  // namespace earshot
