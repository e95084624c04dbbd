// PictureConverter: pictures of any format and size to I420 of the size and colour space that is
// wanted, and I420 to RGB.
//
//   PictureConverter converter;
//   Fill(converter.SetSource(PictureFormat::kRgba, 1280, 720));
//   int bytes = converter.ToI420(encoder_input, 640, 360);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "video/color_space.h"
#include "video/orient_plane.h"
#include "video/picture_format.h"
#include "video/plane_scaler.h"

namespace earshot {

/// Pixels of a picture. A width of 0 stands for the whole picture.
struct PictureRect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

/// Memory: a source picture and up to three of I420, each up to kMaxPicturePixels, and an RGB
/// picture where one is asked for. Nothing is allocated as long as formats and sizes stay.
class PictureConverter {
 public:
  /// Where the next source picture goes, of PictureBytes(); stays until the next SetSource. Empty
  /// unless IsPictureSize().
  std::span<uint8_t> SetSource(PictureFormat format, int width, int height);

  /// What the bytes of sources that are not RGB mean.
  void set_source_color(ColorSpace color) { source_color_ = color; }
  ColorSpace source_color() const { return source_color_; }
  /// What the bytes of the I420 made are to mean.
  void set_target_color(ColorSpace color) { target_color_ = color; }
  ColorSpace target_color() const { return target_color_; }

  /// The part of the source that becomes the picture, before it is turned.
  void set_crop(PictureRect crop) { crop_ = crop; }
  PictureRect crop() const { return crop_; }
  void set_orientation(Orientation orientation) { orientation_ = orientation; }

  /// The source to I420 of `width` × `height`. Returns the bytes written, I420Bytes(),
  /// kFailedPrecondition without a source, kBufferTooSmall, or kInvalidArgument for a bad size or a
  /// part outside the source.
  int ToI420(std::span<uint8_t> out, int width, int height);

  /// I420 of the source's colour space to rgb(), four bytes a pixel; alpha is 255. `format` is one
  /// of RGB. Returns the bytes or kInvalidArgument.
  int ToRgb(std::span<const uint8_t> i420, int width, int height, PictureFormat format);
  /// Valid until the next ToRgb.
  std::span<const uint8_t> rgb() const { return rgb_; }

 private:
  struct Planes;
  struct I420;

  PictureRect CropOf() const;
  Planes SourcePlanes() const;
  bool KeepsPixels(const PictureRect& crop, int width, int height) const;
  void CopyPixels(const PictureRect& crop, const I420& out) const;
  void ConvertRgb(const PictureRect& crop, ColorSpace color, const I420& out) const;
  void ScaleInto(const PictureRect& crop, const I420& out);
  void ConvertColor(const I420& picture);
  /// `plane` widened to the pixels of row `y` of a picture, into the scratch row `index`.
  const uint8_t* WidenRow(const uint8_t* plane, int width, int height, int y, int index);

  PictureFormat format_ = PictureFormat::kI420;
  int width_ = 0;
  int height_ = 0;
  std::vector<uint8_t> source_;
  ColorSpace source_color_;
  ColorSpace target_color_;
  PictureRect crop_;
  Orientation orientation_;

  PlaneScaler luma_scaler_;
  PlaneScaler chroma_scaler_;
  std::vector<uint8_t> parted_;  ///< what is scaled, where the source itself cannot be
  std::vector<uint8_t> turning_;
  std::vector<uint8_t> wide_rows_;
  std::vector<uint16_t> widening_;
  std::vector<uint8_t> rgb_;
};

}  // namespace earshot
