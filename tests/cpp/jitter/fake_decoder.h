// A codec whose packets only name the stretch of a known signal they stand for, so that every
// sample put out can be traced back.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "base/audio_decoder.h"
#include "base/status.h"

namespace earshot::testing {

inline constexpr int kRate = 48000;
inline constexpr int kTick = kRate / 100;

/// A signal as a function of the sample's number; the right channel is the left one negated.
using Signal = float (*)(int64_t);

/// White noise: resembles itself nowhere, so it is never stretched.
inline float Noise(int64_t n) {
  auto x = static_cast<uint64_t>(n) * 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return static_cast<float>(static_cast<int64_t>(x >> 40)) / static_cast<float>(1 << 23) - 1.0f;
}

inline constexpr int kVoicePeriod = 400;  // 120 Hz

/// A vowel: five harmonics, period kVoicePeriod, slope at most kVoiceSlope.
inline float Voice(int64_t n) {
  const double phase = 2 * std::numbers::pi * static_cast<double>(n % kVoicePeriod) / kVoicePeriod;
  double sum = 0;
  for (int k = 1; k <= 5; ++k) sum += 0.15 * std::sin(k * phase + k * k) / k;
  return static_cast<float>(sum);
}
inline constexpr float kVoiceSlope = 0.15f * 5 * 2 * std::numbers::pi_v<float> / kVoicePeriod;

inline float Silence(int64_t) { return 0.0f; }

/// What the decoder plays for a lost packet: nothing of the signal above, so that it can be told
/// apart.
inline constexpr float kConcealed = -1.5f;

/// Payload: duration in 2.5 ms, flags (1: redundancy), number of its first sample (4 bytes), reach
/// of its deep redundancy in ticks. One or two bytes: a pause.
struct FakePacket {
  int quarter_ticks = 8;
  bool redundancy = false;
  uint32_t first_sample = 0;
  int deep_ticks = 0;

  std::vector<uint8_t> Payload() const {
    std::vector<uint8_t> bytes = {static_cast<uint8_t>(quarter_ticks),
                                  static_cast<uint8_t>(redundancy)};
    for (int shift = 0; shift < 32; shift += 8)
      bytes.push_back(static_cast<uint8_t>(first_sample >> shift));
    bytes.push_back(static_cast<uint8_t>(deep_ticks));
    return bytes;
  }
};

class FakeDecoder final : public AudioDecoder {
 public:
  explicit FakeDecoder(Signal signal, int num_channels = 1)
      : signal_(signal), num_channels_(num_channels) {}

  /// Conceal continues the signal instead of playing kConcealed.
  bool conceal_perfectly = false;
  int resets = 0;
  int decodes = 0;
  /// Packets decoded with another history than that of the sound just before them.
  int wrong_histories = 0;

  int sample_rate_hz() const override { return kRate; }
  int num_channels() const override { return num_channels_; }

  int PacketDuration(std::span<const uint8_t> payload) const override {
    if (payload.size() <= 2) return 2 * kTick;
    const bool valid = payload.size() >= 6 && payload[0] >= 1 && payload[0] <= 48;
    return valid ? payload[0] * kTick / 4 : ToInt(StatusCode::kCorruptData);
  }
  bool HasRedundancy(std::span<const uint8_t> payload) const override {
    return payload.size() >= 6 && (payload[1] & 1) != 0;
  }
  int Decode(std::span<const uint8_t> payload, std::span<float> out) override {
    ++decodes;
    if (payload.size() <= 2) return Write(Silence, 0, 2 * kTick, out);
    // The highest bit of the flags: valid to look at, but not to decode.
    if ((payload[1] & 0x80) != 0) return ToInt(StatusCode::kCorruptData);
    wrong_histories += First(payload) == next_ ? 0 : 1;
    return Write(signal_, First(payload), PacketDuration(payload), out);
  }
  int DecodeRedundancy(std::span<const uint8_t> payload, int num_frames,
                       std::span<float> out) override {
    return Write(signal_, First(payload) - num_frames, num_frames, out);
  }
  int LoadDeepRedundancy(std::span<const uint8_t> payload, int max_frames) override {
    if (payload.size() < 7) return 0;
    deep_end_ = First(payload);
    return std::min(payload[6] * kTick, max_frames);
  }
  int DecodeDeepRedundancy(int frames_before, int num_frames, std::span<float> out) override {
    return Write(signal_, deep_end_ - frames_before, num_frames, out);
  }
  int Conceal(int num_frames, std::span<float> out) override {
    if (conceal_perfectly) return Write(signal_, next_, num_frames, out);
    return Write([](int64_t) { return kConcealed; }, next_, num_frames, out);
  }
  void SaveState() override { saved_ = next_; }
  void RestoreState() override { next_ = saved_; }
  void Reset() override { ++resets; }

 private:
  static int64_t First(std::span<const uint8_t> payload) {
    uint32_t first = 0;
    for (int i = 0; i < 4; ++i)
      first |= static_cast<uint32_t>(payload[static_cast<size_t>(2 + i)]) << (8 * i);
    return first;
  }
  int Write(Signal signal, int64_t first, int frames, std::span<float> out) {
    for (int i = 0; i < frames; ++i) {
      for (int c = 0; c < num_channels_; ++c) {
        out[static_cast<size_t>(i * num_channels_ + c)] =
            (c == 0 ? 1.0f : -1.0f) * signal(first + i);
      }
    }
    next_ = first + frames;
    return frames;
  }

  Signal signal_;
  int num_channels_;
  int64_t next_ = 0;
  int64_t saved_ = 0;
  int64_t deep_end_ = 0;
};

}  // namespace earshot::testing
