// How good the scaling is, beside what is commonly used instead.
#include <gtest/gtest.h>

#include "video/pictures.h"
#include "video/plane_scaler.h"

namespace earshot::testing {
namespace {

constexpr double kPi = 3.14159265358979323846;

using Signal = std::vector<double>;

/// A cosine of `frequency` cycles per sample, of amplitude 100 around 128.
template <typename Sample>
std::vector<Sample> Tone(size_t size, double frequency) {
  std::vector<Sample> tone(size);
  for (size_t i = 0; i < size; ++i) {
    const double value = std::cos(2 * kPi * frequency * (static_cast<double>(i) + 0.5) + 0.3);
    tone[i] = static_cast<Sample>(std::lround(128 + 100 * value));
  }
  return tone;
}

Signal Ours(const Bytes& row, int size) {
  const int from = static_cast<int>(row.size());
  PlaneScaler scaler;
  scaler.Configure(
      {.begin = 0, .end = from, .size = size, .first = from, .step = 2 * from, .unit = 2 * size},
      {.begin = 0, .end = 1, .size = 1, .first = 1, .step = 2, .unit = 2});
  Bytes out(static_cast<size_t>(size));
  scaler.Scale(row.data(), from, out.data(), size);
  return {out.begin(), out.end()};
}

/// Linear between the two nearest samples.
Signal Bilinear(const Bytes& row, int size) {
  Signal out;
  const double last = static_cast<double>(row.size() - 1);
  for (int i = 0; i < size; ++i) {
    const double place = (i + 0.5) * static_cast<double>(row.size()) / size - 0.5;
    const double left = std::floor(place);
    const auto at = [&](double index) {
      return double{1} * row[static_cast<size_t>(std::clamp(index, 0.0, last))];
    };
    out.push_back(at(left) * (left + 1 - place) + at(left + 1) * (place - left));
  }
  return out;
}

/// The mean of what each sample of the target covers.
Signal Area(const Bytes& row, int size) {
  Signal out;
  const double step = static_cast<double>(row.size()) / size;
  for (int i = 0; i < size; ++i) {
    const double begin = i * step;
    const double end = begin + step;
    double sum = 0;
    for (size_t k = static_cast<size_t>(begin); k < row.size() && static_cast<double>(k) < end;
         ++k) {
      const auto left = static_cast<double>(k);
      sum += row[k] * (std::min(end, left + 1) - std::max(begin, left));
    }
    out.push_back(sum / step);
  }
  return out;
}

struct Quality {
  double kept_db;   ///< error of tones up to 0.7 of the target's half rate
  double alias_db;  ///< what is left of tones from 1.2 of it on
};

template <typename Scaler>
Quality Measure(Scaler scale, double ratio) {
  constexpr size_t kSize = 2400;
  const int size = static_cast<int>(std::lround(kSize / ratio));
  double kept = 0;
  double alias = 0;
  int num_kept = 0;
  int num_alias = 0;
  for (double frequency = 0.01; frequency < 0.5; frequency += 0.0097) {
    const Signal result = scale(Tone<uint8_t>(kSize, frequency), size);
    const bool passes = frequency * ratio < 0.35;
    const bool is_alias = frequency * ratio > 0.6;
    if (!passes && !is_alias) continue;
    double error = 0;
    for (int i = 50; i < size - 50; ++i) {
      const double place = (i + 0.5) * ratio;
      const double wanted =
          passes ? 128 + 100 * std::cos(2 * kPi * frequency * place + 0.3) : 128.0;
      error += std::pow(result[static_cast<size_t>(i)] - wanted, 2) / (size - 100);
    }
    (passes ? kept : alias) += error;
    ++(passes ? num_kept : num_alias);
  }
  const auto decibels = [](double power, int count) {
    return 10 * std::log10(power / count / 5000);
  };
  return {decibels(kept, num_kept), decibels(alias, num_alias)};
}

TEST(ScaleQualityTest, ShrinkingKeepsMoreAndAliasesLessThanBilinearAndArea) {
  for (const double ratio : {4.0 / 3, 1.5, 2.0}) {
    const Quality ours = Measure(Ours, ratio);
    for (const Quality& other : {Measure(Bilinear, ratio), Measure(Area, ratio)}) {
      EXPECT_LE(ours.kept_db, other.kept_db - 8) << ratio;
      EXPECT_LE(ours.alias_db, other.alias_db - 7) << ratio;
    }
    EXPECT_LE(ours.kept_db, -30) << ratio;
    EXPECT_LE(ours.alias_db, -18) << ratio;
  }
}

TEST(ScaleQualityTest, EnlargingIsNearerToTheWaveThanBilinear) {
  for (const double ratio : {0.5, 0.75, 1.0 / 3}) {
    // Up to 0.35 of the source's rate, which is what the same measure of the target means here.
    const auto error_db = [&](auto scale) {
      double error = 0;
      constexpr size_t kSize = 600;
      const int size = static_cast<int>(std::lround(kSize / ratio));
      for (double frequency = 0.01; frequency < 0.35; frequency += 0.0097) {
        const Signal result = scale(Tone<uint8_t>(kSize, frequency), size);
        for (int i = 100; i < size - 100; ++i) {
          const double wanted = 128 + 100 * std::cos(2 * kPi * frequency * (i + 0.5) * ratio + 0.3);
          error += std::pow(result[static_cast<size_t>(i)] - wanted, 2);
        }
      }
      return 10 * std::log10(error);
    };
    EXPECT_LE(error_db(Ours), error_db(Bilinear) - 6) << ratio;
  }
}

/// cos(k·r²): frequencies that grow with the distance from the centre.
Bytes ZonePlate(int size) {
  Bytes plate;
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      const double dx = x + 0.5 - size / 2.0;
      const double dy = y + 0.5 - size / 2.0;
      plate.push_back(static_cast<uint8_t>(
          std::lround(128 + 100 * std::cos(kPi / 2 / (size / 2.0) * (dx * dx + dy * dy)))));
    }
  }
  return plate;
}

// At half the size, what the ring between 0.6 and 1 of the radius has is too fine to be shown: grey
// is right there.
TEST(ScaleQualityTest, TheOuterRingsOfAZonePlateBecomeGrey) {
  constexpr int kSize = 256;
  constexpr int kHalf = kSize / 2;
  const Bytes plate = ZonePlate(kSize);
  PlaneScaler scaler;
  const ScaleAxis axis = {
      .begin = 0, .end = kSize, .size = kHalf, .first = kSize, .step = 2 * kSize, .unit = kSize};
  scaler.Configure(axis, axis);
  Bytes ours(kHalf * kHalf);
  scaler.Scale(plate.data(), kSize, ours.data(), kHalf);
  double our_power = 0;
  double bilinear_power = 0;
  for (int y = 0; y < kHalf; ++y) {
    for (int x = 0; x < kHalf; ++x) {
      const double radius =
          std::hypot(x + 0.5 - kHalf / 2.0, y + 0.5 - kHalf / 2.0) / (kHalf / 2.0);
      if (radius < 0.6 || radius > 1) continue;
      our_power += std::pow(ours[static_cast<size_t>(y * kHalf + x)] - 128.0, 2);
      // Halfway between four samples bilinear is their mean.
      const auto at = [&](int dx, int dy) {
        return plate[static_cast<size_t>((2 * y + dy) * kSize + 2 * x + dx)];
      };
      bilinear_power += std::pow((at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4.0 - 128, 2);
    }
  }
  EXPECT_LE(10 * std::log10(our_power / bilinear_power), -8);
}

}  // namespace
}  // namespace earshot::testing
