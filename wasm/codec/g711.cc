#include "codec/g711.h"

#include <algorithm>
#include <bit>

namespace earshot {
namespace {

// Both laws are eight segments per sign, each of 16 equal steps and twice as coarse as the one
// below it (G.711 tables 1 and 2). A code is sign, segment and step: s eee mmmm. Segments follow
// from the position of the highest set bit.
constexpr int kALawToggle =
    0x55;  // Even bits are inverted on the line (G.711 §3.2, table 1, note 2).
constexpr int kMuLawToggle = 0xFF;  // All bits are inverted (table 2).
constexpr int kMuLawBias = 33;  // Makes the µ-law segments begin at powers of two, in 14-bit units.
constexpr int kMuLawMaxMagnitude = 8191;  // 14 bits with sign.

// Complement instead of negation: −1 is the mirror image of 0, and −32768 has one too (as in ITU-T
// G.191).
int Magnitude(int16_t sample) { return sample < 0 ? ~sample : sample; }

// C++20 has it as int, libstdc++ 12 as unsigned.
int BitWidth(int value) { return static_cast<int>(std::bit_width(static_cast<unsigned>(value))); }

uint8_t EncodeALaw(int16_t sample) {
  const int magnitude = Magnitude(sample) >> 4;  // 11 bits: the finest step is 1
  const int segment = std::max(0, BitWidth(magnitude) - 4);
  const int step = (magnitude >> std::max(0, segment - 1)) & 0xF;  // Segments 0 and 1 share a step.
  const int sign = sample < 0 ? 0 : 0x80;
  return static_cast<uint8_t>((sign | (segment << 4) | step) ^ kALawToggle);
}

int16_t DecodeALaw(uint8_t code) {
  const int value = code ^ kALawToggle;
  const int segment = (value >> 4) & 7;
  const int step = value & 0xF;
  // The middle of the interval, in 16-bit units.
  const int magnitude = segment == 0 ? (step << 4) + 8 : ((step << 4) + 0x108) << (segment - 1);
  return static_cast<int16_t>((value & 0x80) != 0 ? magnitude : -magnitude);
}

uint8_t EncodeMuLaw(int16_t sample) {
  const int biased = std::min((Magnitude(sample) >> 2) + kMuLawBias, kMuLawMaxMagnitude);
  const int segment = BitWidth(biased) - 6;
  const int step = (biased >> (segment + 1)) & 0xF;
  const int sign = sample < 0 ? 0x80 : 0;
  return static_cast<uint8_t>((sign | (segment << 4) | step) ^ kMuLawToggle);
}

int16_t DecodeMuLaw(uint8_t code) {
  const int value = code ^ kMuLawToggle;
  const int segment = (value >> 4) & 7;
  const int step = value & 0xF;
  const int magnitude = ((((2 * step) + kMuLawBias) << segment) - kMuLawBias) * 4;
  return static_cast<int16_t>((value & 0x80) != 0 ? -magnitude : magnitude);
}

}  // namespace

uint8_t EncodeG711(G711Law law, int16_t sample) {
  return law == G711Law::kALaw ? EncodeALaw(sample) : EncodeMuLaw(sample);
}

int16_t DecodeG711(G711Law law, uint8_t code) {
  return law == G711Law::kALaw ? DecodeALaw(code) : DecodeMuLaw(code);
}

void EncodeG711(G711Law law, std::span<const int16_t> pcm, std::span<uint8_t> codes) {
  const size_t count = std::min(pcm.size(), codes.size());
  for (size_t i = 0; i < count; ++i) codes[i] = EncodeG711(law, pcm[i]);
}

void DecodeG711(G711Law law, std::span<const uint8_t> codes, std::span<int16_t> pcm) {
  const size_t count = std::min(codes.size(), pcm.size());
  for (size_t i = 0; i < count; ++i) pcm[i] = DecodeG711(law, codes[i]);
}

}  // namespace earshot
