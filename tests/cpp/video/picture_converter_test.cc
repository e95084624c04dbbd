#include "video/picture_converter.h"

#include <gtest/gtest.h>

#include <string>

#include "base/status.h"
#include "support/allocation_counter.h"
#include "support/md5.h"
#include "video/pictures.h"

namespace earshot::testing {
namespace {

using Format = PictureFormat;

constexpr std::array kFormats = {Format::kI420, Format::kI420A, Format::kI422, Format::kI444,
                                 Format::kNv12, Format::kNv21,  Format::kRgba, Format::kRgbx,
                                 Format::kBgra, Format::kBgrx};

void Fill(PictureConverter& converter, Format format, int width, int height, const Bytes& picture) {
  const std::span<uint8_t> source = converter.SetSource(format, width, height);
  ASSERT_EQ(source.size(), picture.size());
  std::copy(picture.begin(), picture.end(), source.begin());
}

Bytes ToI420(PictureConverter& converter, int width, int height) {
  Bytes out(I420Bytes(width, height));
  EXPECT_EQ(converter.ToI420(out, width, height), static_cast<int>(out.size()));
  return out;
}

int HalfOf(int side) { return (side + 1) / 2; }

/// Plane 0, 1 or 2 of I420.
struct PlaneView {
  PlaneView(const Bytes& i420, int picture_width, int picture_height, int index)
      : width(index == 0 ? picture_width : HalfOf(picture_width)),
        height(index == 0 ? picture_height : HalfOf(picture_height)),
        samples(i420.data() +
                (index == 0 ? 0 : picture_width * picture_height + (index - 1) * width * height)) {}
  uint8_t at(int x, int y) const { return samples[y * width + x]; }

