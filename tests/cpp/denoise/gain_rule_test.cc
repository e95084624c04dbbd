#include "denoise/gain_rule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace earshot {
namespace {

// The estimate of the amplitude A of the speech that minimises the mean of (A - x)² / A is
// 1 / E[1/A | Y]. Given Y, the speech is complex Gaussian about m = w·Y with variance w, where
// w = ξ / (1 + ξ) and the noise has variance 1; in polar coordinates about 0 the mean of 1/A is the
// integral of its density over radius and angle. No Bessel function is needed.
double NumericalGain(double xi, double gamma) {
  constexpr int kRadii = 200;
  constexpr int kAngles = 400;
  const double w = xi / (1.0 + xi);
  const double m = w * std::sqrt(gamma);
  const double from = std::max(0.0, m - 6.0 * std::sqrt(w));
  const double h = (m + 6.0 * std::sqrt(w) - from) / kRadii;
  double sum = 0.0;
  for (int i = 0; i <= kRadii; ++i) {
    const double r = from + i * h;
    double ring = 0.0;  // the mean over the angle, which is periodic: the midpoint rule
    for (int j = 0; j < kAngles; ++j) {
      const double angle = std::numbers::pi * (j + 0.5) / kAngles;
      ring += std::exp(-(r * r + m * m - 2.0 * r * m * std::cos(angle)) / w) / kAngles;
    }
    const double simpson = i == 0 || i == kRadii ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;
    sum += simpson * 2.0 * ring / w;
  }
  return 1.0 / (sum * h / 3.0 * std::sqrt(gamma));
}

TEST(GainRuleTest, TheOracleKnowsLimits) {
  // With v towards 0 the density is Rayleigh's: E[1/A] = √(π/w).
  EXPECT_NEAR(NumericalGain(0.01, 1e-4) * std::sqrt(1e-4),
              std::sqrt(0.01 / 1.01 / std::numbers::pi), 1e-6);
  // With v large the amplitude is known: the Wiener filter.
  EXPECT_NEAR(NumericalGain(100.0, 1000.0), 100.0 / 101.0, 1e-3);
}

TEST(GainRuleTest, SpeechGainIsTheBayesianEstimate) {
  for (double xi_db = -25.0; xi_db <= 40.0; xi_db += 5.0) {
    for (double gamma_db = -30.0; gamma_db <= 30.0; gamma_db += 3.75) {
      const double xi = std::pow(10.0, xi_db / 10.0);
      const double gamma = std::pow(10.0, gamma_db / 10.0);
      const auto x = static_cast<float>(xi);
      const float argument = GainArgument(x, static_cast<float>(gamma));
      const float log2_gain = Log2SpeechGain(x, argument, FastExp(-argument));
      ASSERT_NEAR(static_cast<double>(log2_gain), std::log2(NumericalGain(xi, gamma)), 1e-5)
          << xi_db << ' ' << gamma_db;
    }
  }
}

// Beyond what can be integrated: no gain over the Wiener filter is left, and none is lost.
TEST(GainRuleTest, LargeArgumentsEndAtTheWienerFilter) {
  for (const float v : {1e3F, 1e5F, 1e8F}) {
    EXPECT_NEAR(SquaredBesselTerm(v, FastExp(-v)), 1.0F, 1.0F / v + 3e-6F) << v;
  }
}

TEST(GainRuleTest, PresenceIsBayesRule) {
  for (double xi_db = -20.0; xi_db <= 30.0; xi_db += 5.0) {
    for (double prior : {0.1, 0.5, 0.9}) {
      double before = 0.0;
      for (double gamma_db = -20.0; gamma_db <= 30.0; gamma_db += 1.0) {
        const double xi = std::pow(10.0, xi_db / 10.0);
        const double gamma = std::pow(10.0, gamma_db / 10.0);
        // The a-posteriori SNR is exponentially distributed, about 1 + ξ with speech and about 1
        // without.
        const double log_speech = std::log(prior) - gamma / (1.0 + xi) - std::log(1.0 + xi);
        const double log_noise = std::log(1.0 - prior) - gamma;
        const double exact = 1.0 / (1.0 + std::exp(log_noise - log_speech));
        const auto x = static_cast<float>(xi);
        const auto v = GainArgument(x, static_cast<float>(gamma));
        const auto p =
            static_cast<double>(SpeechPresence(x, FastExp(-v), static_cast<float>(prior)));
        ASSERT_NEAR(p, exact, 1e-5);
        ASSERT_GE(p, before) << "must rise with the a-posteriori SNR";
        ASSERT_LE(p, 1.0);
        before = p;
      }
    }
  }
}

}  // namespace
}  // namespace earshot
