// Which streams the audio stages take: one place for the bounds and their messages.
#pragma once

#include "base/status.h"

namespace earshot {

/// kInvalidArgument unless sample_rate_hz is 8000 … 192000 and num_channels 1 or 2.
inline Status ValidateStreamFormat(int sample_rate_hz, int num_channels) {
  if (sample_rate_hz < 8000 || sample_rate_hz > 192000) {
    return {StatusCode::kInvalidArgument, "sample_rate_hz must be between 8000 and 192000"};
  }
  if (num_channels < 1 || num_channels > 2) {
    return {StatusCode::kInvalidArgument, "num_channels must be 1 or 2"};
  }
  return {};
}

}  // namespace earshot
