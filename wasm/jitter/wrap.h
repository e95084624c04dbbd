// Wrapping counters of RTP made monotonic.
#pragma once

#include <cstdint>
#include <type_traits>

namespace earshot {

/// Extends a wrapping counter to 64 bits: each value is taken as the one nearest to the newest
/// before it (RFC 3550 A.1), so it follows both reordering and wraps as long as steps are shorter
/// than half the range.
template <typename Unsigned>
class Unwrapper {
  static_assert(std::is_unsigned_v<Unsigned>);
  using Signed = std::make_signed_t<Unsigned>;

 public:
  /// What `value` would be extended to; changes nothing.
  int64_t Peek(Unsigned value) const {
    if (!started_) return value;
    const auto step =
        static_cast<Signed>(static_cast<Unsigned>(value - static_cast<Unsigned>(newest_)));
    return newest_ + step;
  }
  int64_t Unwrap(Unsigned value) {
    const int64_t extended = Peek(value);
    if (!started_ || extended > newest_) newest_ = extended;
    started_ = true;
    return extended;
  }
  void Reset() { started_ = false; }

 private:
  int64_t newest_ = 0;
  bool started_ = false;
};

}  // namespace earshot
