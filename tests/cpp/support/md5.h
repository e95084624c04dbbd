// MD5 (RFC 1321), by which published test vectors state what they decode to.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace earshot::testing {

/// In lower-case hexadecimal digits.
inline std::string Md5(std::span<const uint8_t> data) {
  constexpr std::array<std::array<int, 4>, 4> kTurns = {
      {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};
  std::vector<uint8_t> text(data.begin(), data.end());
  text.push_back(0x80);
  while (text.size() % 64 != 56) text.push_back(0);
  const uint64_t bits = data.size() * 8;
  for (size_t i = 0; i < 8; ++i) text.push_back(static_cast<uint8_t>(bits >> (8 * i)));

  std::array<uint32_t, 4> state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for (size_t at = 0; at < text.size(); at += 64) {
    auto [a, b, c, d] = state;
    for (size_t i = 0; i < 64; ++i) {
      uint32_t mixed;
      size_t word;
      switch (i / 16) {
        case 0:
          mixed = (b & c) | (~b & d);
          word = i;
          break;
        case 1:
          mixed = (d & b) | (~d & c);
          word = (5 * i + 1) % 16;
          break;
        case 2:
          mixed = b ^ c ^ d;
          word = (3 * i + 5) % 16;
          break;
        default:
          mixed = c ^ (b | ~d);
          word = (7 * i) % 16;
      }
      uint32_t value = 0;
      for (size_t k = 0; k < 4; ++k) value |= uint32_t{text[at + 4 * word + k]} << (8 * k);
      const auto sine = static_cast<uint32_t>(
          std::floor(std::abs(std::sin(static_cast<double>(i + 1))) * 4294967296.0));
      const uint32_t sum = a + mixed + sine + value;
      a = d;
      d = c;
      c = b;
      b += std::rotl(sum, kTurns[i / 16][i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
  }

  std::string digits;
  for (const uint32_t word : state) {
    for (size_t k = 0; k < 4; ++k) {
      const uint32_t byte = word >> (8 * k) & 0xff;
      digits += "0123456789abcdef"[byte >> 4];
      digits += "0123456789abcdef"[byte & 15];
    }
  }
  return digits;
}

}  // namespace earshot::testing
