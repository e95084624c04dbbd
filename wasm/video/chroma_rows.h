// Rows of chroma between the samplings 4:4:4, 4:2:2 and 4:2:0. A chroma sample lies in the middle
// of the pixels it is for (chroma_sample_loc_type 1 of ITU-T H.273, as in JPEG and MPEG-1), which
// is where cameras of computers and the mean of pixels put it. Exact integers; rows do not overlap.
#pragma once

#include <cstdint>

namespace earshot {

/// `count` pairs {a0, b0, a1, b1, …} to two rows.
void SplitPairs(const uint8_t* pairs, int count, uint8_t* a, uint8_t* b);

/// The means of two rows of `width`, halves to the even number, so that the mean of all is kept.
void MeanOfTwo(const uint8_t* row0, const uint8_t* row1, int width, uint8_t* out);

/// (width + 1)/2 means of 2 × 2 samples, halves to the even number. A last column that is alone is
/// taken twice.
void MeanOfFour(const uint8_t* row0, const uint8_t* row1, int width, uint8_t* out);

/// Samples that WidenChromaRow() needs for itself.
constexpr int WidenScratch(int width) { return (width + 1) / 2 + 2; }

/// One row of `width` samples of 4:4:4 from the two nearest rows of (width + 1)/2 of 4:2:0: linear,
/// three parts of the nearer sample to one of the other in both directions, the edge repeated.
void WidenChromaRow(const uint8_t* near, const uint8_t* far, int width, uint16_t* scratch,
                    uint8_t* out);

}  // namespace earshot
