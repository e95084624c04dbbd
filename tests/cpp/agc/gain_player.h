// Plays synthetic speech through gain control and measures what comes out.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "agc/adaptive_gain.h"
#include "base/decibels.h"
#include "dsp/k_weighting.h"
#include "dsp/loudness_meter.h"
#include "support/planar_buffer.h"
#include "support/synthetic_speech.h"

namespace earshot::testing {

inline AdaptiveGain MakeGain(const AdaptiveGainConfig& config) {
  auto gain = AdaptiveGain::Create(config);
  EXPECT_TRUE(gain.ok()) << gain.status().message();
  return gain.value();
}

struct Played {
  std::vector<float> samples;
  std::vector<float> gain_db;  // after each frame
};

inline Played Play(AdaptiveGain& gain, const SyntheticSpeech& speech, int frame_size = 256) {
  Played played;
  PlanarBuffer frame(1, frame_size);
  const auto size = static_cast<std::size_t>(frame_size);
  for (std::size_t start = 0; start + size <= speech.samples.size(); start += size) {
    std::copy_n(speech.samples.begin() + static_cast<std::ptrdiff_t>(start), size,
                frame[0].begin());
    gain.Process(frame.View(0, frame_size), speech.active[start] ? 1.0F : 0.0F);
    played.samples.insert(played.samples.end(), frame[0].begin(), frame[0].end());
    played.gain_db.push_back(gain.gain_db());
  }
  return played;
}

/// K-weighted loudness over [from, to) seconds, pauses included, as a short-term meter has it.
inline double LoudnessLufsOf(const std::vector<float>& samples, float from, float to,
                             int rate = 48000) {
  KWeighting weighting(rate);
  double energy = 0.0;
  int count = 0;
  const auto end =
      std::min(samples.size(), static_cast<std::size_t>(to * static_cast<float>(rate)));
  const auto begin = static_cast<std::size_t>(from * static_cast<float>(rate));
  for (std::size_t i = 0; i < end; ++i) {
    const double sample_energy = weighting.Energy(std::span(samples).subspan(i, 1));
    if (i >= begin) {
      energy += sample_energy;
      ++count;
    }
  }
  return LoudnessLufs(energy / std::max(count, 1));
}

/// RMS over the samples of [from, to) seconds where `active` is `wanted`.
inline float LevelDbfs(const std::vector<float>& samples, const std::vector<bool>& active,
                       bool wanted, float from, float to, int rate = 48000) {
  double energy = 0.0;
  int count = 0;
  const auto begin = static_cast<std::size_t>(from * static_cast<float>(rate));
  const auto end =
      std::min(samples.size(), static_cast<std::size_t>(to * static_cast<float>(rate)));
  for (std::size_t i = begin; i < end; ++i) {
    if (active[i] == wanted) {
      energy += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
      ++count;
    }
  }
  return PowerToDb(static_cast<float>(energy / std::max(count, 1)));
}

}  // namespace earshot::testing
