#include <benchmark/benchmark.h>

#include <complex>
#include <vector>

#include "dsp/real_fft.h"
#include "signal.h"

namespace earshot {
namespace {

void Forward(benchmark::State& state) {
  const auto size = static_cast<int>(state.range(0));
  RealFft fft = RealFft::Create(size).value();
  const std::vector<float> time = bench::MakeSignal(size);
  std::vector<std::complex<float>> spectrum(static_cast<std::size_t>(fft.num_bins()));
  for (auto _ : state) {
    fft.Forward(time, spectrum);
    benchmark::DoNotOptimize(spectrum.data());
  }
}

void Inverse(benchmark::State& state) {
  const auto size = static_cast<int>(state.range(0));
  RealFft fft = RealFft::Create(size).value();
  std::vector<float> time = bench::MakeSignal(size);
  std::vector<std::complex<float>> spectrum(static_cast<std::size_t>(fft.num_bins()));
  fft.Forward(time, spectrum);
  for (auto _ : state) {
    fft.Inverse(spectrum, time);
    benchmark::DoNotOptimize(time.data());
  }
}

BENCHMARK(Forward)->Name("fft/forward")->Arg(480)->Arg(512)->Arg(960)->Arg(1024)->Arg(2048);
BENCHMARK(Inverse)->Name("fft/inverse")->Arg(480)->Arg(512)->Arg(960)->Arg(1024)->Arg(2048);

}  // namespace
}  // namespace earshot
