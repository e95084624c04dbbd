// ScaleFilter: the weights by which a row or column of samples becomes one of another length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace earshot {

/// Where the samples of the target lie in the source, both as rows of touching cells: the centre of
/// sample i is (first + i·step)/unit source samples right of the left edge of source sample 0.
struct ScaleAxis {
  int begin = 0;  ///< The source samples begin … end − 1 are used, the outermost repeated beyond.
  int end = 0;
  int size = 0;  ///< Samples of the target.
  int64_t first = 0;
  int64_t step = 0;
  int64_t unit = 1;

  bool operator==(const ScaleAxis&) const = default;

  /// Whether every sample is that of the source `offset()` further on.
  bool is_copy() const {
    return step == unit && 2 * first % unit == 0 && 2 * first / unit % 2 == 1;
  }
  int64_t offset() const { return first / unit; }
};

/// Lanczos of three lobes, as wide in the target where that has fewer samples, so that what it
/// cannot show is taken away. Weights sum up to 2^kBits for every sample: a constant stays what it
/// is.
class ScaleFilter {
 public:
  static constexpr int kBits = 14;

  /// `multiple`: the number of taps is one of it, filled with weights of 0.
  void Configure(const ScaleAxis& axis, int multiple);

  int taps() const { return taps_; }
  /// The source sample under the first weight of target sample i. The later ones of weight 0 may
  /// lie behind the last.
  int start(int i) const { return starts_[static_cast<size_t>(i)]; }
  /// As many as taps().
  const int16_t* weights(int i) const {
    return &weights_[static_cast<size_t>(i) * static_cast<size_t>(taps_)];
  }

 private:
  int taps_ = 0;
  std::vector<int> starts_;
  std::vector<int16_t> weights_;
};

}  // namespace earshot
