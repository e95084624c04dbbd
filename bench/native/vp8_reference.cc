// Native libvpx as a contestant of bench/vp8.mjs: reads I420 pictures from the file named on the
// command line, then answers each line of standard input ("encode" or "decode") with one pass over
// them, as JSON.
#include <time.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/i420.h"
#include "codec/vp8_decoder.h"
#include "codec/vp8_encoder.h"

namespace {

using Bytes = std::vector<uint8_t>;

double ProcessCpuMs() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

std::vector<Bytes> ReadPictures(const char* path, size_t picture_bytes) {
  std::vector<Bytes> pictures;
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) return pictures;
  Bytes picture(picture_bytes);
  while (std::fread(picture.data(), 1, picture.size(), file) == picture.size()) {
    pictures.push_back(picture);
  }
  std::fclose(file);
  return pictures;
}

/// The frames; none when something failed.
std::vector<Bytes> Encode(const earshot::Vp8EncoderConfig& config,
                          const std::vector<Bytes>& pictures, earshot::Vp8EncoderTotals& totals) {
  auto encoder = earshot::Vp8Encoder::Create(config);
  if (!encoder.ok()) return {};
  std::vector<Bytes> frames;
  for (const Bytes& picture : pictures) {
    if (encoder.value()->Encode(picture, false) <= 0) return {};
    frames.emplace_back(encoder.value()->packet().begin(), encoder.value()->packet().end());
  }
  totals = encoder.value()->totals();
  return frames;
}

bool Decode(const std::vector<Bytes>& frames) {
  auto decoder = earshot::Vp8Decoder::Create();
  if (!decoder.ok()) return false;
  for (const Bytes& frame : frames) {
    if (decoder.value()->Decode(frame) != 1) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: vp8_reference I420 WIDTH HEIGHT FPS KBPS SPEED\n");
    return 2;
  }
  const earshot::Vp8EncoderConfig config = {.width = std::atoi(argv[2]),
                                            .height = std::atoi(argv[3]),
                                            .frame_rate_num = std::atoi(argv[4]),
                                            .bitrate_kbps = std::atoi(argv[5]),
                                            .speed = std::atoi(argv[6])};
  const auto pictures = ReadPictures(argv[1], earshot::I420Bytes(config.width, config.height));
  earshot::Vp8EncoderTotals totals;
  const std::vector<Bytes> frames = Encode(config, pictures, totals);
  if (frames.empty()) return 1;
  char line[32];
  while (std::fgets(line, sizeof(line), stdin) != nullptr) {
    const double start = ProcessCpuMs();
    const bool ok = std::strncmp(line, "encode", 6) == 0 ? !Encode(config, pictures, totals).empty()
                                                         : Decode(frames);
    const double cpu_ms = ProcessCpuMs() - start;
    if (!ok) return 1;
    const double psnr = 10 * std::log10(255.0 * 255.0 * totals.samples_y / totals.squared_error_y);
    std::printf("{\"cpuMs\": %.3f, \"bytes\": %lld, \"psnrY\": %.6f, \"version\": \"%s\"}\n",
                cpu_ms, static_cast<long long>(totals.bytes), psnr, earshot::Vp8LibraryVersion());
    std::fflush(stdout);
  }
  return 0;
}
