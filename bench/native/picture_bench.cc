// Conversion and scaling of pictures, a frame at a time.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "video/picture_converter.h"

namespace earshot {
namespace {

struct Task {
  PictureFormat format;
  int width, height;
  int to_width, to_height;
  ColorSpace target;
  int degrees = 0;
};

void Fill(std::span<uint8_t> bytes) {
  std::minstd_rand engine(1);
  std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<uint8_t>(engine() >> 8); });
}

void ToI420(benchmark::State& state, const Task& task) {
  PictureConverter converter;
  Fill(converter.SetSource(task.format, task.width, task.height));
  converter.set_target_color(task.target);
  converter.set_orientation(MakeOrientation(task.degrees, false));
  std::vector<uint8_t> out(I420Bytes(task.to_width, task.to_height));
  for (auto _ : state) {
    benchmark::DoNotOptimize(converter.ToI420(out, task.to_width, task.to_height));
  }
}

void ToRgba(benchmark::State& state) {
  PictureConverter converter;
  std::vector<uint8_t> i420(I420Bytes(1280, 720));
  Fill(i420);
  for (auto _ : state) {
    benchmark::DoNotOptimize(converter.ToRgb(i420, 1280, 720, PictureFormat::kRgba));
  }
}

constexpr ColorSpace kBt709 = {ColorMatrix::kBt709, ColorRange::kLimited};

#define EARSHOT_PICTURE(name, ...) \
  BENCHMARK_CAPTURE(ToI420, name, Task{__VA_ARGS__})->Name("picture/" #name)

EARSHOT_PICTURE(rgba720, PictureFormat::kRgba, 1280, 720, 1280, 720, {});
EARSHOT_PICTURE(nv12_720, PictureFormat::kNv12, 1280, 720, 1280, 720, {});
EARSHOT_PICTURE(i444_720, PictureFormat::kI444, 1280, 720, 1280, 720, {});
EARSHOT_PICTURE(matrix720, PictureFormat::kI420, 1280, 720, 1280, 720, kBt709);
EARSHOT_PICTURE(turn720, PictureFormat::kI420, 1280, 720, 720, 1280, {}, 90);
EARSHOT_PICTURE(scale720to360, PictureFormat::kI420, 1280, 720, 640, 360, {});
EARSHOT_PICTURE(scale720to480, PictureFormat::kI420, 1280, 720, 854, 480, {});
EARSHOT_PICTURE(scale360to720, PictureFormat::kI420, 640, 360, 1280, 720, {});
EARSHOT_PICTURE(rgba720to360, PictureFormat::kRgba, 1280, 720, 640, 360, {});
BENCHMARK(ToRgba)->Name("picture/to_rgba720");

}  // namespace
}  // namespace earshot
