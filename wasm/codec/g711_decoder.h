// G711StreamDecoder: the AudioDecoder of one PCMA or PCMU stream (RFC 3551 §4.5.14): decoding and
// concealment.
//
//   auto decoder = G711StreamDecoder::Create({.law = G711Law::kMuLaw});
//   int frames = decoder.value()->Decode(payload, pcm);
#pragma once

#include <memory>

#include "base/audio_decoder.h"
#include "base/status.h"
#include "codec/g711.h"
#include "codec/g711_concealment.h"

namespace earshot {

/// The only sampling rate of PCMA and PCMU, and of their RTP timestamps (RFC 3551 table 4).
inline constexpr int kG711RateHz = 8000;

struct G711DecoderConfig {
  G711Law law = G711Law::kALaw;
  int num_channels = 1;  ///< Of the output, 1 or 2; the payloads are mono and copied to both.
};

/// Everything is allocated by Create; the rest is real-time safe. A byte is a sample, so every
/// payload from 1 to 120 ms can be decoded; others give kCorruptData.
class G711StreamDecoder final : public AudioDecoder {
 public:
  static StatusOr<std::unique_ptr<G711StreamDecoder>> Create(const G711DecoderConfig& config);

  int sample_rate_hz() const override { return kG711RateHz; }
  int num_channels() const override { return config_.num_channels; }

  int PacketDuration(std::span<const uint8_t> payload) const override;
  bool HasRedundancy(std::span<const uint8_t>) const override { return false; }
  int Decode(std::span<const uint8_t> payload, std::span<float> out) override;
  /// There is none: kUnsupported.
  int DecodeRedundancy(std::span<const uint8_t> payload, int num_frames,
                       std::span<float> out) override;
  int Conceal(int num_frames, std::span<float> out) override;
  void SaveState() override { saved_ = concealment_; }
  void RestoreState() override { concealment_ = saved_; }
  void Reset() override { concealment_ = {}; }

 private:
  explicit G711StreamDecoder(const G711DecoderConfig& config) : config_(config) {}
  bool Fits(int num_frames, std::span<float> out) const;
  /// From the first num_frames samples of `out` to all channels, interleaved.
  void CopyToChannels(int num_frames, std::span<float> out) const;

  G711DecoderConfig config_;
  G711Concealment concealment_;
  G711Concealment saved_;
};

}  // namespace earshot
