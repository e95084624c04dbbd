// The products of libopus's networks for SIMD128 (tools/third-party/opus/nnet_kernels.h) against
// what they are defined as.
#ifdef __wasm_simd128__
#include "nnet_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace earshot {
namespace {

struct Layer {
  int rows;
  int cols;
  std::vector<int8_t> weights;  // Blocks of 8 rows by 4 columns.
  std::vector<int> index;       // Of a sparse one.
  std::vector<float> scale;
};

/// Every block is there with the given probability.
Layer MakeLayer(int rows, int cols, double density, std::mt19937& random) {
  Layer layer{rows, cols, {}, {}, {}};
  std::uniform_int_distribution<int> weight(-128, 127);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (int row = 0; row < rows; row += 8) {
    const size_t count_at = layer.index.size();
    layer.index.push_back(0);
    for (int col = 0; col < cols; col += 4) {
      if (uniform(random) >= density) continue;
      ++layer.index[count_at];
      layer.index.push_back(col);
      for (int i = 0; i < 32; ++i) layer.weights.push_back(static_cast<int8_t>(weight(random)));
    }
  }
  for (int row = 0; row < rows; ++row) {
    layer.scale.push_back(static_cast<float>(0.001 + uniform(random)));
  }
  return layer;
}

/// By the definition, in whole numbers.
std::vector<float> Expected(const Layer& layer, const std::vector<float>& x) {
  std::vector<int64_t> sums(static_cast<size_t>(layer.rows));
  size_t at = 0;
  size_t block = 0;
  for (int row = 0; row < layer.rows; row += 8) {
    for (int left = layer.index[at++]; left > 0; --left, ++block) {
      const int col = layer.index[at++];
      for (int r = 0; r < 8; ++r) {
        for (int c = 0; c < 4; ++c) {
          const double q = std::floor(0.5F + 127.0F * x[static_cast<size_t>(col + c)]);
          sums[static_cast<size_t>(row + r)] +=
              layer.weights[32 * block + static_cast<size_t>(4 * r + c)] *
              static_cast<int64_t>(std::clamp(q, -127.0, 128.0));
        }
      }
    }
  }
  std::vector<float> out;
  for (size_t row = 0; row < sums.size(); ++row) {
    out.push_back(static_cast<float>(sums[row]) * layer.scale[row]);
  }
  return out;
}

TEST(NnetKernels, ProductsAreExact) {
  std::mt19937 random(5);
  // Beyond ±1 too, where inputs are cut off.
  std::uniform_real_distribution<float> input(-1.2F, 1.2F);
  for (const auto& [rows, cols] : {std::pair{8, 4}, {16, 12}, {64, 88}, {480, 272}, {32, 2048}}) {
    for (const double density : {1.0, 0.5, 0.1}) {
      SCOPED_TRACE(::testing::Message() << rows << " by " << cols << ", density " << density);
      const Layer layer = MakeLayer(rows, cols, density, random);
      std::vector<float> x(static_cast<size_t>(cols));
      for (float& value : x) value = input(random);
      std::vector<float> out(static_cast<size_t>(rows), -1);
      earshot_multiply_sparse(out.data(), layer.weights.data(), layer.index.data(),
                              layer.scale.data(), rows, cols, x.data());
      EXPECT_EQ(out, Expected(layer, x));
      if (density < 1) continue;
      earshot_multiply(out.data(), layer.weights.data(), layer.scale.data(), rows, cols, x.data());
      EXPECT_EQ(out, Expected(layer, x));
    }
  }
}

}  // namespace
}  // namespace earshot
#endif
