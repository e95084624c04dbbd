// OpusStreamDecoder: the AudioDecoder of one Opus stream (RFC 6716): decoding, in-band FEC and
// concealment, by signal processing or by the networks of libopus (deep PLC, DRED, OSCE).
//
//   auto decoder = OpusStreamDecoder::Create({.sample_rate_hz = 48000, .num_channels = 2});
//   int frames = decoder.value()->Decode(payload, pcm);
#pragma once

#include <memory>
#include <vector>

#include "base/audio_decoder.h"
#include "base/status.h"

// libopus
struct OpusDecoder;
struct OpusDREDDecoder;
struct OpusDRED;

namespace earshot {

struct OpusDecoderConfig {
  int sample_rate_hz = 48000;  ///< 8000, 12000, 16000, 24000 or 48000.
  int num_channels = 1;  ///< 1 or 2; the decoder mixes down or copies whatever the packets hold.
  bool deep = false;     ///< Conceal by networks and read deep redundancy: see HasDeepOpus().
};

/// Whether the libopus linked has its networks: it is one of version 1.6 or newer, built with them.
bool HasDeepOpus();

/// Everything is allocated by Create; the rest is real-time safe. Payloads may hold anything: what
/// is not Opus gives kCorruptData, output is bounded by the span, and the decoder goes on with the
/// next payload.
class OpusStreamDecoder final : public AudioDecoder {
 public:
  /// kUnsupported for a deep one without HasDeepOpus().
  static StatusOr<std::unique_ptr<OpusStreamDecoder>> Create(const OpusDecoderConfig& config);
  ~OpusStreamDecoder() override;

  int sample_rate_hz() const override { return config_.sample_rate_hz; }
  int num_channels() const override { return config_.num_channels; }

  int PacketDuration(std::span<const uint8_t> payload) const override;
  bool HasRedundancy(std::span<const uint8_t> payload) const override;
  int Decode(std::span<const uint8_t> payload, std::span<float> out) override;
  int DecodeRedundancy(std::span<const uint8_t> payload, int num_frames,
                       std::span<float> out) override;
  int LoadDeepRedundancy(std::span<const uint8_t> payload, int max_frames) override;
  int DecodeDeepRedundancy(int frames_before, int num_frames, std::span<float> out) override;
  int Conceal(int num_frames, std::span<float> out) override;
  void SaveState() override;
  void RestoreState() override;
  void Reset() override;

  /// Gain of the output in 1/256 dB, −32768 … 32767, as OpusHead carries it (RFC 7845 §5.1).
  Status set_output_gain_q8_db(int gain);

 private:
  struct Free {
    void operator()(::OpusDecoder* decoder) const;
    void operator()(::OpusDREDDecoder* decoder) const;
    void operator()(::OpusDRED* redundancy) const;
  };

  OpusStreamDecoder(const OpusDecoderConfig& config, ::OpusDecoder* decoder);
  Status GoDeep();
  /// Whether `num_frames` is a duration concealment and FEC take, and fits into `out`.
  StatusCode CheckSpan(int num_frames, std::span<float> out) const;

  OpusDecoderConfig config_;
  std::unique_ptr<::OpusDecoder, Free> decoder_;
  std::unique_ptr<::OpusDREDDecoder, Free> redundancy_decoder_;  // Null unless deep.
  std::unique_ptr<::OpusDRED, Free> redundancy_;                 // Of the packet loaded last.
  std::vector<unsigned char> saved_;                             // A copy of *decoder_.
};

}  // namespace earshot
