#include "pipeline/resting_decoder.h"

#include <algorithm>

namespace earshot {
namespace {

constexpr std::size_t kMaxPausePayloadBytes = 2;

}  // namespace

void RestingDecoder::set_rest_after_ms(int milliseconds) {
  rest_after_frames_ = int64_t{milliseconds} * sample_rate_hz() / 1000;
  if (rest_after_frames_ == 0) {
    Wake();
  }
}

bool RestingDecoder::OfPause(std::span<const uint8_t> payload) const {
  return payload.size() <= kMaxPausePayloadBytes;
}

void RestingDecoder::Wake() {
  idle_frames_ = 0;
  if (resting_) {
    resting_ = false;
    decoder_.Reset();
  }
}

int RestingDecoder::Silence(int num_frames, std::span<float> out) const {
  std::fill_n(out.begin(),
              static_cast<std::size_t>(num_frames) * static_cast<std::size_t>(num_channels()),
              0.0F);
  return num_frames;
}

void RestingDecoder::Tire(int num_frames, std::span<float> out) {
  if (rest_after_frames_ == 0 || num_frames <= 0) {
    return;
  }
  idle_frames_ = std::min(idle_frames_ + num_frames, rest_after_frames_);
  if (idle_frames_ < rest_after_frames_) {
    return;
  }
  resting_ = true;
  const auto channels = static_cast<std::size_t>(num_channels());
  const auto frames = static_cast<std::size_t>(num_frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const float gain = 1.0F - static_cast<float>(i + 1) / static_cast<float>(frames);
    for (std::size_t c = 0; c < channels; ++c) {
      out[i * channels + c] *= gain;
    }
  }
}

int RestingDecoder::Decode(std::span<const uint8_t> payload, std::span<float> out) {
  if (!OfPause(payload)) {
    Wake();
    return decoder_.Decode(payload, out);
  }
  if (resting_) {
    const int num_frames = decoder_.PacketDuration(payload);
    return num_frames > 0 ? Silence(num_frames, out) : num_frames;
  }
  const int num_frames = decoder_.Decode(payload, out);
  Tire(num_frames, out);
  return num_frames;
}

int RestingDecoder::DecodeRedundancy(std::span<const uint8_t> payload, int num_frames,
                                     std::span<float> out) {
  Wake();
  return decoder_.DecodeRedundancy(payload, num_frames, out);
}

int RestingDecoder::DecodeDeepRedundancy(int frames_before, int num_frames, std::span<float> out) {
  Wake();
  return decoder_.DecodeDeepRedundancy(frames_before, num_frames, out);
}

int RestingDecoder::Conceal(int num_frames, std::span<float> out) {
  if (resting_) {
    return Silence(num_frames, out);
  }
  const int concealed = decoder_.Conceal(num_frames, out);
  Tire(concealed, out);
  return concealed;
}

void RestingDecoder::SaveState() {
  saved_idle_frames_ = idle_frames_;
  saved_resting_ = resting_;
  decoder_.SaveState();
}

void RestingDecoder::RestoreState() {
  idle_frames_ = saved_idle_frames_;
  resting_ = saved_resting_;
  decoder_.RestoreState();
}

void RestingDecoder::Reset() {
  idle_frames_ = 0;
  resting_ = false;
  decoder_.Reset();
}

}  // namespace earshot
