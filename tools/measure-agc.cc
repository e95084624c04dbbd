// Runs a 48 kHz mono 16-bit WAV through the capture chain with gain control and limiter on, delay removed: the native
// program of measure-agc.py.
// usage: measure-agc IN.wav OUT.wav STRENGTH   (of the noise suppressor, 0 … 1)
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "pipeline/capture_chain.h"

namespace {

constexpr std::size_t kHeaderBytes = 44;  // as scipy and sox write it
constexpr std::size_t kBlock = 128;

void Enhance(earshot::CaptureChain& chain, std::vector<float>& samples) {
  const std::size_t length = samples.size();
  const auto delay = static_cast<std::size_t>(chain.latency_samples());
  samples.resize((length + delay + kBlock - 1) / kBlock * kBlock);
  for (std::size_t at = 0; at < samples.size(); at += kBlock) {
    float* out = samples.data() + at;
    const float* in = out;
    chain.Process({&in, 1, kBlock}, {&out, 1, kBlock});
  }
  samples.erase(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(delay));
  samples.resize(length);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: measure-agc IN.wav OUT.wav STRENGTH\n");
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  std::vector<char> bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (bytes.size() < kHeaderBytes) return 2;
  std::vector<int16_t> pcm((bytes.size() - kHeaderBytes) / 2);
  std::memcpy(pcm.data(), bytes.data() + kHeaderBytes, pcm.size() * 2);
  std::vector<float> samples(pcm.begin(), pcm.end());
  for (float& x : samples) x /= 32768.0F;
  auto chain = earshot::CaptureChain::Create({.block_multiple = kBlock});
  if (!chain.ok()) return 1;
  chain.value()->set_noise_suppression(std::strtof(argv[3], nullptr));
  Enhance(*chain.value(), samples);
  std::transform(samples.begin(), samples.end(), pcm.begin(), [](float x) {
    return static_cast<int16_t>(std::lrintf(std::clamp(x * 32768.0F, -32768.0F, 32767.0F)));
  });
  std::memcpy(bytes.data() + kHeaderBytes, pcm.data(), pcm.size() * 2);
  std::ofstream(argv[2], std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}
