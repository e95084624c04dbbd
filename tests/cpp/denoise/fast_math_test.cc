#include "denoise/fast_math.h"

#include <gtest/gtest.h>

#include <cmath>

namespace earshot {
namespace {

// The oracle is the standard library in double precision.
TEST(FastMathTest, LogarithmIsWithinItsStatedError) {
  for (double exponent = -46.0; exponent < 46.0; exponent += 0.00137) {
    const auto x = static_cast<float>(std::exp2(exponent));
    const double exact = std::log2(static_cast<double>(x));
    const double bound = std::fabs(exact) < 8.0 ? 1e-6 : 2e-7 * std::fabs(exact);
    ASSERT_NEAR(static_cast<double>(FastLog2(x)), exact, bound) << x;
  }
}

TEST(FastMathTest, ExponentialIsWithinItsStatedError) {
  for (double x = -125.9; x < 125.9; x += 0.00371) {
    const auto argument = static_cast<float>(x);
    const double exact = std::exp2(static_cast<double>(argument));
    ASSERT_NEAR(static_cast<double>(FastExp2(argument)) / exact, 1.0, 3e-7) << x;
  }
}

// Strength 0 is transparent only because of this.
TEST(FastMathTest, ExponentialOfZeroIsExactlyOne) { EXPECT_EQ(FastExp2(0.0F), 1.0F); }

TEST(FastMathTest, ExponentialSaturates) {
  EXPECT_EQ(FastExp2(-1e9F), FastExp2(-126.0F));
  EXPECT_EQ(FastExp2(1e9F), FastExp2(126.0F));
  EXPECT_TRUE(std::isfinite(FastExp2(1e9F)));
}

TEST(FastMathTest, NaturalExponential) {
  for (double x = -19.9; x < 19.9; x += 0.0137) {
    const auto argument = static_cast<float>(x);
    const double exact = std::exp(static_cast<double>(argument));
    ASSERT_NEAR(static_cast<double>(FastExp(argument)) / exact, 1.0, 2e-6) << x;
  }
}

}  // namespace
}  // namespace earshot
