#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

#include "denoise/noise_suppressor.h"
#include "signal.h"

namespace earshot {
namespace {

/// One frame (5.3 ms) of one channel, ever new sound.
void Suppress(benchmark::State& state) {
  constexpr int kFrames = 512;
  constexpr int kSize = NoiseSuppressor::kFrameSize;
  NoiseSuppressor suppressor = NoiseSuppressor::Create({}).value();
  const std::vector<float> signal = bench::MakeSignal(kFrames * kSize);
  std::vector<float> frame(kSize);
  float* channels[] = {frame.data()};
  int position = 0;
  for (auto _ : state) {
    std::copy_n(signal.begin() + position * kSize, kSize, frame.begin());
    position = (position + 1) % kFrames;
    suppressor.Process(AudioView(channels, 1, kSize));
    benchmark::DoNotOptimize(frame.data());
  }
}

BENCHMARK(Suppress)->Name("suppressor/256");

}  // namespace
}  // namespace earshot
