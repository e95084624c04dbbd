// RunningSum: the sum of the latest N integers; exact, so it returns to zero when they do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace earshot {

/// Starts as if N zeros had been added. The caller sees to it that N values fit into 64 bits.
/// Allocates at construction only.
class RunningSum {
 public:
  explicit RunningSum(int length) : values_(static_cast<std::size_t>(length), 0) {}

  uint64_t Push(uint64_t value) {
    sum_ += value - values_[next_];
    values_[next_] = value;
    next_ = next_ + 1 == values_.size() ? 0 : next_ + 1;
    return sum_;
  }

  uint64_t sum() const { return sum_; }
  int length() const { return static_cast<int>(values_.size()); }

  void Reset() {
    values_.assign(values_.size(), 0);
    sum_ = 0;
  }

 private:
  std::vector<uint64_t> values_;  // a ring
  std::size_t next_ = 0;
  uint64_t sum_ = 0;
};

}  // namespace earshot
