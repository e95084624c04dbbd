// Bits of a NAL unit's payload: fixed numbers and Exp-Golomb codes (ITU-T H.264 §7.2, §9.1), with
// the emulation prevention bytes left out (§7.4.1.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace earshot {

/// Reads zeros beyond the end, and remembers that it did.
class H264BitReader {
 public:
  explicit H264BitReader(std::span<const uint8_t> payload) : payload_(payload) {}

  /// Whether all that was read was there.
  bool ok() const { return ok_; }

  uint32_t Bit() {
    if (bits_left_ == 0) NextByte();
    --bits_left_;
    return static_cast<uint32_t>(byte_ >> bits_left_) & 1;
  }
  bool Flag() { return Bit() != 0; }

  /// `count` bits, up to 32, the first one highest.
  uint32_t Bits(int count) {
    uint32_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 1 | Bit();
    return value;
  }

  /// ue(v), 0 … 2^32 − 2.
  uint32_t Unsigned() {
    int zeros = 0;
    while (ok_ && zeros < kMaxZeros && Bit() == 0) ++zeros;
    if (zeros == kMaxZeros) ok_ = false;
    if (!ok_) return 0;
    return (uint32_t{1} << zeros) - 1 + Bits(zeros);
  }

  /// se(v).
  int32_t Signed() {
    const uint32_t code = Unsigned();
    const auto half = static_cast<int32_t>(code >> 1);
    return (code & 1) != 0 ? half + 1 : -half;
  }

 private:
  // One more than the longest code has.
  static constexpr int kMaxZeros = 32;

  void NextByte() {
    bits_left_ = 8;
    byte_ = 0;
    if (zeros_ >= 2 && at_ < payload_.size() && payload_[at_] == 3) {
      zeros_ = 0;
      ++at_;
    }
    if (at_ >= payload_.size()) {
      ok_ = false;
      return;
    }
    byte_ = payload_[at_++];
    zeros_ = byte_ == 0 ? zeros_ + 1 : 0;
  }

  std::span<const uint8_t> payload_;
  size_t at_ = 0;
  int zeros_ = 0;
  uint8_t byte_ = 0;
  int bits_left_ = 0;
  bool ok_ = true;
};

}  // namespace earshot
