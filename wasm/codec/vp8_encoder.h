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
#include "codec/vp8_temporal_layers.h"

namespace earshot {

enum class Vp8Profile {
  kFile = 0,  ///< libvpx's defaults; pictures follow each other at the frame rate.
  kCall = 1,  ///< Short buffers, bounded key frames, pictures at the times given.
};

/// The members after `measure_error` are for Vp8Profile::kCall alone.
struct Vp8EncoderConfig {
  int width = 0;  ///< Pixels; see IsVp8Size().
  int height = 0;
  int frame_rate_num = 30;  ///< Frames per second as a fraction, 1 … 10^9 each; up to 1000 fps.
  int frame_rate_den = 1;
  int bitrate_kbps = 1000;  ///< kbit/s with k = 1000, 1 … 1,000,000.
  int speed = 6;            ///< 1 (slow, good) … 16; libvpx's cpu-used of the other sign.
  /// Frames, 0 … 1,000,000; 1: key frames only. 0 is the same for a file; in a call it means none
  /// but the first and those asked for.
  int max_key_frame_interval = 128;
  int threads = 1;  ///< 1 … 64; a library built without threads takes one.
  Vp8Profile profile = Vp8Profile::kFile;
  bool measure_error = true;  ///< Vp8EncoderTotals::squared_error_y; takes time.

  int min_quantizer = 2;   ///< 0 (best) … max_quantizer.
  int max_quantizer = 56;  ///< … 63.
  /// Layers that may be left out, 1 … kMaxVp8TemporalLayers; see vp8_temporal_layers.h.
  int temporal_layers = 1;
  /// 0: camera; 1: screen, text stays sharp; 2: likewise, and a change of the whole picture is
  /// rather dropped than sent late.
  int screen_content = 0;
  int noise_reduction = 0;   ///< 0 (off) … 6, of the pictures before they are encoded.
  int static_threshold = 1;  ///< Below so much change blocks are skipped, 0 … 100,000.
  int token_partitions = 0;  ///< Logarithm of their number, 0 … 3: what threads of a decoder share.
  bool error_resilient = false;  ///< A lost frame spoils fewer of the next; always so with layers.
  bool allow_drops = true;       ///< Pictures may be left out to keep the bitrate.
};

/// What was encoded so far.
struct Vp8EncoderTotals {
  int64_t frames = 0;  ///< Without the dropped ones.
  int64_t dropped = 0;
  int64_t key_frames = 0;
  int64_t bytes = 0;
  /// Squared errors of the luminance after encoding, summed, and of how many samples.
  double squared_error_y = 0;
  double samples_y = 0;
};

/// The newest frame.
struct Vp8EncodedFrame {
  std::span<const uint8_t> bytes;  ///< Empty when the picture was dropped.
  bool key_frame = false;
  int temporal_layer = 0;
  bool discardable = false;  ///< No later frame refers to it.
  int quantizer = 0;         ///< As in the frame's header, 0 (best) … 127.
};

/// The result does not depend on the time encoding takes: who has to keep up chooses the speed.
class Vp8Encoder {
 public:
  static StatusOr<std::unique_ptr<Vp8Encoder>> Create(const Vp8EncoderConfig& config);
  ~Vp8Encoder();
  Vp8Encoder(const Vp8Encoder&) = delete;
  Vp8Encoder& operator=(const Vp8Encoder&) = delete;

  /// From the next picture on. Another size, profile, number of threads or measure_error, and
  /// another frame rate of a file, start the stream anew with a key frame; everything else is taken
  /// up within it. After kInvalidArgument the old values stay; after kInternal there is no encoder
  /// any more.
  Status Update(const Vp8EncoderConfig& config);

  /// Encodes the next picture: `i420` of the configured size. `timestamp_us` counts for calls
  /// alone, within ±2^53; times that do not rise count as one frame apart. Returns the size of
  /// packet(), 0 for a picture that was dropped, kInvalidArgument for another size or time, or
  /// kInternal.
  int Encode(std::span<const uint8_t> i420, bool key_frame, int64_t timestamp_us = 0);

  /// Valid until the next Encode or Update.
  const Vp8EncodedFrame& frame() const { return frame_; }
  std::span<const uint8_t> packet() const { return frame_.bytes; }
  const Vp8EncoderTotals& totals() const { return totals_; }
  const Vp8EncoderConfig& config() const { return config_; }

 private:
  struct Codec;
  explicit Vp8Encoder(const Vp8EncoderConfig& config);

  bool StartStream();
  int64_t FrameTime(int64_t timestamp_us) const;
  bool TakePackets();

  Vp8EncoderConfig config_;
  std::unique_ptr<Codec> codec_;
  Vp8TemporalLayers layers_;
  int64_t time_ = 0;  // of the stream so far, in frames of a file or µs of a call
  int64_t timestamp_us_ = 0;
  int since_key_frame_ = 0;  // pictures, that one included
  Vp8EncodedFrame frame_;
  Vp8EncoderTotals totals_;
};

/// The version of the library, for example "libvpx 1.17.0".
const char* Vp8LibraryVersion();

}  // namespace earshot