  int width;
  int height;
  const uint8_t* samples;
};

TEST(PictureConverterTest, EveryFormatOfYuvIsTakenApartRightAtAnySize) {
  for (const auto& [w, h] :
       {std::pair(2, 2), {1, 1}, {1, 5}, {6, 1}, {3, 3}, {64, 48}, {37, 35}, {97, 2}, {130, 7}}) {
    const int width = w;
    const int height = h;
    const auto pixels = static_cast<size_t>(width * height);
    // Full chroma; the other formats are made of it by leaving out.
    const Bytes y = RandomBytes(pixels, 1);
    const Bytes u = RandomBytes(pixels, 2);
    const Bytes v = RandomBytes(pixels, 3);
    const auto thinned = [&](const Bytes& plane, int step_x, int step_y) {
      Bytes out;
      for (int row = 0; row < height; row += step_y) {
        for (int x = 0; x < width; x += step_x) {
          out.push_back(plane[static_cast<size_t>(row * width + x)]);
        }
      }
      return out;
    };
    /// The mean of `plane` over what there is of groups, halves to the even number.
    const auto mean = [](const Bytes& plane, int plane_width, int plane_height, int step_x) {
      Bytes out;
      for (int row = 0; row < plane_height; row += 2) {
        for (int x = 0; x < plane_width; x += step_x) {
          double sum = 0;
          double count = 0;
          for (int i = row; i < std::min(row + 2, plane_height); ++i) {
            for (int k = x; k < std::min(x + step_x, plane_width); ++k) {
              sum += plane[static_cast<size_t>(i * plane_width + k)];
              ++count;
            }
          }
          out.push_back(static_cast<uint8_t>(std::nearbyint(sum / count)));
        }
      }
      return out;
    };
    const auto joined = [](std::initializer_list<Bytes> parts) {
      Bytes all;
      for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
      return all;
    };
    const auto paired = [](const Bytes& a, const Bytes& b) {
      Bytes out;
      for (size_t i = 0; i < a.size(); ++i) out.insert(out.end(), {a[i], b[i]});
      return out;
    };
    const Bytes u420 = thinned(u, 2, 2);
    const Bytes v420 = thinned(v, 2, 2);
    const Bytes u422 = thinned(u, 2, 1);
    const Bytes v422 = thinned(v, 2, 1);
    const Bytes i420 = joined({y, u420, v420});
    const auto check = [&](Format format, const Bytes& picture, const Bytes& expected) {
      PictureConverter converter;
      Fill(converter, format, width, height, picture);
      EXPECT_EQ(ToI420(converter, width, height), expected)
          << static_cast<int>(format) << ": " << width << " x " << height;
    };
    check(Format::kI420, i420, i420);
    check(Format::kI420A, joined({i420, RandomBytes(pixels, 4)}), i420);
    check(Format::kNv12, joined({y, paired(u420, v420)}), i420);
    check(Format::kNv21, joined({y, paired(v420, u420)}), i420);
    const int half = HalfOf(width);
    check(Format::kI422, joined({y, u422, v422}),
          joined({y, mean(u422, half, height, 1), mean(v422, half, height, 1)}));
    check(Format::kI444, joined({y, u, v}),
          joined({y, mean(u, width, height, 2), mean(v, width, height, 2)}));
  }
}

TEST(PictureConverterTest, TheFourOrdersOfRgbAreOnePicture) {
  constexpr int kWidth = 75;
  constexpr int kHeight = 41;
  const Bytes rgba = RandomBytes(4 * kWidth * kHeight, 1);
  Bytes bgrx = rgba;
  for (size_t i = 0; i < bgrx.size(); i += 4) {
    std::swap(bgrx[i], bgrx[i + 2]);
    bgrx[i + 3] = static_cast<uint8_t>(bgrx[i + 3] + 101);
  }
  const auto converted = [&](Format format, int width, int height) {
    PictureConverter converter;
    Fill(converter, format, kWidth, kHeight,
         format == Format::kRgba || format == Format::kRgbx ? rgba : bgrx);
    return ToI420(converter, width, height);
  };
  for (const auto& [width, height] : {std::pair(kWidth, kHeight), {50, 33}}) {
    const Bytes expected = converted(Format::kRgba, width, height);
    EXPECT_EQ(converted(Format::kRgbx, width, height), expected);
    EXPECT_EQ(converted(Format::kBgra, width, height), expected);
    EXPECT_EQ(converted(Format::kBgrx, width, height), expected);
  }
}

TEST(PictureConverterTest, ColorsArriveInTheSpaceThatIsWanted) {
  constexpr int kWidth = 20;
  constexpr int kHeight = 14;
  const Triple orange = {230, 120, 30};
  for (const ColorSpace from : kColorSpaces) {
    for (const ColorSpace to : kColorSpaces) {
      for (const Format format : kFormats) {
        const Triple in = IsRgb(format) ? orange : ExactYuv(orange, from);
        Bytes picture(PictureBytes(format, kWidth, kHeight));
        const auto byte = [&](size_t k) { return static_cast<uint8_t>(std::lround(in[k])); };
        const size_t pixels = kWidth * kHeight;
        const size_t chroma = format == Format::kI444   ? pixels
                              : format == Format::kI422 ? pixels / 2
                                                        : pixels / 4;
        for (size_t i = 0; i < picture.size(); ++i) {
          if (IsRgb(format)) {
            picture[i] = i % 4 == 3 ? 9 : byte(IsBlueFirst(format) ? 2 - i % 4 : i % 4);
          } else if (i < pixels) {
            picture[i] = byte(0);
          } else if (HasChromaPairs(format)) {
            picture[i] = byte((i - pixels) % 2 == (format == Format::kNv12 ? 0 : 1) ? 1 : 2);
          } else {
            picture[i] = byte(i < pixels + chroma ? 1 : 2);
          }
        }
        PictureConverter converter;
        converter.set_source_color(from);
        converter.set_target_color(to);
        Fill(converter, format, kWidth, kHeight, picture);
        const Triple expected = ExactYuv(orange, to);
        // Rounded twice where the source was rounded in another space.
        const double bound = IsRgb(format) ? 0.56 : 1.9;
        for (const auto& [width, height] : {std::pair(kWidth, kHeight), {31, 9}}) {
          const Bytes i420 = ToI420(converter, width, height);
          for (int index = 0; index < 3; ++index) {
            const PlaneView plane(i420, width, height, index);
            for (int i = 0; i < plane.width * plane.height; ++i) {
              ASSERT_NEAR(plane.samples[i], expected[static_cast<size_t>(index)], bound)
                  << static_cast<int>(format) << " plane " << index;
            }
          }
        }
      }
    }
  }
}

/// A reddish blob on grey in RGBA, its centre at a place in pixels.
Bytes Blob(int width, int height, double center_x, double center_y) {
  Bytes rgba;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double dx = x + 0.5 - center_x;
      const double dy = y + 0.5 - center_y;
      const double strength = std::exp(-(dx * dx + dy * dy) / 72);
      rgba.insert(rgba.end(), {static_cast<uint8_t>(std::lround(40 + 200 * strength)), 40, 40, 0});
    }
  }
  return rgba;
}

