// PlaneScaler: one plane of a picture in another size, by a separable polyphase filter.
#pragma once

#include <cstdint>
#include <vector>

#include "video/scale_filter.h"

namespace earshot {

/// First down the columns, as exact as 16 bits allow, then along the row that results: one row is
/// all that is kept. Integers: every build gives the same bits.
class PlaneScaler {
 public:
  /// Makes the tables; nothing is done when they are those of before.
  void Configure(const ScaleAxis& x, const ScaleAxis& y);

  /// `source` points to sample (0, 0), of which the axes tell what is used. `target` has the sizes
  /// of the axes, its rows `target_stride` apart. Allocates nothing.
  void Scale(const uint8_t* source, int source_stride, uint8_t* target, int target_stride);

 private:
  ScaleAxis x_;
  ScaleAxis y_;
  ScaleFilter columns_;
  ScaleFilter rows_;
  std::vector<const uint8_t*> taps_;  ///< rows of the source under the filter
  std::vector<int16_t> row_;          ///< filtered down the columns
};

}  // namespace earshot
