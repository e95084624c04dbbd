#include "video/chroma_rows.h"

#include <gtest/gtest.h>

#include "video/pictures.h"

namespace earshot::testing {
namespace {

constexpr int kWidths = 100;

TEST(ChromaRowsTest, PairsArePartedAndNothingElseIsWritten) {
  for (int count = 1; count <= kWidths; ++count) {
    const size_t size = static_cast<size_t>(count);
    const Bytes pairs = RandomBytes(2 * size, static_cast<unsigned>(count));
    Bytes a(size + 1, 77);
    Bytes b(size + 1, 77);
    SplitPairs(pairs.data(), count, a.data(), b.data());
    for (size_t i = 0; i < size; ++i) {
      ASSERT_EQ(a[i], pairs[2 * i]);
      ASSERT_EQ(b[i], pairs[2 * i + 1]);
    }
    ASSERT_EQ(a[size], 77);
    ASSERT_EQ(b[size], 77);
  }
}

// nearbyint() rounds halves to the even number, too.
TEST(ChromaRowsTest, MeansAreRoundedToNearestAndWithoutBias) {
  ErrorMeter two;
  ErrorMeter four;
  for (int width = 1; width <= 400; ++width) {
    const size_t size = static_cast<size_t>(width);
    const Bytes row0 = RandomBytes(size, static_cast<unsigned>(width));
    const Bytes row1 = RandomBytes(size, 1000U + static_cast<unsigned>(width));
    Bytes mean(size + 1, 77);
    MeanOfTwo(row0.data(), row1.data(), width, mean.data());
    for (size_t i = 0; i < size; ++i) {
      const double exact = (row0[i] + row1[i]) / 2.0;
      ASSERT_EQ(mean[i], std::nearbyint(exact));
      two.Add(mean[i], exact);
    }
    ASSERT_EQ(mean[size], 77);

    const size_t half = (size + 1) / 2;
    mean.assign(half + 1, 77);
    MeanOfFour(row0.data(), row1.data(), width, mean.data());
    for (size_t i = 0; i < half; ++i) {
      const bool alone = 2 * i + 1 == size;
      const double exact =
          alone ? (row0[2 * i] + row1[2 * i]) / 2.0
                : (row0[2 * i] + row1[2 * i] + row0[2 * i + 1] + row1[2 * i + 1]) / 4.0;
      ASSERT_EQ(mean[i], std::nearbyint(exact));
      four.Add(mean[i], exact);
    }
    ASSERT_EQ(mean[half], 77);
  }
  EXPECT_LE(std::abs(two.mean()), 0.005);
  EXPECT_LE(std::abs(four.mean()), 0.005);
}

TEST(ChromaRowsTest, WideningIsLinearBetweenTheCentresOfTheSamples) {
  for (int width = 1; width <= kWidths; ++width) {
    const size_t size = static_cast<size_t>(width);
    const size_t half = (size + 1) / 2;
    const Bytes near = RandomBytes(half, static_cast<unsigned>(width), width % 7 == 0);
    const Bytes far = RandomBytes(half, 1000U + static_cast<unsigned>(width), width % 7 == 0);
    std::vector<uint16_t> scratch(static_cast<size_t>(WidenScratch(width)));
    Bytes out(size + 1, 77);
    WidenChromaRow(near.data(), far.data(), width, scratch.data(), out.data());
    for (size_t x = 0; x < size; ++x) {
      // Pixel x lies at (x + ½)/2 − ½ in samples of chroma.
      const double place = (static_cast<double>(x) + 0.5) / 2 - 0.5;
      const auto sample = [&](double index) {
        const auto i = static_cast<size_t>(std::clamp(index, 0.0, static_cast<double>(half - 1)));
        return 0.75 * near[i] + 0.25 * far[i];
      };
      const double left = std::floor(place);
      const double exact = sample(left) * (left + 1 - place) + sample(left + 1) * (place - left);
      ASSERT_EQ(out[x], std::floor(exact + 0.5)) << width << " " << x;
    }
    ASSERT_EQ(out[size], 77);
  }
}

}  // namespace
}  // namespace earshot::testing
