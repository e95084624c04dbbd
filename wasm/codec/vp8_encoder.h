// Vp8Encoder: I420 to VP8 frames (RFC 6386), in one pass, at a constant bitrate and in real time.
//
//   auto encoder = Vp8Encoder::Create({.width = 640, .height = 360, .bitrate_kbps = 800});
//   int bytes = encoder.value()->Encode(picture, /*key_frame=*/false);
//   Send(encoder.value()->packet());
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/status.h"

namespace earshot {

struct Vp8EncoderConfig {
  int width = 0;  ///< Pixels; see IsVp8Size().
  int height = 0;
  int frame_rate_num = 30;  ///< Frames per second as a fraction, 1 … 10^9 each; up to 1000 fps.
  int frame_rate_den = 1;
  int bitrate_kbps = 1000;  ///< kbit/s with k = 1000, 1 … 1,000,000.
  int speed = 6;            ///< 1 (slow, good) … 16; libvpx's cpu-used of the other sign.
  int max_key_frame_interval = 128;  ///< Frames, 0 … 1,000,000; 1 or 0: key frames only.
};

/// What was encoded so far.
struct Vp8EncoderTotals {
  int64_t frames = 0;
  int64_t key_frames = 0;
  int64_t bytes = 0;
  /// Squared errors of the luminance after encoding, summed, and of how many samples.
  double squared_error_y = 0;
  double samples_y = 0;
};

/// The rate control is that of libvpx's defaults. The result does not depend on the time encoding
/// takes: who has to keep up chooses the speed.
class Vp8Encoder {
 public:
  static StatusOr<std::unique_ptr<Vp8Encoder>> Create(const Vp8EncoderConfig& config);
  ~Vp8Encoder();
  Vp8Encoder(const Vp8Encoder&) = delete;
  Vp8Encoder& operator=(const Vp8Encoder&) = delete;

  /// Encodes the next picture: `i420` of the configured size. Returns the size of packet(),
  /// kInvalidArgument for another size, or kInternal.
  int Encode(std::span<const uint8_t> i420, bool key_frame);

  /// The newest frame, valid until the next Encode.
  std::span<const uint8_t> packet() const { return packet_; }
  const Vp8EncoderTotals& totals() const { return totals_; }

 private:
  struct Codec;
  Vp8Encoder(const Vp8EncoderConfig& config, std::unique_ptr<Codec> codec);

  Vp8EncoderConfig config_;
  std::unique_ptr<Codec> codec_;
  int64_t time_ = 0;
  std::span<const uint8_t> packet_;
  Vp8EncoderTotals totals_;
};

/// The version of the library, for example "libvpx 1.17.0".
const char* Vp8LibraryVersion();

}  // namespace earshot
