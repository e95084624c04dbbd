// The picture converter across the boundary. Memory grows with the size of the pictures, which the
// converter bounds, and stays as long as sizes and formats do. Negative results are StatusCodes.
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "base/i420.h"
#include "base/picture_size.h"
#include "bindings/boundary.h"
#include "video/picture_converter.h"

using earshot::ColorMatrix;
using earshot::ColorRange;
using earshot::ColorSpace;
using earshot::PictureFormat;
using earshot::StatusCode;
using earshot::ToInt;
using earshot::abi::PictureParam;

static_assert(earshot::abi::kMaxPicturePixels == earshot::kMaxPicturePixels);

namespace {

constexpr int kInvalid = ToInt(StatusCode::kInvalidArgument);

struct Picture {
  earshot::PictureConverter converter;
  int rotation = 0;
  bool flip = false;
};

int SetMatrix(ColorSpace& color, int number) {
  if (number != 0 && number != 1) return kInvalid;
  color.matrix = static_cast<ColorMatrix>(number);
  return 0;
}

int SetRange(ColorSpace& color, int number) {
  if (number != 0 && number != 1) return kInvalid;
  color.range = static_cast<ColorRange>(number);
  return 0;
}

int SetSide(int& side, int number) {
  if (number < 0 || number > earshot::kMaxPictureSide) return kInvalid;
  side = number;
  return 0;
}

int Orient(Picture& picture, int rotation, bool flip) {
  if (rotation % 90 != 0 || rotation < 0 || rotation > 270) return kInvalid;
  picture.rotation = rotation;
  picture.flip = flip;
  picture.converter.set_orientation(earshot::MakeOrientation(rotation, flip));
  return 0;
}

}  // namespace

extern "C" {

Picture* picture_create() { return new (std::nothrow) Picture; }
void picture_destroy(Picture* picture) { delete picture; }

/// Where the next source goes, of the size of the format; null for a bad format or size. The source
/// stays for any number of conversions, until the next picture_source.
uint8_t* picture_source(Picture* picture, int format, int width, int height) {
  if (!earshot::IsPictureFormat(format)) return nullptr;
  return picture->converter.SetSource(static_cast<PictureFormat>(format), width, height).data();
}

int picture_set(Picture* picture, int param, double value) {
  earshot::PictureConverter& converter = picture->converter;
  const int number = earshot::ToIntParam(value);
  ColorSpace source = converter.source_color();
  ColorSpace target = converter.target_color();
  earshot::PictureRect crop = converter.crop();
  int status = kInvalid;
  switch (static_cast<PictureParam>(param)) {
    case PictureParam::kSourceMatrix:
      status = SetMatrix(source, number);
      break;
    case PictureParam::kSourceRange:
      status = SetRange(source, number);
      break;
    case PictureParam::kTargetMatrix:
      status = SetMatrix(target, number);
      break;
    case PictureParam::kTargetRange:
      status = SetRange(target, number);
      break;
    case PictureParam::kCropX:
      status = SetSide(crop.x, number);
      break;
    case PictureParam::kCropY:
      status = SetSide(crop.y, number);
      break;
    case PictureParam::kCropWidth:
      status = SetSide(crop.width, number);
      break;
    case PictureParam::kCropHeight:
      status = SetSide(crop.height, number);
      break;
    case PictureParam::kRotation:
      return Orient(*picture, number, picture->flip);
    case PictureParam::kFlip:
      return Orient(*picture, picture->rotation, value != 0);
  }
  converter.set_source_color(source);
  converter.set_target_color(target);
  converter.set_crop(crop);
  return status;
}

/// The source to I420 of `width` × `height`, written to `out`, which has to hold it and may belong
/// to an encoder. Returns the bytes.
int picture_to_i420(Picture* picture, uint8_t* out, int width, int height) {
  if (!earshot::IsPictureSize(width, height)) return kInvalid;
  return picture->converter.ToI420({out, earshot::I420Bytes(width, height)}, width, height);
}

/// `i420` of `width` × `height` to `format`, kRgba or another of RGB, at picture_output. Returns
/// the bytes.
int picture_to_rgba(Picture* picture, const uint8_t* i420, int width, int height, int format) {
  if (!earshot::IsPictureSize(width, height) || !earshot::IsPictureFormat(format)) return kInvalid;
  return picture->converter.ToRgb({i420, earshot::I420Bytes(width, height)}, width, height,
                                  static_cast<PictureFormat>(format));
}

/// Valid until the next picture_to_rgba.
const uint8_t* picture_output(Picture* picture) { return picture->converter.rgb().data(); }

}  // extern "C"
