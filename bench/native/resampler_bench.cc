#include <benchmark/benchmark.h>

#include <vector>

#include "dsp/resampler.h"
#include "signal.h"

namespace earshot {
namespace {

/// 10 ms of one channel.
void Resample(benchmark::State& state) {
  const auto input_hz = static_cast<int>(state.range(0));
  const auto output_hz = static_cast<int>(state.range(1));
  Resampler resampler =
      Resampler::Create({.input_rate_hz = input_hz, .output_rate_hz = output_hz}).value();
  const std::vector<float> in = bench::MakeSignal(input_hz / 100);
  std::vector<float> out(static_cast<std::size_t>(resampler.MaxOutput(input_hz / 100)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(resampler.Process(in, out));
  }
}

BENCHMARK(Resample)
    ->Name("resampler/10ms")
    ->Args({44100, 48000})
    ->Args({48000, 44100})
    ->Args({16000, 48000})
    ->Args({48000, 16000})
    ->Args({11025, 48000});

}  // namespace
}  // namespace earshot