struct Place {
  double x, y;
};

/// Of what differs from the first sample, in pixels of the picture.
Place CentroidOf(const PlaneView& plane, bool is_chroma) {
  double sum = 0;
  Place place{};
  const double unit = is_chroma ? 2 : 1;
  for (int y = 0; y < plane.height; ++y) {
    for (int x = 0; x < plane.width; ++x) {
      const double value = std::abs(double{1} * plane.at(x, y) - plane.at(0, 0));
      sum += value;
      place.x += value * unit * (x + 0.5);
      place.y += value * unit * (y + 0.5);
    }
  }
  return {place.x / sum, place.y / sum};
}

/// Blob() in a format of YUV whose samples lie where they should, in full range.
Bytes BlobIn(Format format, int width, int height, double center_x, double center_y) {
  if (IsRgb(format)) return Blob(width, height, center_x, center_y);
  const ColorSpace full = {ColorMatrix::kBt601, ColorRange::kFull};
  Bytes planes[3];
  for (size_t index = 0; index < 3; ++index) {
    const int step_x = index == 0 ? 1 : 1 << ChromaShiftX(format);
    const int step_y = index == 0 ? 1 : 1 << ChromaShiftY(format);
    for (int y = 0; y < height; y += step_y) {
      for (int x = 0; x < width; x += step_x) {
        const double dx = x + step_x / 2.0 - center_x;
        const double dy = y + step_y / 2.0 - center_y;
        const double red = 40 + 200 * std::exp(-(dx * dx + dy * dy) / 72);
        planes[index].push_back(
            static_cast<uint8_t>(std::lround(ExactYuv({red, 40, 40}, full)[index])));
      }
    }
  }
  Bytes picture = planes[0];
  if (HasChromaPairs(format)) {
    const size_t first = format == Format::kNv12 ? 1 : 2;
    for (size_t i = 0; i < planes[1].size(); ++i) {
      picture.insert(picture.end(), {planes[first][i], planes[3 - first][i]});
    }
    return picture;
  }
  for (const size_t index : {1U, 2U}) {
    picture.insert(picture.end(), planes[index].begin(), planes[index].end());
  }
  if (format == Format::kI420A) picture.resize(PictureBytes(format, width, height));
  return picture;
}

TEST(PictureConverterTest, LumaAndChromaKeepTheirPlaceThroughCropsScalesAndTurns) {
  constexpr int kWidth = 101;
  constexpr int kHeight = 83;
  constexpr Place kCenter = {55.4, 39.7};
  struct Case {
    PictureRect crop;
    int width, height;
    int degrees;
    bool flip;
  };
  const Case cases[] = {
      {{}, 101, 83, 0, false},
      {{}, 50, 41, 0, false},
      {{}, 160, 120, 0, false},
      {{7, 5, 90, 74}, 90, 74, 0, false},
      {{6, 5, 91, 75}, 91, 75, 0, false},
      {{7, 4, 91, 75}, 61, 50, 0, false},
      {{}, 83, 101, 90, false},
      {{}, 101, 83, 180, false},
      {{}, 83, 101, 270, false},
      {{}, 101, 83, 0, true},
      {{}, 60, 75, 90, true},
      {{7, 5, 91, 75}, 75, 91, 270, true},
      {{7, 5, 90, 74}, 45, 37, 180, true},
  };
  for (const Format format : kFormats) {
    for (const Case& c : cases) {
      PictureConverter converter;
      converter.set_source_color({ColorMatrix::kBt601, ColorRange::kFull});
      converter.set_target_color({ColorMatrix::kBt601, ColorRange::kFull});
      Fill(converter, format, kWidth, kHeight,
           BlobIn(format, kWidth, kHeight, kCenter.x, kCenter.y));
      converter.set_crop(c.crop);
      converter.set_orientation(MakeOrientation(c.degrees, c.flip));
      const Bytes i420 = ToI420(converter, c.width, c.height);
      const PictureRect part = c.crop.width == 0 ? PictureRect{0, 0, kWidth, kHeight} : c.crop;
      // As shares of the sides, turned and mirrored.
      Place share = {(kCenter.x - part.x) / part.width, (kCenter.y - part.y) / part.height};
      for (int quarter = 0; quarter < c.degrees / 90; ++quarter) share = {1 - share.y, share.x};
      if (c.flip) share.x = 1 - share.x;
      for (int index = 0; index < 3; ++index) {
        const Place place = CentroidOf(PlaneView(i420, c.width, c.height, index), index != 0);
        const std::string what = "format " + std::to_string(static_cast<int>(format)) + " plane " +
                                 std::to_string(index) + " to " + std::to_string(c.width) +
                                 " turned " + std::to_string(c.degrees);
        // Of the weaker chroma, rounding takes the blob's rim.
        EXPECT_NEAR(place.x, share.x * c.width, 0.12) << what;
        EXPECT_NEAR(place.y, share.y * c.height, 0.12) << what;
      }
    }
  }
}

