// VP8 streams and pictures for the tests, read and made apart from the code under test.
#pragma once

#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace earshot::testing {

using Bytes = std::vector<uint8_t>;

inline std::string VectorPath(const std::string& name) {
  return std::string(EARSHOT_TEST_DATA) + "/vp8/vp80-00-comprehensive-" + name + ".ivf";
}

/// The frames of an IVF file.
inline std::vector<Bytes> ReadIvf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const Bytes all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::vector<Bytes> frames;
  for (size_t at = 32; at + 12 <= all.size();) {
    const size_t size = all[at] | size_t{all[at + 1]} << 8 | size_t{all[at + 2]} << 16;
    at += 12;
    frames.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(at),
                        all.begin() + static_cast<std::ptrdiff_t>(at + size));
    at += size;
  }
  return frames;
}

/// The first word of every line.
inline std::vector<std::string> ReadSums(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> sums;
  for (std::string line; std::getline(file, line);) sums.push_back(line.substr(0, 32));
  return sums;
}

/// I420 pictures with what makes a codec work: a pattern that moves, edges, a still part and noise.
/// In whole numbers, so that it is the same everywhere.
class MovingPictures {
 public:
  MovingPictures(int width, int height) : width_(width), height_(height) {}

  Bytes Next() {
    Bytes picture;
    AddPlane(picture, width_, height_, 1);
    AddPlane(picture, (width_ + 1) / 2, (height_ + 1) / 2, 2);
    AddPlane(picture, (width_ + 1) / 2, (height_ + 1) / 2, 3);
    ++time_;
    return picture;
  }

 private:
  void AddPlane(Bytes& picture, int width, int height, int kind) {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const int moved = x + 2 * time_;
        int value = 60 + (moved * 3 + y * 2 * kind) % 128;
        if (moved / 16 % 4 == 0 && y / 8 % 3 == 0) value = 220;
        if (x < width / 4) value = 40 + (x * y / (3 * kind)) % 160;
        picture.push_back(static_cast<uint8_t>(value + static_cast<int>(engine_() % 7)));
      }
    }
  }

  int width_;
  int height_;
  int time_ = 0;
  std::minstd_rand engine_{1};
};

}  // namespace earshot::testing
