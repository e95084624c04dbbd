#include "agc/sliding_max.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "agc/running_sum.h"

namespace earshot {
namespace {

class WindowTest : public ::testing::TestWithParam<int> {};

TEST_P(WindowTest, MaximumEqualsASearchThroughTheWindow) {
  const int window = GetParam();
  std::mt19937 random(1);
  SlidingMax sliding(window);
  std::vector<uint32_t> values(static_cast<std::size_t>(window), 0);
  for (int i = 0; i < 5000; ++i) {
    // Few distinct values, so that ties occur, with long falls between.
    const auto value = static_cast<uint32_t>(
        i % 1000 < 500 ? random() % 8 : 1000U - static_cast<uint32_t>(i % 1000));
    values.push_back(value);
    ASSERT_EQ(sliding.Push(value), *std::max_element(values.end() - window, values.end())) << i;
  }
  sliding.Reset();
  EXPECT_EQ(sliding.Push(0), 0U);
}

TEST_P(WindowTest, SumEqualsASumOverTheWindowAndReturnsToZero) {
  const int window = GetParam();
  std::mt19937 random(2);
  RunningSum running(window);
  std::vector<uint64_t> values(static_cast<std::size_t>(window), 0);
  for (int i = 0; i < 2000; ++i) {
    values.push_back(random());
    uint64_t sum = 0;
    for (auto it = values.end() - window; it != values.end(); ++it) {
      sum += *it;
    }
    ASSERT_EQ(running.Push(values.back()), sum) << i;
  }
  for (int i = 0; i < window; ++i) {
    running.Push(0);
  }
  EXPECT_EQ(running.sum(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Lengths, WindowTest, ::testing::Values(1, 2, 3, 37, 73));

}  // namespace
}  // namespace earshot
