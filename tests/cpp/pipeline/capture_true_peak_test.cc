// The ceiling at the chain's own rate: no input, at any rate, leaves with a true peak above -1
// dBTP.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "pipeline/capture_chain.h"
#include "support/planar_buffer.h"
#include "support/sinc_oracle.h"

namespace earshot {
namespace {

using testing::AsConst;
using testing::PlanarBuffer;
using testing::SincOracle;

struct Shape {
  int sample_rate_hz;
  bool noise_suppressor;
};

class CaptureTruePeakTest : public ::testing::TestWithParam<Shape> {};

std::vector<float> Sound(const std::string& kind, int rate) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  std::vector<float> samples(static_cast<std::size_t>(rate / 4));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double t = static_cast<double>(i) / rate;
    const bool on = std::fmod(t, 0.04) > 0.02;
    if (kind == "square") {
      samples[i] = std::fmod(t * 441.7, 1.0) < 0.5 ? 1.0F : -1.0F;
    } else if (kind == "noise at +20 dBFS") {
      samples[i] = 10.0F * uniform(random);
    } else if (kind == "bursts at a quarter of the rate") {
      samples[i] = on ? 10.0F * static_cast<float>(std::sin(std::numbers::pi *
                                                            (0.5 * static_cast<double>(i) + 0.25)))
                      : 0.0F;
    } else if (kind == "impulses") {
      samples[i] = random() % 101 == 0 ? 10.0F * uniform(random) : 0.0F;
    } else {  // a shout after quiet
      samples[i] = t < 0.15 ? 1e-3F * uniform(random)
                            : static_cast<float>(6.0 * std::sin(1900.0 * t) * std::sin(7000.0 * t));
    }
  }
  return samples;
}

TEST_P(CaptureTruePeakTest, NothingLeavesAbove) {
  const int rate = GetParam().sample_rate_hz;
  const SincOracle four(4, 10);
  for (const char* kind : {"square", "noise at +20 dBFS", "bursts at a quarter of the rate",
                           "impulses", "a shout after quiet"}) {
    auto chain = CaptureChain::Create(
        {.sample_rate_hz = rate, .noise_suppressor = GetParam().noise_suppressor});
    ASSERT_TRUE(chain.ok());
    chain.value()->set_noise_suppression(0.0F);
    PlanarBuffer signal(1, rate / 4);
    signal[0] = Sound(kind, rate);
    double shown_dbtp = -200.0;
    double reduction_db = 0.0;
    for (int start = 0; start < signal.num_frames(); start += 128) {
      const AudioView view = signal.View(start, std::min(128, signal.num_frames() - start));
      chain.value()->Process(AsConst(view), view);
      shown_dbtp = std::max(shown_dbtp, chain.value()->stats().output_true_peak_dbtp);
      reduction_db = std::max(reduction_db, chain.value()->stats().limiter_reduction_db);
    }
    const double true_peak_dbtp = four.TruePeakDb(signal[0]);
    EXPECT_LE(true_peak_dbtp, -1.0) << kind;
    EXPECT_GT(true_peak_dbtp, -8.0) << kind;  // it was loud
    EXPECT_GT(reduction_db, 0.0) << kind;
    EXPECT_NEAR(shown_dbtp, true_peak_dbtp, 0.6) << kind;  // the standard's filter sees less
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rates, CaptureTruePeakTest,
    ::testing::Values(Shape{8000, true}, Shape{16000, true}, Shape{22050, true}, Shape{24000, true},
                      Shape{32000, true}, Shape{44100, true}, Shape{48000, true},
                      Shape{88200, true}, Shape{96000, true}, Shape{192000, true},
                      Shape{8000, false}, Shape{16000, false}, Shape{44100, false},
                      Shape{48000, false}, Shape{96000, false}, Shape{192000, false}));

}  // namespace
}  // namespace earshot
