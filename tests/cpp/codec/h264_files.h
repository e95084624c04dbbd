// H.264 streams for the tests, read and made apart from the code under test.
#pragma once

#include <cstdint>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <vector>

#include "codec/vp8_files.h"

namespace earshot::testing {

inline std::string StreamPath(const std::string& name) {
  return std::string(EARSHOT_TEST_DATA) + "/h264/" + name + ".h264";
}

/// The NAL units of an Annex B file, without start codes.
inline std::vector<Bytes> ReadUnits(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const Bytes all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::vector<Bytes> units;
  for (size_t i = 0; i + 2 < all.size(); ++i) {
    if (all[i] == 0 && all[i + 1] == 0 && all[i + 2] == 1) {
      units.emplace_back();
      i += 2;
    } else if (!units.empty() && !(all[i] == 0 && all[i + 1] == 0 && all[i + 2] == 0)) {
      units.back().push_back(all[i]);
    }
  }
  units.back().insert(units.back().end(), all.end() - 2, all.end());
  return units;
}

inline Bytes JoinUnits(const std::vector<Bytes>& units) {
  Bytes stream;
  for (const Bytes& unit : units) {
    stream.resize(stream.size() + 3);
    stream.push_back(1);
    stream.insert(stream.end(), unit.begin(), unit.end());
  }
  return stream;
}

/// Frames of NAL units: a parameter set behind a slice begins one, and a slice whose
/// first_mb_in_slice is 0, a single bit.
inline std::vector<std::vector<Bytes>> ReadFrameUnits(const std::string& path) {
  std::vector<std::vector<Bytes>> frames(1);
  bool sliced = false;
  for (const Bytes& unit : ReadUnits(path)) {
    const int type = unit[0] & 31;
    const bool slice = type == 1 || type == 5;
    if (sliced && (!slice || unit[1] >= 0x80)) {
      frames.emplace_back();
      sliced = false;
    }
    sliced |= slice;
    frames.back().push_back(unit);
  }
  return frames;
}

inline std::vector<Bytes> ReadH264(const std::string& path) {
  std::vector<Bytes> frames;
  for (const auto& units : ReadFrameUnits(path)) frames.push_back(JoinUnits(units));
  return frames;
}

/// Writes a NAL unit bit by bit (ITU-T H.264 §7.2, §9.1).
class UnitWriter {
 public:
  explicit UnitWriter(std::initializer_list<uint8_t> header) : bytes_(header) {}

  UnitWriter& Bit(int bit) {
    if (used_ == 0) bytes_.push_back(0);
    if (bit != 0) bytes_.back() = static_cast<uint8_t>(bytes_.back() | 0x80 >> used_);
    used_ = (used_ + 1) % 8;
    return *this;
  }
  UnitWriter& Bits(uint32_t value, int count) {
    for (int i = count - 1; i >= 0; --i) Bit(static_cast<int>(value >> i & 1));
    return *this;
  }
  UnitWriter& Unsigned(uint32_t value) {
    int length = 0;
    while ((uint64_t{value} + 1) >> (length + 1) != 0) ++length;
    Bits(0, length);
    Bit(1);
    return Bits(static_cast<uint32_t>((uint64_t{value} + 1) & ((uint64_t{1} << length) - 1)),
                length);
  }

  /// With the stop bit and emulation prevention (§7.4.1.1).
  Bytes Finish() {
    Bit(1);
    Bytes unit;
    int zeros = 0;
    for (const uint8_t byte : bytes_) {
      if (zeros == 2 && byte <= 3) {
        unit.push_back(3);
        zeros = 0;
      }
      zeros = byte == 0 ? zeros + 1 : 0;
      unit.push_back(byte);
    }
    return unit;
  }

 private:
  Bytes bytes_;
  int used_ = 0;
};

/// A Baseline parameter set of pictures of macroblocks, level 5.1, without cropping.
inline Bytes BaselineSps(uint32_t width_in_mbs, uint32_t height_in_mbs, uint32_t ref_frames = 1) {
  UnitWriter writer({0x67, 66, 0xc0, 51});
  writer.Unsigned(0).Unsigned(0).Unsigned(2).Unsigned(ref_frames).Bit(0);
  writer.Unsigned(width_in_mbs - 1).Unsigned(height_in_mbs - 1);
  return writer.Bit(1).Bit(1).Bit(0).Bit(0).Finish();
}

}  // namespace earshot::testing
