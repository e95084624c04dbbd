#include "jitter/packet_buffer.h"

#include <algorithm>

namespace earshot {

PacketBuffer::PacketBuffer(int max_packets, int max_packet_bytes)
    : slots_(static_cast<std::size_t>(max_packets)),
      bytes_(static_cast<std::size_t>(max_packets) * static_cast<std::size_t>(max_packet_bytes)),
      slot_bytes_(static_cast<std::size_t>(max_packet_bytes)) {
  order_.reserve(slots_.size());
  free_.reserve(slots_.size());
  Clear();
}

PacketBuffer::Result PacketBuffer::Insert(const BufferedPacket& packet) {
  // Almost every packet is the newest, so the place is sought from the back.
  auto place = order_.end();
  while (place != order_.begin()) {
    const BufferedPacket& before = slots_[static_cast<std::size_t>(*(place - 1))];
    if (before.sequence_number == packet.sequence_number) {
      if (!before.is_copy || packet.is_copy) return Result::kDuplicate;
      Store(*(place - 1), packet);
      return Result::kInserted;
    }
    if (before.sequence_number < packet.sequence_number) break;
    --place;
  }
  if (free_.empty()) return Result::kFull;
  const int slot = free_.back();
  free_.pop_back();
  order_.insert(place, slot);  // Within the reserved capacity.
  Store(slot, packet);
  return Result::kInserted;
}

void PacketBuffer::Store(int slot, const BufferedPacket& packet) {
  const auto index = static_cast<std::size_t>(slot);
  const auto begin = bytes_.begin() + static_cast<std::ptrdiff_t>(index * slot_bytes_);
  std::copy(packet.payload.begin(), packet.payload.end(), begin);
  slots_[index] = packet;
  slots_[index].payload = {&*begin, packet.payload.size()};
}

int PacketBuffer::CountRedundancy() const {
  int count = 0;
  for (int i = 0; i < size(); ++i) {
    count += ((*this)[i].is_copy ? 1 : 0) + ((*this)[i].has_redundancy ? 1 : 0);
  }
  return count;
}

void PacketBuffer::PopFront() {
  free_.push_back(order_.front());
  order_.erase(order_.begin());
}

void PacketBuffer::Clear() {
  order_.clear();
  free_.clear();
  for (int slot = static_cast<int>(slots_.size()) - 1; slot >= 0; --slot) free_.push_back(slot);
}

}  // namespace earshot