TEST(PictureConverterTest, ACropIsThePictureOfThePartAlone) {
  constexpr int kWidth = 70;
  constexpr int kHeight = 50;
  const PictureRect crop = {13, 7, 38, 29};
  const Bytes rgba = RandomBytes(4 * kWidth * kHeight, 5);
  Bytes part;
  for (int y = 0; y < crop.height; ++y) {
    const auto row = rgba.begin() + 4 * ((crop.y + y) * kWidth + crop.x);
    part.insert(part.end(), row, row + 4 * crop.width);
  }
  PictureConverter whole;
  Fill(whole, Format::kRgba, kWidth, kHeight, rgba);
  whole.set_crop(crop);
  PictureConverter alone;
  Fill(alone, Format::kRgba, crop.width, crop.height, part);
  EXPECT_EQ(ToI420(whole, 38, 29), ToI420(alone, 38, 29));
  EXPECT_EQ(ToI420(whole, 25, 40), ToI420(alone, 25, 40));
}

TEST(PictureConverterTest, I420BecomesRgbAndComesBack) {
  constexpr int kWidth = 101;
  constexpr int kHeight = 83;
  for (const ColorSpace space : kColorSpaces) {
    PictureConverter converter;
    converter.set_source_color(space);
    converter.set_target_color(space);
    const Bytes rgba = Blob(kWidth, kHeight, 50, 40);
    Fill(converter, Format::kRgba, kWidth, kHeight, rgba);
    const Bytes i420 = ToI420(converter, kWidth, kHeight);
    ASSERT_EQ(converter.ToRgb(i420, kWidth, kHeight, Format::kBgra), static_cast<int>(rgba.size()));
    double error = 0;
    for (size_t i = 0; i < rgba.size(); i += 4) {
      for (size_t k = 0; k < 3; ++k) {
        error += std::pow(double{1} * converter.rgb()[i + 2 - k] - rgba[i + k], 2);
      }
      ASSERT_EQ(converter.rgb()[i + 3], 255);
    }
    EXPECT_GT(10 * std::log10(255 * 255 * 3.0 * kWidth * kHeight / error), 46);
  }
}

TEST(PictureConverterTest, ChromaIsLinearBetweenItsSamplesInBothDirections) {
  constexpr ColorSpace kFull = {ColorMatrix::kBt601, ColorRange::kFull};
  for (const auto& [width, height] : {std::pair(41, 37), {32, 6}, {1, 9}, {9, 1}}) {
    // Grey luma, and chroma that clips nothing.
    const size_t pixels = static_cast<size_t>(width * height);
    Bytes i420 = RandomBytes(I420Bytes(width, height), 8);
    for (size_t i = 0; i < i420.size(); ++i) {
      i420[i] = static_cast<uint8_t>(i < pixels ? 128 : 98 + i420[i] % 61);
    }
    PictureConverter converter;
    converter.set_source_color(kFull);
    ASSERT_GT(converter.ToRgb(i420, width, height, Format::kRgba), 0);
    const auto chroma_at = [&](int index, double x, double y) {
      const PlaneView plane(i420, width, height, index);
      const auto sample = [&](double column, double row) {
        return double{1} * plane.at(std::clamp(static_cast<int>(column), 0, plane.width - 1),
                                    std::clamp(static_cast<int>(row), 0, plane.height - 1));
      };
      const double left = std::floor(x);
      const double top = std::floor(y);
      const auto row = [&](double at) {
        return sample(left, at) * (left + 1 - x) + sample(left + 1, at) * (x - left);
      };
      return row(top) * (top + 1 - y) + row(top + 1) * (y - top);
    };
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const double chroma_x = (x + 0.5) / 2 - 0.5;
        const double chroma_y = (y + 0.5) / 2 - 0.5;
        const Triple exact = ExactRgb(
            {128, chroma_at(1, chroma_x, chroma_y), chroma_at(2, chroma_x, chroma_y)}, kFull);
        for (size_t k = 0; k < 3; ++k) {
          // Half a step of chroma by its largest weight, and half a step more.
          ASSERT_NEAR(converter.rgb()[4 * static_cast<size_t>(y * width + x) + k], exact[k], 1.45);
        }
      }
    }
  }
}

