// AudioDecoder: what the jitter buffer needs of a codec. Implemented in codec/, used by jitter/, so
// that neither knows the other. Output is interleaved float, nominally in [-1, 1].
#pragma once

#include <cstdint>
#include <span>

namespace earshot {

/// A stateful decoder of one stream's packets. Nothing allocates after construction; all calls are
/// real-time safe. Payloads come from the network and may hold anything. Counts are in samples per
/// channel at sample_rate_hz(); a negative result is a StatusCode.
class AudioDecoder {
 public:
  virtual ~AudioDecoder() = default;

  virtual int sample_rate_hz() const = 0;
  virtual int num_channels() const = 0;

  /// Duration of `payload`, or a negative code if it is not a packet of this codec.
  virtual int PacketDuration(std::span<const uint8_t> payload) const = 0;

  /// Whether `payload` carries a redundant copy of the packet before it (Opus in-band FEC, RFC 6716
  /// §2.1.7).
  virtual bool HasRedundancy(std::span<const uint8_t> payload) const = 0;

  /// Decodes `payload` into `out`, which must hold PacketDuration() × num_channels() samples.
  virtual int Decode(std::span<const uint8_t> payload, std::span<float> out) = 0;

  /// Decodes the packet *before* `payload` (of `num_frames` samples per channel) from the
  /// redundancy in `payload`.
  virtual int DecodeRedundancy(std::span<const uint8_t> payload, int num_frames,
                               std::span<float> out) = 0;

  /// Deep redundancy: a description of the second before `payload` that some encoders put into
  /// every packet (Opus DRED). Reads what `payload` has of it, into the one place there is for it.
  /// Returns how far back from the beginning of `payload` it reaches, 0 where there is none.
  /// `max_frames`: how much is wanted; more may be left out.
  virtual int LoadDeepRedundancy(std::span<const uint8_t> payload, int max_frames) {
    (void)payload;
    (void)max_frames;
    return 0;
  }

  /// Makes the `num_frames` (as for Conceal) that begin `frames_before` before the packet that was
  /// loaded last. Where that says nothing of them, conceals.
  virtual int DecodeDeepRedundancy(int frames_before, int num_frames, std::span<float> out) {
    (void)frames_before;
    return Conceal(num_frames, out);
  }

  /// Continues the sound for `num_frames` samples per channel when nothing arrived. `num_frames`
  /// must be a multiple of 2.5 ms and at most 120 ms.
  virtual int Conceal(int num_frames, std::span<float> out) = 0;

  /// Remembers the stream's history in the one place there is for it, and goes back to it: for
  /// sound concealed in vain because its packet came after all. RestoreState requires a SaveState
  /// before.
  virtual void SaveState() = 0;
  virtual void RestoreState() = 0;

  /// Forgets the stream's history, as for a new SSRC.
  virtual void Reset() = 0;
};

}  // namespace earshot
