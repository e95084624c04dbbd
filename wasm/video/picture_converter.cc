#include "video/picture_converter.h"

#include <algorithm>
#include <cstring>

#include "base/picture_size.h"
#include "base/status.h"
#include "video/chroma_rows.h"
#include "video/color_rows.h"

namespace earshot {
namespace {

struct Plane {
  const uint8_t* data;
  int stride;

  const uint8_t* at(int x, int y) const { return data + static_cast<int64_t>(y) * stride + x; }
};

bool IsOdd(int number) { return number % 2 != 0; }

ScaleAxis LumaAxis(int crop_begin, int crop_size, int target_size) {
  const int64_t target = target_size;
  return {.begin = crop_begin,
          .end = crop_begin + crop_size,
          .size = target_size,
          .first = 2 * target * crop_begin + crop_size,
          .step = int64_t{2} * crop_size,
          .unit = 2 * target};
}

/// Chroma sample i lies between the pixels 2i and 2i + 1 of the target. When an odd number of
/// pixels is to be reversed afterwards, it lies one pixel further left.
ScaleAxis ChromaAxis(int crop_begin, int crop_size, int shift, int target_size, bool reversed) {
  const int64_t target = target_size;
  const bool further_left = reversed && IsOdd(target_size);
  return {.begin = crop_begin >> shift,
          .end = ShiftedSide(crop_begin + crop_size, shift),
          .size = ShiftedSide(target_size, 1),
          .first = target * crop_begin + (further_left ? 0 : crop_size),
          .step = int64_t{2} * crop_size,
          .unit = target << shift};
}

}  // namespace

/// Of a source that is not RGB.
struct PictureConverter::Planes {
  Plane y;
  Plane u;  ///< pairs, where HasChromaPairs()
  Plane v;
  int shift_x;
  int shift_y;
};

/// A picture without padding, to be written.
struct PictureConverter::I420 {
  I420(uint8_t* data, int width, int height)
      : width(width),
        height(height),
        chroma_width(ShiftedSide(width, 1)),
        chroma_height(ShiftedSide(height, 1)),
        y(data),
        u(y + static_cast<int64_t>(width) * height),
        v(u + static_cast<int64_t>(chroma_width) * chroma_height) {}

  uint8_t* y_row(int row) const { return y + static_cast<int64_t>(row) * width; }
  uint8_t* u_row(int row) const { return u + static_cast<int64_t>(row) * chroma_width; }
  uint8_t* v_row(int row) const { return v + static_cast<int64_t>(row) * chroma_width; }

