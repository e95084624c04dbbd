// G.711: 16-bit sound to 8 bits a sample and back, by the A-law or the µ-law (ITU-T G.711, 11/88).
#pragma once

#include <cstdint>
#include <span>

namespace earshot {

enum class G711Law : int { kALaw = 0, kMuLaw = 1 };

/// G.711 quantises 13 bits (A-law) or 14 bits (µ-law); the lower bits of 16-bit samples are
/// dropped, as in ITU-T G.191.
uint8_t EncodeG711(G711Law law, int16_t sample);
int16_t DecodeG711(G711Law law, uint8_t code);

/// Sample by sample over spans of equal size; the shorter one decides. Real-time safe.
void EncodeG711(G711Law law, std::span<const int16_t> pcm, std::span<uint8_t> codes);
void DecodeG711(G711Law law, std::span<const uint8_t> codes, std::span<int16_t> pcm);

}  // namespace earshot
