// RestingDecoder: lets a decoder rest while its stream is silent, so that of many participants only
// those who speak cost anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/audio_decoder.h"

namespace earshot {

/// Passes everything on to another decoder until its stream has carried no sound for a while:
/// nothing arrived, or only the packets of one or two bytes that keep up a pause in transmission
/// (RFC 6716 §3.2.1, RFC 7587 §3.1.3). What the decoder makes of such a pause, comfort noise or the
/// end of a concealment, then fades out within one call, and silence takes its place without the
/// decoder. The next packet with sound finds it reset. Real-time safe.
class RestingDecoder final : public AudioDecoder {
 public:
  /// `decoder` must outlive this, which is then its only user.
  explicit RestingDecoder(AudioDecoder& decoder) : decoder_(decoder) {}

  /// Rests after so much time without sound; 0, the default, never.
  void set_rest_after_ms(int milliseconds);
  bool resting() const { return resting_; }

  int sample_rate_hz() const override { return decoder_.sample_rate_hz(); }
  int num_channels() const override { return decoder_.num_channels(); }
  int PacketDuration(std::span<const uint8_t> payload) const override {
    return decoder_.PacketDuration(payload);
  }
  bool HasRedundancy(std::span<const uint8_t> payload) const override {
    return decoder_.HasRedundancy(payload);
  }
  int Decode(std::span<const uint8_t> payload, std::span<float> out) override;
  int DecodeRedundancy(std::span<const uint8_t> payload, int num_frames,
                       std::span<float> out) override;
  int LoadDeepRedundancy(std::span<const uint8_t> payload, int max_frames) override {
    return decoder_.LoadDeepRedundancy(payload, max_frames);
  }
  int DecodeDeepRedundancy(int frames_before, int num_frames, std::span<float> out) override;
  int Conceal(int num_frames, std::span<float> out) override;
  void SaveState() override;
  void RestoreState() override;
  void Reset() override;

 private:
  bool OfPause(std::span<const uint8_t> payload) const;
  void Wake();
  // After `num_frames` without sound, which `out` holds.
  void Tire(int num_frames, std::span<float> out);
  int Silence(int num_frames, std::span<float> out) const;

  AudioDecoder& decoder_;
  int64_t rest_after_frames_ = 0;
  int64_t idle_frames_ = 0;  // without sound, up to rest_after_frames_
  int64_t saved_idle_frames_ = 0;
  bool resting_ = false;
  bool saved_resting_ = false;
};

}  // namespace earshot
