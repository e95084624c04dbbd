// Turning and mirroring of planes.
#pragma once

#include <cstdint>

namespace earshot {

/// What is done to a plane: its axes reversed, then swapped.
struct Orientation {
  bool reverse_x = false;
  bool reverse_y = false;
  bool swap = false;

  bool is_upright() const { return !reverse_x && !reverse_y && !swap; }
};

/// A clockwise turn by 0, 90, 180 or 270 degrees, then `flip`: left and right exchanged.
constexpr Orientation MakeOrientation(int degrees, bool flip) {
  if (degrees % 180 == 0) return {(degrees == 180) != flip, degrees == 180, false};
  return {degrees == 270, (degrees == 90) != flip, true};
}

/// `source` of `width` × `height` to `target` of the sides that result, both without padding.
void OrientPlane(const uint8_t* source, int width, int height, Orientation orientation,
                 uint8_t* target);

}  // namespace earshot
