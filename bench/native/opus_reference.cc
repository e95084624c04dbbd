// Native libopus as a contestant of bench/opus.mjs: reads 16-bit mono PCM at 48 kHz from the file
// named on the command line, then answers each line of standard input ("encode" or "decode") with
// one pass over it, as JSON.
#include <opus.h>
#include <time.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace {

constexpr int kSampleRateHz = 48000;
constexpr int kFrameSize = kSampleRateHz / 50;
constexpr int kBitrate = 32000;
constexpr int kComplexity = 9;
constexpr int kMaxPacketBytes = 1500;

using Encoder = std::unique_ptr<OpusEncoder, decltype(&opus_encoder_destroy)>;
using Decoder = std::unique_ptr<OpusDecoder, decltype(&opus_decoder_destroy)>;
using Packets = std::vector<std::vector<uint8_t>>;

double ProcessCpuMs() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

std::vector<float> ReadPcm(const char* path) {
  std::vector<float> samples;
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) return samples;
  std::array<int16_t, kFrameSize> block;
  while (std::fread(block.data(), sizeof(int16_t), block.size(), file) == block.size()) {
    for (const int16_t sample : block) samples.push_back(static_cast<float>(sample) / 32768.0F);
  }
  std::fclose(file);
  return samples;
}

Packets Encode(OpusEncoder* encoder, const std::vector<float>& pcm) {
  Packets packets;
  std::array<uint8_t, kMaxPacketBytes> packet;
  for (size_t at = 0; at < pcm.size(); at += kFrameSize) {
    const opus_int32 bytes = opus_encode_float(encoder, pcm.data() + at, kFrameSize, packet.data(),
                                               static_cast<opus_int32>(packet.size()));
    if (bytes < 0) return {};
    packets.emplace_back(packet.begin(), packet.begin() + bytes);
  }
  return packets;
}

bool Decode(OpusDecoder* decoder, const Packets& packets) {
  std::array<float, kFrameSize> out;
  for (const auto& packet : packets) {
    const int frames = opus_decode_float(
        decoder, packet.data(), static_cast<opus_int32>(packet.size()), out.data(), kFrameSize, 0);
    if (frames != kFrameSize) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<float> pcm = argc == 2 ? ReadPcm(argv[1]) : std::vector<float>();
  int error = OPUS_OK;
  const Encoder encoder(opus_encoder_create(kSampleRateHz, 1, OPUS_APPLICATION_VOIP, &error),
                        &opus_encoder_destroy);
  const Decoder decoder(opus_decoder_create(kSampleRateHz, 1, &error), &opus_decoder_destroy);
  if (pcm.empty() || encoder == nullptr || decoder == nullptr ||
      opus_encoder_ctl(encoder.get(), OPUS_SET_BITRATE(kBitrate)) != OPUS_OK ||
      opus_encoder_ctl(encoder.get(), OPUS_SET_COMPLEXITY(kComplexity)) != OPUS_OK) {
    std::fprintf(stderr, "usage: opus_reference PCM, 16-bit mono at 48 kHz\n");
    return 2;
  }
  const Packets packets = Encode(encoder.get(), pcm);
  char line[32];
  while (std::fgets(line, sizeof(line), stdin) != nullptr) {
    const double start = ProcessCpuMs();
    size_t bytes = 0;
    bool ok = true;
    if (std::strncmp(line, "encode", 6) == 0) {
      const Packets encoded = Encode(encoder.get(), pcm);
      ok = !encoded.empty();
      for (const auto& packet : encoded) bytes += packet.size();
    } else {
      ok = Decode(decoder.get(), packets);
    }
    const double cpu_ms = ProcessCpuMs() - start;
    if (!ok) return 1;
    std::printf("{\"cpuMs\": %.3f, \"bytes\": %zu, \"version\": \"%s\"}\n", cpu_ms, bytes,
                opus_get_version_string());
    std::fflush(stdout);
  }
  return 0;
}
