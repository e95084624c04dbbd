// SyntheticSpeech: a sound with the temporal structure of speech and an exactly known level:
// syllables of a harmonic tone, sentences, pauses, and a steady background. Not for quality
// measures; for the laws of level and gain.
#pragma once

#include <cmath>
#include <cstddef>
#include <iterator>
#include <numbers>
#include <random>
#include <vector>

namespace earshot::testing {

struct SyntheticSpeechConfig {
  int sample_rate_hz = 48000;
  float seconds = 10.0F;
  float level_dbfs = -26.0F;        ///< RMS over the time somebody speaks.
  float background_dbfs = -200.0F;  ///< RMS of white noise, all the time.
  float sentence_seconds = 2.0F;
  float pause_seconds = 1.0F;
  float lead_in_seconds = 0.5F;  ///< Background alone at the start.
};

struct SyntheticSpeech {
  std::vector<float> samples;
  std::vector<bool> active;  ///< Per sample: within a syllable.
};

inline SyntheticSpeech MakeSyntheticSpeech(const SyntheticSpeechConfig& config) {
  constexpr double kSyllableSeconds = 0.25;
  constexpr double kVoicedPart = 0.8;  // of a syllable
  constexpr double kStressDb[] = {-3.0, -9.0, 0.0, -6.0, -12.0, -1.0, -8.0};
  constexpr double kPitchHz = 140.0;
  constexpr int kHarmonics = 12;
  constexpr std::size_t kTableSize = 4096;
  const auto rate = static_cast<double>(config.sample_rate_hz);
  const auto length = static_cast<std::size_t>(static_cast<double>(config.seconds) * rate);
  std::mt19937 random(17);
  std::vector<double> pitch_period(kTableSize);
  for (std::size_t i = 0; i < kTableSize; ++i) {
    const double phase = 2.0 * std::numbers::pi * static_cast<double>(i) / kTableSize;
    for (int h = 1; h <= kHarmonics; ++h) {
      pitch_period[i] += std::sin(phase * h + h * h) / h;
    }
  }
  std::normal_distribution<double> noise(0.0, std::pow(10.0, config.background_dbfs / 20.0));

  SyntheticSpeech speech;
  speech.samples.resize(length);
  speech.active.resize(length);
  std::vector<double> voice(length);
  double energy = 0.0;
  std::size_t num_active = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const double t = static_cast<double>(i) / rate - static_cast<double>(config.lead_in_seconds);
    const double period = static_cast<double>(config.sentence_seconds + config.pause_seconds);
    const double in_sentence = t < 0.0 ? period : std::fmod(t, period);
    const double in_syllable = std::fmod(in_sentence, kSyllableSeconds) / kSyllableSeconds;
    speech.active[i] =
        in_sentence < static_cast<double>(config.sentence_seconds) && in_syllable < kVoicedPart;
    if (!speech.active[i]) {
      continue;
    }
    const auto syllable = static_cast<std::size_t>(in_sentence / kSyllableSeconds);
    const double stress = std::pow(10.0, kStressDb[syllable % std::size(kStressDb)] / 20.0);
    const double envelope =
        stress * std::sqrt(std::sin(std::numbers::pi * in_syllable / kVoicedPart));
    voice[i] =
        envelope * pitch_period[static_cast<std::size_t>(t * kPitchHz * kTableSize) % kTableSize];
    energy += voice[i] * voice[i];
    ++num_active;
  }
  const double scale = num_active == 0 ? 0.0
                                       : std::pow(10.0, config.level_dbfs / 20.0) /
                                             std::sqrt(energy / static_cast<double>(num_active));
  for (std::size_t i = 0; i < length; ++i) {
    speech.samples[i] = static_cast<float>(scale * voice[i] + noise(random));
  }
  return speech;
}

}  // namespace earshot::testing
