// SlidingMax: the largest of the latest N values, in constant time on average (Lemire 2006,
// "Streaming maximum-minimum filter using no more than three comparisons per element").
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace earshot {

/// Starts as if the window were full of zeros, and values are unsigned, so an empty window reads 0.
/// Allocates at construction only.
class SlidingMax {
 public:
  explicit SlidingMax(int window)
      : window_(static_cast<uint32_t>(window)), wedge_(static_cast<std::size_t>(window)) {}

  /// Adds `value`, drops the one that leaves the window, and returns the largest.
  uint32_t Push(uint32_t value) {
    // Values no larger than the new one can never be the largest again: what remains is a falling
    // wedge.
    while (size_ > 0 && At(size_ - 1).value <= value) {
      --size_;
    }
    // Unsigned arithmetic: right also when the time wraps around.
    if (size_ > 0 && now_ - At(0).time >= window_) {
      first_ = first_ + 1 == wedge_.size() ? 0 : first_ + 1;
      --size_;
    }
    At(size_++) = {value, now_++};
    return At(0).value;
  }

  void Reset() { size_ = 0; }

 private:
  struct Entry {
    uint32_t value;
    uint32_t time;
  };

  Entry& At(std::size_t index) {
    const std::size_t position = first_ + index;
    return wedge_[position < wedge_.size() ? position : position - wedge_.size()];
  }

  uint32_t window_;
  uint32_t now_ = 0;
  std::vector<Entry> wedge_;  // a ring
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace earshot
