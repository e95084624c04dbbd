#include "video/plane_scaler.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/md5.h"
#include "video/pictures.h"

namespace earshot::testing {
namespace {

struct Plane {
  int width;
  int height;
  Bytes samples;

  uint8_t at(int x, int y) const { return samples[static_cast<size_t>(y * width + x)]; }
};

template <typename Value>
Plane MakePlane(int width, int height, Value value) {
  Plane plane = {width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) plane.samples.push_back(static_cast<uint8_t>(value(x, y)));
  }
  return plane;
}

Plane RandomPlane(int width, int height, unsigned seed, bool extremes = false) {
  return {width, height, RandomBytes(static_cast<size_t>(width * height), seed, extremes)};
}

/// All of `source` samples to `target`.
ScaleAxis WholeAxis(int source, int target) {
  return {.begin = 0,
          .end = source,
          .size = target,
          .first = source,
          .step = 2 * source,
          .unit = 2 * target};
}

Plane Scale(const Plane& source, const ScaleAxis& x, const ScaleAxis& y) {
  PlaneScaler scaler;
  scaler.Configure(x, y);
  // With bytes on both sides that have to stay.
  Bytes target(static_cast<size_t>((x.size + 2) * y.size), 77);
  scaler.Scale(source.samples.data(), source.width, target.data() + 1, x.size + 2);
  Plane result = {x.size, y.size, {}};
  for (int row = 0; row < y.size; ++row) {
    const auto begin = target.begin() + row * (x.size + 2);
    EXPECT_EQ(begin[0], 77);
    EXPECT_EQ(begin[x.size + 1], 77);
    result.samples.insert(result.samples.end(), begin + 1, begin + 1 + x.size);
  }
  return result;
}

Plane Scale(const Plane& source, int width, int height) {
  return Scale(source, WholeAxis(source.width, width), WholeAxis(source.height, height));
}

struct Sizes {
  int from_width, from_height, to_width, to_height;
};
constexpr Sizes kSizes[] = {
    {64, 48, 32, 24}, {64, 48, 128, 96}, {61, 37, 40, 50},  {37, 61, 61, 13}, {1, 1, 9, 5},
    {2, 3, 1, 1},     {1, 40, 1, 33},    {40, 1, 33, 1},    {100, 7, 99, 8},  {33, 33, 3, 70},
    {5, 5, 64, 5},    {5, 64, 5, 5},     {300, 200, 17, 11}};

TEST(PlaneScalerTest, AConstantStaysWhatItIs) {
  for (const Sizes& sizes : kSizes) {
    for (const int value : {0, 1, 16, 127, 128, 235, 254, 255}) {
      const Plane source =
          MakePlane(sizes.from_width, sizes.from_height, [&](int, int) { return value; });
      ASSERT_EQ(Scale(source, sizes.to_width, sizes.to_height).samples,
                Bytes(static_cast<size_t>(sizes.to_width * sizes.to_height),
                      static_cast<uint8_t>(value)));
    }
  }
}

TEST(PlaneScalerTest, TheSameSizeIsACopyEvenAlongOneAxisAlone) {
  const Plane source = RandomPlane(67, 35, 1, true);
  EXPECT_EQ(Scale(source, 67, 35).samples, source.samples);
  // Columns of one value each, scaled along the columns, keep their rows.
  const Plane columns = MakePlane(67, 35, [](int x, int) { return 37 * x; });
  const Plane rows = MakePlane(67, 35, [](int, int y) { return 37 * y; });
  EXPECT_EQ(Scale(columns, 67, 90).samples,
            MakePlane(67, 90, [](int x, int) { return 37 * x; }).samples);
  EXPECT_EQ(Scale(rows, 21, 35).samples,
            MakePlane(21, 35, [](int, int y) { return 37 * y; }).samples);
}

Plane Mirrored(const Plane& plane) {
  Plane mirrored = plane;
  std::reverse(mirrored.samples.begin(), mirrored.samples.end());
  return mirrored;
}

TEST(PlaneScalerTest, LeftAndRightAndTopAndBottomAreTreatedAlike) {
  for (const Sizes& sizes : kSizes) {
    const Plane source = RandomPlane(sizes.from_width, sizes.from_height, 2, true);
    ASSERT_EQ(Scale(Mirrored(source), sizes.to_width, sizes.to_height).samples,
              Mirrored(Scale(source, sizes.to_width, sizes.to_height)).samples);
  }
}

TEST(PlaneScalerTest, ASlopeStaysOneInItsPlace) {
  for (const auto& [from, to] :
       {std::pair(120, 60), {120, 200}, {120, 119}, {120, 43}, {100, 400}}) {
    const double step = double{1} * from / to;
    const Plane source = MakePlane(from, from, [](int x, int) { return 2 * x + 1; });
    const Plane target = Scale(source, to, to);
    // At the edges the repeated sample bends it.
    const int margin = static_cast<int>(4 * std::max(1.0, 1 / step)) + 1;
    ErrorMeter meter;
    for (int x = margin; x < to - margin; ++x) {
      meter.Add(target.at(x, to / 2), 2 * step * (x + 0.5));
    }
    // Half a step, and the little by which Lanczos's window is not exact.
    EXPECT_LE(meter.largest(), 0.55) << from << " to " << to;
    EXPECT_NEAR(meter.mean(), 0, 0.05) << from << " to " << to;
  }
}

TEST(PlaneScalerTest, ABlobKeepsItsPlaceAndItsWeight) {
  for (const auto& [width, height] : {std::pair(80, 60),
                                      {160, 120},
                                      {200, 50},
                                      {320, 240},
                                      {81, 61},
                                      {33, 27},
                                      {159, 119},
                                      {161, 121}}) {
    const double blob_x = 71.3;
    const double blob_y = 64.8;
    const Plane source = MakePlane(160, 120, [&](int x, int y) {
      const double dx = x + 0.5 - blob_x;
      const double dy = y + 0.5 - blob_y;
      return std::lround(250 * std::exp(-(dx * dx + dy * dy) / 200));
    });
    const auto moments = [](const Plane& plane) {
      Triple sums{};
      for (int y = 0; y < plane.height; ++y) {
        for (int x = 0; x < plane.width; ++x) {
          const double value = plane.at(x, y);
          sums[0] += value;
          sums[1] += value * (x + 0.5) / plane.width;
          sums[2] += value * (y + 0.5) / plane.height;
        }
      }
      return Triple{sums[0] / (plane.width * plane.height), sums[1] / sums[0], sums[2] / sums[0]};
    };
    const Triple before = moments(source);
    const Triple after = moments(Scale(source, width, height));
    EXPECT_NEAR(after[0] / before[0], 1, 0.002);
    // In pixels of the source.
    EXPECT_NEAR(160 * after[1], 160 * before[1], 0.03) << width;
    EXPECT_NEAR(120 * after[2], 120 * before[2], 0.03) << height;
  }
}

// The tables with plain loops over columns and rows: equal to the bit, in every length of the rest.
TEST(PlaneScalerTest, IsTheSumOfProductsInAnyLength) {
  for (int width = 1; width <= 70; ++width) {
    const Plane source = RandomPlane(71 - width, 9, static_cast<unsigned>(width), width % 3 == 0);
    const ScaleAxis along = WholeAxis(source.width, width);
    const ScaleAxis down = WholeAxis(source.height, 5);
    ScaleFilter rows;
    ScaleFilter columns;
    rows.Configure(along, 1);
    columns.Configure(down, 1);
    Plane expected = {width, 5, {}};
    for (int y = 0; y < 5; ++y) {
      for (int x = 0; x < width; ++x) {
        int sum = 1 << 19;
        for (int k = 0; k < rows.taps(); ++k) {
          if (rows.weights(x)[k] == 0) continue;
          int column = 1 << 7;
          for (int j = 0; j < columns.taps(); ++j) {
            if (columns.weights(y)[j] == 0) continue;
            column += columns.weights(y)[j] * source.at(rows.start(x) + k, columns.start(y) + j);
          }
          sum += (column >> 8) * rows.weights(x)[k];
        }
        expected.samples.push_back(static_cast<uint8_t>(std::clamp(sum >> 20, 0, 255)));
      }
    }
    ASSERT_EQ(Scale(source, along, down).samples, expected.samples) << width;
  }
}

TEST(PlaneScalerTest, OnlyThePartIsLookedAt) {
  const Plane part = RandomPlane(20, 14, 5);
  const Plane inside = MakePlane(50, 40, [&](int x, int y) {
    return x >= 13 && x < 33 && y >= 9 && y < 23 ? part.at(x - 13, y - 9) : 255 * (x & 1);
  });
  const auto axis = [](int begin, int size, int target) {
    return ScaleAxis{.begin = begin,
                     .end = begin + size,
                     .size = target,
                     .first = 2 * target * begin + size,
                     .step = 2 * size,
                     .unit = 2 * target};
  };
  for (const auto& [width, height] : {std::pair(20, 14), {11, 9}, {41, 33}}) {
    EXPECT_EQ(Scale(inside, axis(13, 20, width), axis(9, 14, height)).samples,
              Scale(part, width, height).samples);
  }
}

TEST(PlaneScalerTest, TheLargestSidesWork) {
  const Plane wide = RandomPlane(4096, 3, 1);
  EXPECT_EQ(Scale(wide, 1, 1).samples.size(), 1U);
  // So many random samples are their mean.
  EXPECT_NEAR(Scale(wide, 1, 1).samples[0], 127.5, 6);
  EXPECT_EQ(Scale(RandomPlane(1, 2, 1), 4096, 4).samples.size(), 4096U * 4);
  EXPECT_EQ(Scale(RandomPlane(3, 16383, 1), 2, 100).samples.size(), 200U);
}

TEST(PlaneScalerTest, PicturesAreTheSameInEveryBuild) {
  const Plane source = RandomPlane(150, 110, 9);
  EXPECT_EQ(Md5(Scale(source, 75, 55).samples), "50ba0fc5abd8788c53ee0ed74805a3fd");
  EXPECT_EQ(Md5(Scale(source, 101, 83).samples), "a23e0219657e684c384e17f68f43fb4c");
  EXPECT_EQ(Md5(Scale(source, 333, 222).samples), "88bea008fd46002ba8a425b52117c76b");
}

}  // namespace
}  // namespace earshot::testing