TEST(PictureConverterTest, WhatMakesNoSenseIsRefused) {
  PictureConverter converter;
  Bytes out(I420Bytes(8, 8));
  EXPECT_EQ(converter.ToI420(out, 8, 8), ToInt(StatusCode::kFailedPrecondition));
  for (const auto& [width, height] : {std::pair(0, 1), {1, 0}, {-1, 4}, {16384, 1}, {4097, 2304}}) {
    EXPECT_TRUE(converter.SetSource(Format::kI420, width, height).empty());
  }
  Fill(converter, Format::kI420, 8, 8, Bytes(I420Bytes(8, 8)));
  EXPECT_EQ(converter.ToI420(out, 0, 8), ToInt(StatusCode::kInvalidArgument));
  EXPECT_EQ(converter.ToI420(out, 4097, 2304), ToInt(StatusCode::kInvalidArgument));
  EXPECT_EQ(converter.ToI420(std::span(out).first(95), 8, 8), ToInt(StatusCode::kBufferTooSmall));
  for (const PictureRect crop : {PictureRect{1, 0, 8, 8},
                                 {0, 1, 8, 8},
                                 {0, 0, 4, 0},
                                 {-1, 0, 4, 4},
                                 {0, 0, 9, 1},
                                 {2147483647, 0, 4, 4},
                                 {0, 0, -4, 4}}) {
    converter.set_crop(crop);
    EXPECT_EQ(converter.ToI420(out, 8, 8), ToInt(StatusCode::kInvalidArgument));
  }
  EXPECT_EQ(converter.ToRgb(out, 8, 8, Format::kI420), ToInt(StatusCode::kInvalidArgument));
  EXPECT_EQ(converter.ToRgb(out, 9, 8, Format::kRgba), ToInt(StatusCode::kInvalidArgument));
  EXPECT_EQ(converter.ToRgb(out, 0, 8, Format::kRgba), ToInt(StatusCode::kInvalidArgument));
}

TEST(PictureConverterTest, NothingIsAllocatedAsLongAsSizesStay) {
  for (const Format format : kFormats) {
    PictureConverter converter;
    converter.set_target_color({ColorMatrix::kBt709, ColorRange::kFull});
    converter.set_orientation(MakeOrientation(90, false));
    Bytes out(I420Bytes(40, 60));
    const auto frame = [&] {
      converter.SetSource(format, 101, 83);
      converter.ToI420(out, 40, 60);
      converter.ToRgb(out, 40, 60, Format::kRgba);
    };
    frame();
    const int64_t before = AllocationCount();
    frame();
    EXPECT_EQ(AllocationCount(), before);
  }
}

TEST(PictureConverterTest, PicturesAreTheSameInEveryBuild) {
  Bytes all;
  for (const Format format : kFormats) {
    PictureConverter converter;
    converter.set_source_color({ColorMatrix::kBt709, ColorRange::kFull});
    Fill(converter, format, 101, 83, RandomBytes(PictureBytes(format, 101, 83), 6));
    for (const int degrees : {0, 90}) {
      converter.set_orientation(MakeOrientation(degrees, false));
      for (const auto& [width, height] : {std::pair(101, 83), {64, 48}, {150, 99}}) {
        const Bytes i420 = ToI420(converter, width, height);
        all.insert(all.end(), i420.begin(), i420.end());
        converter.ToRgb(i420, width, height, Format::kRgba);
        all.insert(all.end(), converter.rgb().begin(), converter.rgb().end());
      }
    }
  }
  EXPECT_EQ(Md5(all), "b6cd68e04a0099a5f47942a9871e4139");
}

}  // namespace
}  // namespace earshot::testing
