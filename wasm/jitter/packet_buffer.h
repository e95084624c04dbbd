// PacketBuffer: packets waiting to be decoded, in order of sequence number, in slots made once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace earshot {

/// A stored packet. Sequence number and timestamp are extended to 64 bits (wrap.h).
struct BufferedPacket {
  int64_t sequence_number = 0;
  int64_t timestamp = 0;
  int64_t arrival_tick = 0;  ///< GetAudio calls made before it arrived.
  int duration_samples = 0;  ///< 0 for an empty payload, negative if the decoder does not know it.
  bool is_copy = false;      ///< Came as redundancy of a later packet, not by itself.
  bool has_redundancy = false;       ///< AudioDecoder::HasRedundancy of the payload, not used yet.
  std::span<const uint8_t> payload;  ///< Points into the slot; valid until the packet is removed.
};

/// Fixed capacity, no allocation after construction. Insert is O(capacity) in the worst case, O(1)
/// for packets in order.
class PacketBuffer {
 public:
  enum class Result { kInserted, kDuplicate, kFull };

  PacketBuffer(int max_packets, int max_packet_bytes);

  /// Copies `packet` with its payload (at most max_packet_bytes). The packet itself takes the place
  /// of a copy of it; everything else that is there already is a duplicate.
  Result Insert(const BufferedPacket& packet);

  bool empty() const { return order_.empty(); }
  int size() const { return static_cast<int>(order_.size()); }
  /// `index` 0 is the oldest in sequence order.
  const BufferedPacket& operator[](int index) const {
    return slots_[static_cast<std::size_t>(order_[static_cast<std::size_t>(index)])];
  }
  const BufferedPacket& front() const { return (*this)[0]; }
  const BufferedPacket& back() const { return (*this)[size() - 1]; }

  /// Copies, and packets that carry redundancy. O(size()).
  int CountRedundancy() const;
  /// The redundancy in the oldest packet has been used.
  void SpendRedundancy() {
    slots_[static_cast<std::size_t>(order_.front())].has_redundancy = false;
  }

  void PopFront();
  void Clear();

 private:
  void Store(int slot, const BufferedPacket& packet);

  std::vector<BufferedPacket> slots_;
  std::vector<uint8_t> bytes_;
  std::vector<int> order_;  // Slot indices by sequence number.
  std::vector<int> free_;
  std::size_t slot_bytes_;
};

}  // namespace earshot
