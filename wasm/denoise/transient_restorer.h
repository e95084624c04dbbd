// TransientRestorer: keeps a stroke or click from sounding in the frames it rules. There the
// spectrum may not rise above the speech of the frames before: what was there goes on, what bursts
// in is turned down (restoration by the local spectral neighbourhood: Subramanya, Seltzer & Acero,
// IEEE Signal Processing Letters 14(5), 2007, §III).
#pragma once

#include "denoise/spectrum.h"

namespace earshot {

/// One call a frame. Real-time safe.
class TransientRestorer {
 public:
  TransientRestorer() { Reset(); }

  /// `log2_gain`: amplitude gains, limited in place by as much of the excess as `transient` (0 … 1)
  /// says. `power`: |Y|² of the frame. `floor_log2` ≤ 0: no gain is taken below it.
  void Limit(const Spectrum& power, float transient, float floor_log2, Spectrum& log2_gain);

  void Reset();

 private:
  Spectrum speech_log2_;  // log2 power of the output in the frames before
};

}  // namespace earshot
