// WindEstimator: the spectrum of wind and rumble, which swell and fade too fast for the noise
// estimate to follow through speech.
//   C. M. Nelke, N. Chatlani, C. Beaugeant, P. Vary, "Single microphone wind noise PSD estimation
//   using signal centroids", ICASSP 2014: wind is found by the spectral centroid below 3 kHz
//   (equation (4)); its level is read off the lowest frequencies, where there is no voice, and
//   carried up by a falling spectrum. The paper takes a fixed slope; here the slope is learned in
//   the pauses, because the pop shield, the microphone and its high-pass decide it.
#pragma once

#include "denoise/spectrum.h"

namespace earshot {

/// One call a frame. Real-time safe.
class WindEstimator {
 public:
  WindEstimator() { Reset(); }

  /// `power`: |Y|² of the frame. `speech_probability`: 0 … 1. `noise`: the estimated noise PSD,
  /// raised in place, below 400 Hz, to the wind of this very frame.
  void Update(const Spectrum& power, float speech_probability, Spectrum& noise);

  /// How sure it is that there is wind, 0 … 1.
  float presence() const { return presence_; }

  void Reset();

 private:
  Spectrum shape_log2_;      // of the power relative to the lowest bins, in pauses, up to 400 Hz
  float level_log2_ = 0.0F;  // of the lowest bins now
  float usual_log2_ = 0.0F;  // and in pauses
  float likeness_ = 0.0F;    // recursive mean
  float presence_ = 0.0F;
  bool started_ = false;
};

}  // namespace earshot
