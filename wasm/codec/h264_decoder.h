// H264Decoder: H.264 frames (ITU-T H.264) to I420, of the profiles Baseline, Main and High as far
// as real-time streams use them: progressive, 4:2:0, 8 bits, without B slices.
//
//   auto decoder = H264Decoder::Create();
//   if (decoder.value()->Decode(frame) == 1) Show(decoder.value()->frame());
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/status.h"
#include "codec/h264_bitstream.h"

namespace earshot {

/// Frames of one stream, in order. Memory follows the size that parameter sets give, up to
/// kMaxH264Pixels and as many reference frames as level 5.2 has.
class H264Decoder {
 public:
  static StatusOr<std::unique_ptr<H264Decoder>> Create();
  ~H264Decoder();
  H264Decoder(const H264Decoder&) = delete;
  H264Decoder& operator=(const H264Decoder&) = delete;

  /// What follows is not Annex B but has lengths, as an AVCDecoderConfigurationRecord says, whose
  /// parameter sets go before the next frame, unless it has its own: Firefox 153 writes a record
  /// with wrong ones, and right ones into key frames. Empty: Annex B again. kCorruptData changes
  /// nothing.
  Status SetDescription(std::span<const uint8_t> record);

  /// Decodes all NAL units of one frame, or parameter sets alone. Returns 1 when frame() is a new
  /// picture, 0 when there were no slices; kCorruptData for what does not follow the format, after
  /// which only a key frame is decoded again; kFailedPrecondition before parameter sets and a key
  /// frame; kUnsupported for a stream of another kind, see sps(); or kInternal.
  int Decode(std::span<const uint8_t> frame);

  /// The newest picture as I420, valid until the next Decode; empty before the first.
  std::span<const uint8_t> frame() const { return frame_; }
  int width() const { return width_; }    ///< Of frame(), pixels.
  int height() const { return height_; }  ///< Of frame(), pixels.

  /// The newest parameter set, also one that was refused; all 0 before the first.
  const H264Sps& sps() const { return sps_; }

 private:
  struct Codec;
  struct Content;
  H264Decoder();

  Status Restart();
  int Split(std::span<const uint8_t> frame);
  bool HasParameterSets(int count) const;
  int Accept(int count, Content* content);
  int TakeSps(const H264Nal& nal);
  int Output();

  std::unique_ptr<Codec> codec_;
  int length_bytes_ = 0;             // 0: Annex B
  std::vector<uint8_t> parameters_;  // of a description, until they are decoded
  std::array<H264Nal, kMaxH264Nals> nals_;
  std::vector<uint8_t> stream_;  // what the library is given
  H264Sps sps_;
  bool supported_ = false;           // sps_
  bool started_ = false;             // by a key frame
  std::vector<uint8_t> active_sps_;  // the library's
  std::vector<uint8_t> frame_;
  int width_ = 0;
  int height_ = 0;
};

/// The version of the library, for example "openh264 2.6.0".
const char* H264LibraryVersion();

}  // namespace earshot
