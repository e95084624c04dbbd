#include "codec/g711_decoder.h"

namespace earshot {
namespace {
constexpr int kQuantum = kG711RateHz / 400;  // 2.5 ms
// The shortest time SDP can give a packet (ptime counts ms, RFC 8866 §6.4), and the longest the
// jitter buffer takes.
constexpr int kMinPacketSamples = kG711RateHz / 1000;
constexpr int kMaxPacketSamples = kG711RateHz * 120 / 1000;
constexpr float kFullScale = 32768;
}  // namespace

StatusOr<std::unique_ptr<G711StreamDecoder>> G711StreamDecoder::Create(
    const G711DecoderConfig& config) {
  if (config.num_channels < 1 || config.num_channels > 2) {
    return Status(StatusCode::kInvalidArgument, "G.711 is played on one or two channels");
  }
  return std::unique_ptr<G711StreamDecoder>(new G711StreamDecoder(config));
}

int G711StreamDecoder::PacketDuration(std::span<const uint8_t> payload) const {
  if (payload.size() < kMinPacketSamples || payload.size() > kMaxPacketSamples) {
    return ToInt(StatusCode::kCorruptData);
  }
  return static_cast<int>(payload.size());
}

int G711StreamDecoder::Decode(std::span<const uint8_t> payload, std::span<float> out) {
  const int num_frames = PacketDuration(payload);
  if (num_frames < 0) return num_frames;
  if (!Fits(num_frames, out)) return ToInt(StatusCode::kBufferTooSmall);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    out[i] = static_cast<float>(DecodeG711(config_.law, payload[i])) / kFullScale;
  }
  concealment_.Receive(out.first(payload.size()));
  CopyToChannels(num_frames, out);
  return num_frames;
}

int G711StreamDecoder::DecodeRedundancy(std::span<const uint8_t>, int, std::span<float>) {
  return ToInt(StatusCode::kUnsupported);
}

int G711StreamDecoder::Conceal(int num_frames, std::span<float> out) {
  if (num_frames <= 0 || num_frames % kQuantum != 0 || num_frames > kMaxPacketSamples) {
    return ToInt(StatusCode::kInvalidArgument);
  }
  if (!Fits(num_frames, out)) return ToInt(StatusCode::kBufferTooSmall);
  concealment_.Conceal(out.first(static_cast<std::size_t>(num_frames)));
  CopyToChannels(num_frames, out);
  return num_frames;
}

bool G711StreamDecoder::Fits(int num_frames, std::span<float> out) const {
  return static_cast<std::size_t>(num_frames) * static_cast<std::size_t>(config_.num_channels) <=
         out.size();
}

void G711StreamDecoder::CopyToChannels(int num_frames, std::span<float> out) const {
  if (config_.num_channels == 1) return;
  // From the end, so that nothing is overwritten before it was copied.
  for (auto i = static_cast<std::size_t>(num_frames); i-- > 0;)
    out[2 * i] = out[2 * i + 1] = out[i];
}

}  // namespace earshot
