#include "denoise/gain_rule.h"

#include <gtest/gtest.h>

#include <cmath>

namespace earshot {
namespace {

// E1(v) = ∫_v^∞ e^-t / t dt. With t = v·e^s it becomes ∫_0^∞ exp(-v·e^s) ds, which is smooth:
// Simpson's rule.
double NumericalE1(double v) {
  const double end = std::log(60.0 / v + 2.0);
  constexpr int kSteps = 4000;
  const double h = end / kSteps;
  double sum = std::exp(-v) + std::exp(-v * std::exp(end));
  for (int i = 1; i < kSteps; ++i) sum += (i % 2 == 1 ? 4.0 : 2.0) * std::exp(-v * std::exp(i * h));
  return sum * h / 3.0;
}

TEST(GainRuleTest, TheOracleKnowsPublishedValues) {
  // Abramowitz & Stegun, table 5.1.
  EXPECT_NEAR(NumericalE1(0.5), 0.559773595, 1e-8);
  EXPECT_NEAR(NumericalE1(1.0), 0.219383934, 1e-8);
  EXPECT_NEAR(NumericalE1(2.0), 0.048900511, 1e-8);
}

TEST(GainRuleTest, ExponentialIntegralIsWithinItsStatedError) {
  for (double db = -60.0; db <= 12.0; db += 0.23) {
    const auto v = static_cast<float>(std::pow(10.0, db / 10.0));
    const double exact = NumericalE1(static_cast<double>(v));
    const double bound = v <= 1.0F ? 3e-6 : 1e-4 * exact;
    ASSERT_NEAR(static_cast<double>(ExponentialIntegral(v, std::exp(-v))), exact, bound) << v;
  }
}

TEST(GainRuleTest, SpeechGainIsTheLogMmseFormula) {
  for (double xi_db = -25.0; xi_db <= 40.0; xi_db += 2.5) {
    for (double gamma_db = -30.0; gamma_db <= 40.0; gamma_db += 2.5) {
      const double xi = std::pow(10.0, xi_db / 10.0);
      const double gamma = std::pow(10.0, gamma_db / 10.0);
      const double v = xi * gamma / (1.0 + xi);
      const double exact = xi / (1.0 + xi) * std::exp(0.5 * NumericalE1(v));
      const auto x = static_cast<float>(xi);
      const float argument = GainArgument(x, static_cast<float>(gamma));
      const float log2_gain = Log2SpeechGain(x, argument, FastExp(-argument));
      ASSERT_NEAR(static_cast<double>(log2_gain), std::log2(exact), 1e-4)
          << xi_db << ' ' << gamma_db;
    }
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
