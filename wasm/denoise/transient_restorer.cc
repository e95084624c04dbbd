#include "denoise/transient_restorer.h"

#include <cmath>

#include "denoise/fast_math.h"
#include "denoise/tuning.h"

namespace earshot {

void TransientRestorer::Limit(const Spectrum& power, float transient, float floor_log2,
                              Spectrum& log2_gain) {
  // The memory follows speech, and fades while there is only the transient.
  const float follow = kRestoreFollow * (1.0F - transient);
  const float fade = transient * kRestoreFadeLog2;
  for (int k = 0; k < kPaddedBins; ++k) {
    const float power_log2 = FastLog2(power[k]);
    const float most = 0.5F * (speech_log2_[k] + kRestoreHeadroomLog2 - power_log2);
    const float limit = most > floor_log2 ? most : floor_log2;
    const float excess = log2_gain[k] > limit ? log2_gain[k] - limit : 0.0F;
    log2_gain[k] -= transient * excess;
    const float output_log2 = power_log2 + 2.0F * log2_gain[k];
    speech_log2_[k] += follow * (output_log2 - speech_log2_[k]) - fade;
  }
}

void TransientRestorer::Reset() { speech_log2_.Fill(FastLog2(kPowerFloor)); }

}  // namespace earshot
