// Colour conversion of rows of pixels, in integers: every build gives the same bits, within 1 of
// the exact result. Rows do not overlap, except where it says so.
#pragma once

#include <array>
#include <cstdint>

#include "video/color_space.h"

namespace earshot {

/// Weights of three samples in fixed point, and what is added: offset and rounding.
struct FixedRow {
  std::array<int, 3> weights;
  int bias;
};

/// From four bytes a pixel to Y, U and V. The weights are in the order of the bytes.
struct RgbToYuv {
  FixedRow y;
  FixedRow u;
  FixedRow v;
};
RgbToYuv MakeRgbToYuv(ColorSpace to, bool blue_first);

/// `width` pixels to as many samples of luma.
void RgbToLumaRow(const uint8_t* rgb, int width, RgbToYuv color, uint8_t* y);

/// Two rows of `width` pixels to (width + 1)/2 samples of chroma, each that of the mean of four
/// pixels. A last column that is alone is taken twice, as is the one row there is (rgb0 = rgb1).
void RgbToChromaRow(const uint8_t* rgb0, const uint8_t* rgb1, int width, RgbToYuv color, uint8_t* u,
                    uint8_t* v);

/// From Y, U and V to three bytes of a pixel, in their order.
struct YuvToRgb {
  std::array<FixedRow, 3> bytes;
};
YuvToRgb MakeYuvToRgb(ColorSpace from, bool blue_first);

/// `width` pixels from as many samples each; the fourth byte of a pixel is 255.
void YuvToRgbRow(const uint8_t* y, const uint8_t* u, const uint8_t* v, int width, YuvToRgb color,
                 uint8_t* rgb);

/// From Y, U and V of one space to those of another. Chroma does not depend on luma.
struct YuvToYuv {
  FixedRow y;
  FixedRow u;
  FixedRow v;
};
YuvToYuv MakeYuvToYuv(ColorSpace from, ColorSpace to);

/// In place: `width` samples of luma, by chroma of the same width.
void ConvertLumaRow(uint8_t* y, const uint8_t* u, const uint8_t* v, int width, YuvToYuv color);
/// In place: `width` samples of both chromas.
void ConvertChromaRow(uint8_t* u, uint8_t* v, int width, YuvToYuv color);

}  // namespace earshot
