// OpusStreamEncoder: one stream of float sound to Opus packets (RFC 6716), with the controls a call
// needs.
//
//   auto encoder = OpusStreamEncoder::Create({.num_channels = 1, .application =
//   OpusApplication::kVoip}); encoder.value()->set_bitrate(32000); int bytes =
//   encoder.value()->Encode(pcm_of_20_ms, packet);
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/status.h"

struct OpusEncoder;  // libopus

namespace earshot {

/// What the encoder optimises for.
enum class OpusApplication : int { kVoip = 0, kAudio = 1, kLowDelay = 2 };
/// Audio bandwidth (RFC 6716 §2.1.3): 4, 6, 8, 12 and 20 kHz.
enum class OpusBandwidth : int { kNarrowband, kMediumband, kWideband, kSuperwideband, kFullband };
/// Use of bits over time (RFC 6716 §2.1.8).
enum class OpusRateMode : int { kConstant = 0, kConstrained = 1, kVariable = 2 };
/// What the sound is, for callers who know better than the encoder's own analysis.
enum class OpusSignal : int { kAuto = 0, kVoice = 1, kMusic = 2 };

struct OpusEncoderConfig {
  int sample_rate_hz = 48000;  ///< 8000, 12000, 16000, 24000 or 48000.
  int num_channels = 1;        ///< 1 or 2.
  OpusApplication application = OpusApplication::kVoip;
};

/// Everything is allocated by Create; Encode and the setters are real-time safe and belong to one
/// thread. Setters return kInvalidArgument and change nothing when the value is out of range; they
/// act from the next packet on.
class OpusStreamEncoder {
 public:
  static StatusOr<std::unique_ptr<OpusStreamEncoder>> Create(const OpusEncoderConfig& config);
  ~OpusStreamEncoder();
  OpusStreamEncoder(const OpusStreamEncoder&) = delete;
  OpusStreamEncoder& operator=(const OpusStreamEncoder&) = delete;

  Status set_bitrate(int bits_per_second);  ///< 6000 … 510000, all channels together.
  Status set_complexity(int complexity);    ///< 0 … 10.
  /// In-band FEC: a coarse copy of each packet rides in the next one, as the expected loss
  /// justifies.
  Status set_inband_fec(bool enabled);
  Status set_expected_loss_percent(int percent);  ///< 0 … 100.
  /// Deep redundancy (DRED): each packet also describes up to so much of the sound before it, 0 …
  /// 1000 ms, as far as bitrate and expected loss allow. kUnsupported without HasDeepOpus().
  Status set_deep_redundancy_ms(int milliseconds);
  Status set_dtx(bool enabled);
  Status set_max_bandwidth(OpusBandwidth bandwidth);
  Status set_rate_mode(OpusRateMode mode);
  Status set_signal(OpusSignal signal);

  /// Encodes `pcm`: interleaved, 2.5, 5, 10, 20, 40, 60, 80, 100 or 120 ms, nominally in [-1, 1];
  /// not-a-number counts as silence. Returns the length of the packet written (1 or 2 bytes while
  /// DTX pauses), kInvalidArgument for another duration, kBufferTooSmall, or kInternal.
  int Encode(std::span<const float> pcm, std::span<uint8_t> packet);

  /// How far the decoded sound lags the input (the pre-skip of RFC 7845), samples per channel at
  /// sample_rate_hz.
  int lookahead_samples() const;
  /// Forgets the sound so far; settings stay.
  void Reset();

  int sample_rate_hz() const { return config_.sample_rate_hz; }
  int num_channels() const { return config_.num_channels; }

 private:
  OpusStreamEncoder(const OpusEncoderConfig& config, ::OpusEncoder* encoder)
      : config_(config), encoder_(encoder) {}

  OpusEncoderConfig config_;
  ::OpusEncoder* encoder_;
};

/// The version of the Opus library, for example "libopus 1.6.1".
const char* OpusLibraryVersion();

}  // namespace earshot