  int width;
  int height;
  int chroma_width;
  int chroma_height;
  uint8_t* y;
  uint8_t* u;
  uint8_t* v;
};

std::span<uint8_t> PictureConverter::SetSource(PictureFormat format, int width, int height) {
  if (!IsPictureSize(width, height)) return {};
  format_ = format;
  width_ = width;
  height_ = height;
  source_.resize(PictureBytes(format, width, height));
  return source_;
}

PictureRect PictureConverter::CropOf() const {
  return crop_.width == 0 ? PictureRect{0, 0, width_, height_} : crop_;
}

PictureConverter::Planes PictureConverter::SourcePlanes() const {
  const int shift_x = ChromaShiftX(format_);
  const int shift_y = ChromaShiftY(format_);
  const int stride = ShiftedSide(width_, shift_x);
  const uint8_t* const y = source_.data();
  const uint8_t* const first = y + static_cast<int64_t>(width_) * height_;
  if (HasChromaPairs(format_)) {
    return {{y, width_}, {first, 2 * stride}, {first, 2 * stride}, shift_x, shift_y};
  }
  const uint8_t* const second =
      first + static_cast<int64_t>(stride) * ShiftedSide(height_, shift_y);
  return {{y, width_}, {first, stride}, {second, stride}, shift_x, shift_y};
}

/// Whether every pixel stays one, and every chroma sample of the target is that of a whole group of
/// pixels or samples.
bool PictureConverter::KeepsPixels(const PictureRect& crop, int width, int height) const {
  if (width != crop.width || height != crop.height) return false;
  if (orientation_.reverse_x && IsOdd(width)) return false;
  if (orientation_.reverse_y && IsOdd(height)) return false;
  if (IsRgb(format_)) return true;
  return !(IsOdd(crop.x) && ChromaShiftX(format_) == 1) &&
         !(IsOdd(crop.y) && ChromaShiftY(format_) == 1);
}

void PictureConverter::CopyPixels(const PictureRect& crop, const I420& out) const {
  const Planes planes = SourcePlanes();
  for (int y = 0; y < out.height; ++y) {
    std::memcpy(out.y_row(y), planes.y.at(crop.x, crop.y + y), static_cast<size_t>(out.width));
  }
  const int left = crop.x >> planes.shift_x;
  const int top = crop.y >> planes.shift_y;
  const auto chroma = [&](const Plane& plane, int y, uint8_t* row) {
    if (planes.shift_y == 1) {
      std::memcpy(row, plane.at(left, top + y), static_cast<size_t>(out.chroma_width));
      return;
    }
    const uint8_t* const row0 = plane.at(left, top + 2 * y);
    const uint8_t* const row1 = plane.at(left, top + std::min(2 * y + 1, out.height - 1));
    if (planes.shift_x == 1) {
      MeanOfTwo(row0, row1, out.chroma_width, row);
    } else {
      MeanOfFour(row0, row1, out.width, row);
    }
  };
  for (int y = 0; y < out.chroma_height; ++y) {
    if (!HasChromaPairs(format_)) {
      chroma(planes.u, y, out.u_row(y));
      chroma(planes.v, y, out.v_row(y));
      continue;
    }
    const bool u_first = format_ == PictureFormat::kNv12;
    SplitPairs(planes.u.at(2 * left, top + y), out.chroma_width,
               u_first ? out.u_row(y) : out.v_row(y), u_first ? out.v_row(y) : out.u_row(y));
  }
}

void PictureConverter::ConvertRgb(const PictureRect& crop, ColorSpace color,
                                  const I420& out) const {
  const RgbToYuv conversion = MakeRgbToYuv(color, IsBlueFirst(format_));
  const Plane pixels = {source_.data(), 4 * width_};
  const auto row = [&](int y) { return pixels.at(4 * crop.x, crop.y + y); };
  for (int y = 0; y < out.height; y += 2) {
    const int below = std::min(y + 1, out.height - 1);
    RgbToLumaRow(row(y), out.width, conversion, out.y_row(y));
    if (below != y) RgbToLumaRow(row(below), out.width, conversion, out.y_row(below));
    RgbToChromaRow(row(y), row(below), out.width, conversion, out.u_row(y / 2), out.v_row(y / 2));
  }
}

void PictureConverter::ScaleInto(const PictureRect& crop, const I420& out) {
  PictureRect part = crop;
  Planes planes;
  if (IsRgb(format_)) {
    parted_.resize(I420Bytes(crop.width, crop.height));
    const I420 made(parted_.data(), crop.width, crop.height);
    ConvertRgb(crop, target_color_, made);
    planes = {{made.y, made.width}, {made.u, made.chroma_width}, {made.v, made.chroma_width}, 1, 1};
    part.x = 0;
    part.y = 0;
  } else {
    planes = SourcePlanes();
    if (HasChromaPairs(format_)) {
      const int stride = ShiftedSide(width_, 1);
      const int count = stride * ShiftedSide(height_, 1);
      parted_.resize(2 * static_cast<size_t>(count));
      uint8_t* const first = parted_.data();
      SplitPairs(planes.u.data, count, first, first + count);
      const bool u_first = format_ == PictureFormat::kNv12;
      planes.u = {u_first ? first : first + count, stride};
      planes.v = {u_first ? first + count : first, stride};
    }
  }
  luma_scaler_.Configure(LumaAxis(part.x, part.width, out.width),
                         LumaAxis(part.y, part.height, out.height));
  chroma_scaler_.Configure(
      ChromaAxis(part.x, part.width, planes.shift_x, out.width, orientation_.reverse_x),
      ChromaAxis(part.y, part.height, planes.shift_y, out.height, orientation_.reverse_y));
  luma_scaler_.Scale(planes.y.data, planes.y.stride, out.y, out.width);
  chroma_scaler_.Scale(planes.u.data, planes.u.stride, out.u, out.chroma_width);
  chroma_scaler_.Scale(planes.v.data, planes.v.stride, out.v, out.chroma_width);
}

const uint8_t* PictureConverter::WidenRow(const uint8_t* plane, int width, int height, int y,
                                          int index) {
  const int chroma_width = ShiftedSide(width, 1);
  const int near = y / 2;
  const int far = std::clamp(IsOdd(y) ? near + 1 : near - 1, 0, ShiftedSide(height, 1) - 1);
  wide_rows_.resize(2 * static_cast<size_t>(width));
  widening_.resize(static_cast<size_t>(WidenScratch(width)));
  uint8_t* const out = wide_rows_.data() + static_cast<int64_t>(index) * width;
  WidenChromaRow(plane + static_cast<int64_t>(near) * chroma_width,
                 plane + static_cast<int64_t>(far) * chroma_width, width, widening_.data(), out);
  return out;
}

void PictureConverter::ConvertColor(const I420& picture) {
  const YuvToYuv color = MakeYuvToYuv(source_color_, target_color_);
  for (int y = 0; y < picture.height; ++y) {
    const uint8_t* const u = WidenRow(picture.u, picture.width, picture.height, y, 0);
    const uint8_t* const v = WidenRow(picture.v, picture.width, picture.height, y, 1);
    ConvertLumaRow(picture.y_row(y), u, v, picture.width, color);
  }
  // One row after another: the planes have no padding.
  ConvertChromaRow(picture.u, picture.v, picture.chroma_width * picture.chroma_height, color);
}

int PictureConverter::ToI420(std::span<uint8_t> out, int width, int height) {
  if (width_ == 0) return ToInt(StatusCode::kFailedPrecondition);
  const PictureRect crop = CropOf();
  const bool inside = crop.x >= 0 && crop.y >= 0 && crop.width > 0 && crop.height > 0 &&
                      crop.width <= width_ - crop.x && crop.height <= height_ - crop.y;
  if (!inside || !IsPictureSize(width, height)) return ToInt(StatusCode::kInvalidArgument);
  const size_t bytes = I420Bytes(width, height);
  if (out.size() < bytes) return ToInt(StatusCode::kBufferTooSmall);

  const I420 result(out.data(), width, height);
  const bool upright = orientation_.is_upright();
  if (!upright) turning_.resize(bytes);
  const I420 made(upright ? out.data() : turning_.data(), orientation_.swap ? height : width,
                  orientation_.swap ? width : height);
  if (!KeepsPixels(crop, made.width, made.height)) {
    ScaleInto(crop, made);
  } else if (IsRgb(format_)) {
    ConvertRgb(crop, target_color_, made);
  } else {
    CopyPixels(crop, made);
  }
  if (!upright) {
    OrientPlane(made.y, made.width, made.height, orientation_, result.y);
    OrientPlane(made.u, made.chroma_width, made.chroma_height, orientation_, result.u);
    OrientPlane(made.v, made.chroma_width, made.chroma_height, orientation_, result.v);
  }
  if (!IsRgb(format_) && source_color_ != target_color_) ConvertColor(result);
  return static_cast<int>(bytes);
}

int PictureConverter::ToRgb(std::span<const uint8_t> i420, int width, int height,
                            PictureFormat format) {
  if (!IsPictureSize(width, height) || !IsRgb(format) || i420.size() < I420Bytes(width, height)) {
    return ToInt(StatusCode::kInvalidArgument);
  }
  const size_t bytes = PictureBytes(format, width, height);
  rgb_.resize(bytes);
  const YuvToRgb color = MakeYuvToRgb(source_color_, IsBlueFirst(format));
  const uint8_t* const plane_u = i420.data() + static_cast<int64_t>(width) * height;
  const uint8_t* const plane_v =
      plane_u + static_cast<int64_t>(ShiftedSide(width, 1)) * ShiftedSide(height, 1);
  for (int y = 0; y < height; ++y) {
    const uint8_t* const u = WidenRow(plane_u, width, height, y, 0);
    const uint8_t* const v = WidenRow(plane_v, width, height, y, 1);
    YuvToRgbRow(i420.data() + static_cast<int64_t>(y) * width, u, v, width, color,
                rgb_.data() + 4 * static_cast<int64_t>(y) * width);
  }
  return static_cast<int>(bytes);
}

}  // namespace earshot
