#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

#include "agc/adaptive_gain.h"
#include "agc/limiter.h"
#include "signal.h"

namespace earshot {
namespace {

constexpr int kFrames = 512;
constexpr int kSize = 256;

/// Runs `process` on one frame (5.3 ms) after another, ever new sound.
template <typename Process>
void ForEachFrame(benchmark::State& state, float gain, Process process) {
  std::vector<float> signal = bench::MakeSignal(kFrames * kSize);
  for (float& sample : signal) sample *= gain;
  std::vector<float> frame(kSize);
  float* channels[] = {frame.data()};
  int position = 0;
  for (auto _ : state) {
    std::copy_n(signal.begin() + position * kSize, kSize, frame.begin());
    position = (position + 1) % kFrames;
    process(AudioView(channels, 1, kSize));
    benchmark::DoNotOptimize(frame.data());
  }
}

void Gain(benchmark::State& state) {
  AdaptiveGain gain = AdaptiveGain::Create({}).value();
  ForEachFrame(state, 1.0F, [&](AudioView frame) { gain.Process(frame, 0.9F); });
}

/// Loud enough to limit about every other frame.
void Limit(benchmark::State& state) {
  Limiter limiter = Limiter::Create({}).value();
  ForEachFrame(state, 8.0F, [&](AudioView frame) { limiter.Process(frame); });
}

BENCHMARK(Gain)->Name("agc/256");
BENCHMARK(Limit)->Name("limiter/256");

}  // namespace
}  // namespace earshot
