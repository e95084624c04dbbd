#include "video/color_rows.h"

#include <gtest/gtest.h>

#include "video/pictures.h"

namespace earshot::testing {
namespace {

// Half a step of the output, and what rounded weights are off over the range of the input.
constexpr double kHalfAndWeights = 0.56;

struct Yuv {
  Bytes y, u, v;
};

/// Pixels of one row, each with chroma of its own: every pixel stands twice.
Yuv ConvertPixels(const Bytes& rgb, ColorSpace space, bool blue_first) {
  const size_t count = rgb.size() / 4;
  Bytes doubled;
  for (size_t i = 0; i < count; ++i) {
    for (int copy = 0; copy < 2; ++copy) {
      doubled.insert(doubled.end(), rgb.begin() + static_cast<std::ptrdiff_t>(4 * i),
                     rgb.begin() + static_cast<std::ptrdiff_t>(4 * i + 4));
    }
  }
  const RgbToYuv color = MakeRgbToYuv(space, blue_first);
  Yuv yuv{Bytes(count), Bytes(count), Bytes(count)};
  RgbToLumaRow(rgb.data(), static_cast<int>(count), color, yuv.y.data());
  RgbToChromaRow(doubled.data(), doubled.data(), static_cast<int>(2 * count), color, yuv.u.data(),
                 yuv.v.data());
  return yuv;
}

Triple PixelAt(const Bytes& rgb, size_t i, bool blue_first) {
  const Triple pixel = {double(rgb[4 * i]), double(rgb[4 * i + 1]), double(rgb[4 * i + 2])};
  return blue_first ? Triple{pixel[2], pixel[1], pixel[0]} : pixel;
}

TEST(RgbToYuvTest, IsWhatTheStandardsSay) {
  for (const ColorSpace space : kColorSpaces) {
    for (const bool blue_first : {false, true}) {
      for (const bool extremes : {false, true}) {
        const Bytes rgb = RandomBytes(4 * 50'000, 1, extremes);
        const Yuv yuv = ConvertPixels(rgb, space, blue_first);
        ErrorMeter y, u, v;
        for (size_t i = 0; i < yuv.y.size(); ++i) {
          const Triple exact = ExactYuv(PixelAt(rgb, i, blue_first), space);
          y.Add(yuv.y[i], Clip(exact[0]));
          u.Add(yuv.u[i], Clip(exact[1]));
          v.Add(yuv.v[i], Clip(exact[2]));
        }
        for (const ErrorMeter& meter : {y, u, v}) {
          EXPECT_LE(meter.largest(), kHalfAndWeights);
          if (!extremes) {
            EXPECT_LE(std::abs(meter.mean()), 0.006);
          }
        }
      }
    }
  }
}

// BT.601: the bars of its Table 1 at 100 %; BT.709: those of SMPTE RP 219; full range: the
// primaries of JFIF 1.02, and with the weights of BT.709 the formula by hand.
TEST(RgbToYuvTest, PrimariesWhiteBlackAndGreyAreExact) {
  const Bytes rgb = {255, 255, 255, 0, 0, 0, 0,   9, 255, 0,   0,   99,
                     0,   255, 0,   0, 0, 0, 255, 0, 128, 128, 128, 0};
  const auto check = [&](ColorSpace space, const Bytes& y, const Bytes& u, const Bytes& v) {
    const Yuv yuv = ConvertPixels(rgb, space, false);
    EXPECT_EQ(yuv.y, y);
    EXPECT_EQ(yuv.u, u);
    EXPECT_EQ(yuv.v, v);
  };
  check(kColorSpaces[0], {235, 16, 81, 145, 41, 126}, {128, 128, 90, 54, 240, 128},
        {128, 128, 240, 34, 110, 128});
  check(kColorSpaces[1], {255, 0, 76, 150, 29, 128}, {128, 128, 85, 44, 255, 128},
        {128, 128, 255, 21, 107, 128});
  check(kColorSpaces[2], {235, 16, 63, 173, 32, 126}, {128, 128, 102, 42, 240, 128},
        {128, 128, 240, 26, 118, 128});
  check(kColorSpaces[3], {255, 0, 54, 182, 18, 128}, {128, 128, 99, 30, 255, 128},
        {128, 128, 255, 12, 116, 128});
}

TEST(RgbToYuvTest, EveryGreyIsWithoutColor) {
  Bytes greys;
  for (int grey = 0; grey < 256; ++grey) greys.insert(greys.end(), 4, static_cast<uint8_t>(grey));
  for (const ColorSpace space : kColorSpaces) {
    const Yuv yuv = ConvertPixels(greys, space, false);
    EXPECT_EQ(yuv.u, Bytes(256, 128));
    EXPECT_EQ(yuv.v, Bytes(256, 128));
  }
}

TEST(RgbToYuvTest, ChromaIsThatOfTheMeanOfThePixelsThereAre) {
  for (int width = 1; width <= 70; ++width) {
    const size_t count = static_cast<size_t>(width);
    const Bytes row0 = RandomBytes(4 * count, 100U + static_cast<unsigned>(width));
    const Bytes row1 = RandomBytes(4 * count, 200U + static_cast<unsigned>(width));
    Bytes u((count + 1) / 2);
    Bytes v((count + 1) / 2);
    RgbToChromaRow(row0.data(), row1.data(), width, MakeRgbToYuv(kColorSpaces[2], false), u.data(),
                   v.data());
    for (size_t i = 0; i < u.size(); ++i) {
      Triple mean{};
      double pixels = 0;
      for (size_t x = 2 * i; x < std::min(2 * i + 2, count); ++x) {
        for (const Bytes* row : {&row0, &row1}) {
          const Triple pixel = PixelAt(*row, x, false);
          for (size_t k = 0; k < 3; ++k) mean[k] += pixel[k];
          ++pixels;
        }
      }
      for (double& value : mean) value /= pixels;
      const Triple exact = ExactYuv(mean, kColorSpaces[2]);
      ASSERT_NEAR(u[i], exact[1], kHalfAndWeights) << width;
      ASSERT_NEAR(v[i], exact[2], kHalfAndWeights) << width;
    }
  }
}

// The vectors against the formula in a loop: equal to the bit, in every length of the rest.
TEST(RgbToYuvTest, RowsOfAnyLengthAreThoseOfPlainLoops) {
  for (int width = 1; width <= 80; ++width) {
    const size_t count = static_cast<size_t>(width);
    for (const bool extremes : {false, true}) {
      const Bytes rgb0 = RandomBytes(4 * count, 7, extremes);
      const Bytes rgb1 = RandomBytes(4 * count, 8, extremes);
      const RgbToYuv color = MakeRgbToYuv(kColorSpaces[static_cast<size_t>(width % 4)], true);
      Bytes y(count + 1, 77);
      Bytes u((count + 1) / 2 + 1, 77);
      Bytes v((count + 1) / 2 + 1, 77);
      RgbToLumaRow(rgb0.data(), width, color, y.data());
      RgbToChromaRow(rgb0.data(), rgb1.data(), width, color, u.data(), v.data());
      const auto clipped = [](int value) { return std::clamp(value, 0, 255); };
      for (size_t x = 0; x < count; ++x) {
        int sum = color.y.bias;
        for (size_t k = 0; k < 3; ++k) sum += color.y.weights[k] * rgb0[4 * x + k];
        ASSERT_EQ(y[x], clipped(sum >> 15));
      }
      for (size_t i = 0; i < (count + 1) / 2; ++i) {
        int sum_u = color.u.bias;
        int sum_v = color.v.bias;
        const size_t right = std::min(2 * i + 1, count - 1);
        for (size_t k = 0; k < 3; ++k) {
          const int sum =
              rgb0[8 * i + k] + rgb1[8 * i + k] + rgb0[4 * right + k] + rgb1[4 * right + k];
          sum_u += color.u.weights[k] * sum;
          sum_v += color.v.weights[k] * sum;
        }
        ASSERT_EQ(u[i], clipped(sum_u >> 17));
        ASSERT_EQ(v[i], clipped(sum_v >> 17));
      }
      // Not a byte too many.
      ASSERT_EQ(y.back(), 77);
      ASSERT_EQ(u.back(), 77);
      ASSERT_EQ(v.back(), 77);
    }
  }
}

Bytes ToRgb(const Yuv& yuv, ColorSpace space, bool blue_first) {
  Bytes rgb(4 * yuv.y.size());
  YuvToRgbRow(yuv.y.data(), yuv.u.data(), yuv.v.data(), static_cast<int>(yuv.y.size()),
              MakeYuvToRgb(space, blue_first), rgb.data());
  return rgb;
}

TEST(YuvToRgbTest, IsWhatTheStandardsSayInRowsOfAnyLength) {
  for (const ColorSpace space : kColorSpaces) {
    for (const bool blue_first : {false, true}) {
      std::array<ErrorMeter, 3> meters;
      ErrorMeter of_extremes;
      for (unsigned count = 1; count <= 300; ++count) {
        const bool extremes = count % 5 == 0;
        const Yuv yuv = {RandomBytes(count, count, extremes),
                         RandomBytes(count, count + 1000, extremes),
                         RandomBytes(count, count + 2000, extremes)};
        const Bytes rgb = ToRgb(yuv, space, blue_first);
        for (size_t i = 0; i < count; ++i) {
          const Triple exact =
              ExactRgb({double(yuv.y[i]), double(yuv.u[i]), double(yuv.v[i])}, space);
          const Triple pixel = PixelAt(rgb, i, blue_first);
          for (size_t k = 0; k < 3; ++k) {
            (extremes ? of_extremes : meters[k]).Add(pixel[k], Clip(exact[k]));
          }
          ASSERT_EQ(rgb[4 * i + 3], 255);
        }
      }
      for (const ErrorMeter& meter : meters) {
        EXPECT_LE(meter.largest(), kHalfAndWeights);
        EXPECT_LE(std::abs(meter.mean()), 0.01);
      }
      EXPECT_LE(of_extremes.largest(), kHalfAndWeights);
    }
  }
}

// Half a step in Y and in chroma, times the largest weights, and half a step more.
TEST(YuvToRgbTest, ThereAndBackIsAsNearAsRoundingAllows) {
  const Bytes rgb = RandomBytes(4 * 50'000, 3);
  for (const ColorSpace space : kColorSpaces) {
    const Bytes back = ToRgb(ConvertPixels(rgb, space, false), space, false);
    int largest = 0;
    for (size_t i = 0; i < rgb.size(); ++i) {
      if (i % 4 != 3) largest = std::max(largest, std::abs(rgb[i] - back[i]));
    }
    EXPECT_LE(largest, space.range == ColorRange::kFull ? 1 : 2);
    EXPECT_GE(largest, 1);
  }
}

Yuv Convert(Yuv yuv, ColorSpace from, ColorSpace to) {
  const YuvToYuv color = MakeYuvToYuv(from, to);
  const int width = static_cast<int>(yuv.y.size());
  ConvertLumaRow(yuv.y.data(), yuv.u.data(), yuv.v.data(), width, color);
  ConvertChromaRow(yuv.u.data(), yuv.v.data(), width, color);
  return yuv;
}

TEST(YuvToYuvTest, IsTheWayThroughRgbInRowsOfAnyLength) {
  for (const ColorSpace from : kColorSpaces) {
    for (const ColorSpace to : kColorSpaces) {
      ErrorMeter of_all;
      ErrorMeter of_extremes;
      for (unsigned count = 1; count <= 200; ++count) {
        const bool extremes = count % 5 == 0;
        ErrorMeter& meter = extremes ? of_extremes : of_all;
        const Yuv yuv = {RandomBytes(count, count, extremes),
                         RandomBytes(count, count + 1000, extremes),
                         RandomBytes(count, count + 2000, extremes)};
        const Yuv result = Convert(yuv, from, to);
        for (size_t i = 0; i < count; ++i) {
          const Triple exact =
              ExactYuv(ExactRgb({double(yuv.y[i]), double(yuv.u[i]), double(yuv.v[i])}, from), to);
          meter.Add(result.y[i], Clip(exact[0]));
          meter.Add(result.u[i], Clip(exact[1]));
          meter.Add(result.v[i], Clip(exact[2]));
        }
      }
      EXPECT_LE(of_all.largest(), kHalfAndWeights);
      EXPECT_LE(of_extremes.largest(), kHalfAndWeights);
      EXPECT_LE(std::abs(of_all.mean()), 0.01);
    }
  }
}

TEST(YuvToYuvTest, FullRangeKeepsAllThatLimitedRangeHas) {
  for (const ColorMatrix matrix : {ColorMatrix::kBt601, ColorMatrix::kBt709}) {
    const ColorSpace limited = {matrix, ColorRange::kLimited};
    const ColorSpace full = {matrix, ColorRange::kFull};
    Yuv yuv;
    for (int i = 0; i < 220; ++i) {
      yuv.y.push_back(static_cast<uint8_t>(16 + i));
      yuv.u.push_back(static_cast<uint8_t>(17 + i));
      yuv.v.push_back(static_cast<uint8_t>(239 - i));
    }
    const Yuv wide = Convert(yuv, limited, full);
    EXPECT_EQ(wide.y.front(), 0);
    EXPECT_EQ(wide.y.back(), 255);
    const Yuv back = Convert(wide, full, limited);
    EXPECT_EQ(back.y, yuv.y);
    EXPECT_EQ(back.u, yuv.u);
    EXPECT_EQ(back.v, yuv.v);
  }
}

}  // namespace
}  // namespace earshot::testing
