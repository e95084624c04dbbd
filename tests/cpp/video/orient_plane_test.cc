#include "video/orient_plane.h"

#include <gtest/gtest.h>

#include "video/pictures.h"

namespace earshot::testing {
namespace {

/// A quarter of a turn clockwise: what was the lowest of the first column comes first.
Bytes Quarter(const Bytes& plane, int width, int height) {
  Bytes turned;
  for (int x = 0; x < width; ++x) {
    for (int y = height - 1; y >= 0; --y) {
      turned.push_back(plane[static_cast<size_t>(y * width + x)]);
    }
  }
  return turned;
}

TEST(OrientPlaneTest, TurnsAreSoManyQuarters) {
  for (const auto& [width, height] :
       {std::pair(1, 1), {1, 7}, {5, 3}, {16, 16}, {35, 50}, {64, 33}}) {
    const Bytes plane = RandomBytes(static_cast<size_t>(width * height), 1);
    Bytes expected = plane;
    int w = width;
    int h = height;
    for (const int degrees : {0, 90, 180, 270}) {
      Bytes turned(plane.size());
      OrientPlane(plane.data(), width, height, MakeOrientation(degrees, false), turned.data());
      EXPECT_EQ(turned, expected) << degrees;
      Bytes mirrored(plane.size());
      OrientPlane(plane.data(), width, height, MakeOrientation(degrees, true), mirrored.data());
      for (int y = 0; y < h; ++y)
        std::reverse(turned.begin() + y * w, turned.begin() + (y + 1) * w);
      EXPECT_EQ(mirrored, turned) << degrees;
      expected = Quarter(expected, w, h);
      std::swap(w, h);
    }
    EXPECT_EQ(expected, plane);
  }
}

TEST(OrientPlaneTest, UprightIsOnlyWhatChangesNothing) {
  for (const int degrees : {0, 90, 180, 270}) {
    EXPECT_EQ(MakeOrientation(degrees, false).is_upright(), degrees == 0);
    EXPECT_FALSE(MakeOrientation(degrees, true).is_upright());
  }
}

}  // namespace
}  // namespace earshot::testing
