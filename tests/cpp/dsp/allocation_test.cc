// Real-time functions never touch the heap: counted by replacing the global operator new.
#include <gtest/gtest.h>

#include <complex>
#include <vector>

#include "dsp/biquad.h"
#include "dsp/frame_adapter.h"
#include "dsp/level_meter.h"
#include "dsp/real_fft.h"
#include "dsp/resampler.h"
#include "support/allocation_counter.h"
#include "support/planar_buffer.h"

namespace earshot {
namespace {

using testing::AllocationCount;
using testing::AsConst;
using testing::PlanarBuffer;

TEST(AllocationTest, TheCounterCounts) {
  const int64_t before = AllocationCount();
  ::operator delete(::operator new(3));  // unlike a container, never optimised away
  EXPECT_EQ(AllocationCount(), before + 1);
}

TEST(AllocationTest, NothingAllocatesAfterCreate) {
  auto fft = RealFft::Create(960);
  auto adapter =
      FrameAdapter::Create({.num_channels = 2, .frame_samples = 480, .block_multiple = 128});
  auto resampler =
      Resampler::Create({.input_rate_hz = 44100, .output_rate_hz = 48000, .num_channels = 2});
  auto meter = LevelMeter::Create({});
  auto design = DesignHighPass(48000, 80, 0.7);
  ASSERT_TRUE(fft.ok() && adapter.ok() && resampler.ok() && meter.ok() && design.ok());
  Biquad biquad(design.value());
  PlanarBuffer in(2, 2000);
  PlanarBuffer out(2, 4000);
  std::vector<std::complex<float>> spectrum(481);
  const std::span<float> time = std::span(out[0]).first(960);

  const int64_t before = AllocationCount();
  for (const int block : {128, 128, 1, 2000, 441}) {
    adapter.value().Process(AsConst(in.View(0, block)), out.View(0, block), [](AudioView) {});
    EXPECT_GE(resampler.value().Process(AsConst(in.View(0, block)), out.View(0, 4000)), 0);
    meter.value().Process(in[0]);
    biquad.Process(out[0]);
    fft.value().Forward(time, spectrum);
    fft.value().Inverse(spectrum, time);
    resampler.value().Reset();
    adapter.value().Reset();
  }
  EXPECT_EQ(AllocationCount(), before);
}

}  // namespace
}  // namespace earshot
