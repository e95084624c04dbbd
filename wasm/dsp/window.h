// Windows: weights for overlap-add analysis and for filter design. All are computed once, at
// set-up.
#pragma once

#include <span>

#include "base/status.h"

namespace earshot {

/// Hann window sampled at half-integers: w[n] = sin²(π(n + ½)/N). Shifts by N/2, N/4 … of it add up
/// to a constant.
void FillHann(std::span<float> window);

/// Square root of FillHann: as both analysis and synthesis window at hop N/2 it reconstructs
/// exactly.
void FillSqrtHann(std::span<float> window);

/// A long analysis window for frequency resolution with a short synthesis window for low delay:
///   D. Mauler, R. Martin, "A low delay, variable resolution, perfect reconstruction spectral
///   analysis-synthesis system for speech enhancement", EUSIPCO 2007.
/// The product of the two is a Hann window over the newest synthesis.size() samples, scaled so that
/// its shifts by `hop` sum to one; the delay of an overlap-add is synthesis.size() − hop. Needs
/// analysis.size() ≥ synthesis.size(), both even, and synthesis.size() a multiple of `hop` of at
/// least two hops.
Status FillLowDelayPair(int hop, std::span<float> analysis, std::span<float> synthesis);

/// Largest deviation from 1 of Σ_m analysis·synthesis shifted by multiples of `hop`, the two
/// windows aligned at their ends (newest samples). 0 is perfect reconstruction.
double ReconstructionError(std::span<const float> analysis, std::span<const float> synthesis,
                           int hop);

/// Kaiser window of shape `beta` at `position` in [−1, 1], 0 outside; 1 at the centre.
///   J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", ISCAS
///   1974.
double Kaiser(double position, double beta);

/// The beta, and the number of taps per unit of transition width (in cycles per sample), that give
/// a windowed sinc `stop_band_db` (more than 50) of attenuation; same source.
double KaiserBeta(double stop_band_db);
double KaiserLength(double stop_band_db, double transition_cycles_per_sample);

}  // namespace earshot
