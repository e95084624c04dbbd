// Runs a 48 kHz mono 16-bit WAV through the noise suppressor, delay removed: the native program of
// measure-denoise.py. usage: measure-denoise IN.wav OUT.wav off|low|moderate|high|max
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

#include "denoise/noise_suppressor.h"

namespace {

constexpr std::string_view kLevels[] = {"off", "low", "moderate", "high", "max"};
constexpr std::size_t kHeaderBytes = 44;  // as scipy and sox write it

void Enhance(earshot::NoiseSuppressor& suppressor, std::vector<float>& samples) {
  constexpr auto kFrame = static_cast<std::size_t>(earshot::NoiseSuppressor::kFrameSize);
  constexpr auto kDelay = static_cast<std::size_t>(earshot::NoiseSuppressor::kLatencySamples);
  const std::size_t length = samples.size();
  samples.resize((length + kDelay + kFrame - 1) / kFrame * kFrame);
  for (std::size_t at = 0; at < samples.size(); at += kFrame) {
    float* channel = samples.data() + at;
    suppressor.Process(earshot::AudioView(&channel, 1, static_cast<int>(kFrame)));
  }
  samples.erase(samples.begin(), samples.begin() + kDelay);
  samples.resize(length);
}

}  // namespace

int main(int argc, char** argv) {
  const auto* level =
      argc == 4 ? std::find(std::begin(kLevels), std::end(kLevels), argv[3]) : std::end(kLevels);
  if (level == std::end(kLevels)) {
    std::fprintf(stderr, "usage: measure-denoise IN.wav OUT.wav off|low|moderate|high|max\n");
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  std::vector<char> bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (bytes.size() < kHeaderBytes) return 2;
  std::vector<int16_t> pcm((bytes.size() - kHeaderBytes) / 2);
  std::memcpy(pcm.data(), bytes.data() + kHeaderBytes, pcm.size() * 2);
  std::vector<float> samples(pcm.begin(), pcm.end());
  for (float& x : samples) x /= 32768.0F;
  auto suppressor = earshot::NoiseSuppressor::Create({});
  suppressor.value().set_strength(0.25F * static_cast<float>(level - std::begin(kLevels)));
  Enhance(suppressor.value(), samples);
  std::transform(samples.begin(), samples.end(), pcm.begin(), [](float x) {
    return static_cast<int16_t>(std::lrintf(std::clamp(x * 32768.0F, -32768.0F, 32767.0F)));
  });
  std::memcpy(bytes.data() + kHeaderBytes, pcm.data(), pcm.size() * 2);
  std::ofstream(argv[2], std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}
