// ReadRecording: the recordings of tests/data as samples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "dsp/resampler.h"

namespace earshot::testing {

/// A WAV file (mono, 16 bits, 44 bytes of header) at `rate_hz`; empty when it cannot be read.
inline std::vector<float> ReadRecording(const std::string& path, int rate_hz) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(file)),
                                std::istreambuf_iterator<char>());
  const auto byte = [&](std::size_t i) { return static_cast<int>(static_cast<uint8_t>(bytes[i])); };
  if (bytes.size() < 44) {
    return {};
  }
  std::vector<float> samples;
  for (std::size_t i = 44; i + 1 < bytes.size(); i += 2) {
    const auto sample = static_cast<int16_t>(byte(i + 1) * 256 + byte(i));
    samples.push_back(static_cast<float>(sample) / 32768.0F);
  }
  const int file_rate_hz = byte(24) + 256 * byte(25);
  auto resampler = Resampler::Create({.input_rate_hz = file_rate_hz, .output_rate_hz = rate_hz});
  if (!resampler.ok()) {
    return {};
  }
  std::vector<float> resampled(
      static_cast<std::size_t>(resampler.value().MaxOutput(static_cast<int>(samples.size()))));
  resampler.value().Process(samples, resampled);
  return resampled;
}

}  // namespace earshot::testing
