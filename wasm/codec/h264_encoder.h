// H264Encoder: I420 to H.264 frames (ITU-T H.264) of the Constrained Baseline profile, in one pass,
// at a constant bitrate and in real time.
//
//   auto encoder = H264Encoder::Create({.width = 640, .height = 360, .bitrate_kbps = 800});
//   int bytes = encoder.value()->Encode(picture, /*key_frame=*/false);
//   Send(encoder.value()->packet());
//
// H.264 is patented: whoever gives this encoder to others may have to pay for it. Cisco pays the
// fees only for the binaries that it distributes itself.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/status.h"

namespace earshot {

/// What a frame looks like; see h264_bitstream.h.
enum class H264Format : int {
  kAnnexB = 0,  ///< Start codes, parameter sets before each key frame.
  kAvc = 1,     ///< Lengths of four bytes, parameter sets in description() alone.
};

struct H264EncoderConfig {
  int width = 0;  ///< Pixels, 16 … and kMaxH264Pixels in all; see H264Encoder for odd ones.
  int height = 0;
  int frame_rate_num = 30;  ///< Frames per second as a fraction, 1 … 10^9 each; up to 1000 fps.
  int frame_rate_den = 1;
  int bitrate_kbps = 1000;           ///< kbit/s with k = 1000, 1 … 1,000,000.
  int complexity = 0;                ///< 0 (fast) … 2 (good).
  int max_key_frame_interval = 128;  ///< Frames, 0 … 1,000,000; 1 or 0: key frames only.
  int temporal_layers = 1;           ///< 1 … 3: each doubles the frame rate.
  H264Format format = H264Format::kAnnexB;
};

/// What was encoded so far.
struct H264EncoderTotals {
  int64_t frames = 0;
  int64_t key_frames = 0;
  int64_t bytes = 0;
  /// Squared errors of the luminance after encoding, summed, and of how many samples. The library
  /// measures the mean over whole macroblocks, beyond the edges of the picture.
  double squared_error_y = 0;
  double samples_y = 0;
};

/// One frame for each picture. Of odd sizes the last column or row is left out: 4:2:0 is cropped in
/// pairs (§7.4.2.1.1). Frame rates beyond 60 count as 60 for the rate control, with the bitrate in
/// proportion.
class H264Encoder {
 public:
  static StatusOr<std::unique_ptr<H264Encoder>> Create(const H264EncoderConfig& config);
  ~H264Encoder();
  H264Encoder(const H264Encoder&) = delete;
  H264Encoder& operator=(const H264Encoder&) = delete;

  /// From the next picture on; ranges as in the configuration, else kInvalidArgument.
  Status SetRates(int bitrate_kbps, int frame_rate_num, int frame_rate_den);

  /// Encodes the next picture: `i420` of the configured size. Returns the size of packet(),
  /// kInvalidArgument for another size, or kInternal.
  int Encode(std::span<const uint8_t> i420, bool key_frame);

  /// The newest frame, valid until the next Encode.
  std::span<const uint8_t> packet() const { return packet_; }
  bool is_key_frame() const { return is_key_frame_; }     ///< Whether packet() is one.
  int temporal_layer() const { return temporal_layer_; }  ///< Of packet(), 0 … 2.
  /// The AVCDecoderConfigurationRecord of the stream; empty before the first frame.
  std::span<const uint8_t> description() const { return description_; }
  const H264EncoderTotals& totals() const { return totals_; }

 private:
  struct Codec;
  H264Encoder(const H264EncoderConfig& config, std::unique_ptr<Codec> codec);

  int Collect();

  H264EncoderConfig config_;
  std::unique_ptr<Codec> codec_;
  int64_t since_key_frame_ = 0;
  std::vector<uint8_t> packet_;
  bool is_key_frame_ = false;
  int temporal_layer_ = 0;
  std::vector<uint8_t> description_;
  H264EncoderTotals totals_;
};

}  // namespace earshot
