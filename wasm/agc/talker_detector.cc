#include "agc/talker_detector.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "base/decibels.h"
#include "base/stream_format.h"

namespace earshot {
namespace {

// The envelope is that of the voice: at no more than this rate …
constexpr int kEnvelopeRateHz = 12000;
// … and without the rumble that would fill its dips.
constexpr float kHighPassHz = 150.0F;
constexpr float kStepMs = 5.0F;
// The noise of the converter in a muted source makes no syllables.
constexpr float kSilencePower = 1e-11F;

// Depth of the dips. Of 28 recordings of noise (all but cries) none reaches the count below with
// it, and 20 talkers all do, most within 3 s; with 10 dB six voices at once and a sewing machine do
// too.
constexpr float kDipDb = 12.0F;
// Of the part above the dips. Below are strokes, above sirens and engines.
constexpr float kMinSyllableMs = 60.0F;
constexpr float kMaxSyllableMs = 400.0F;
// Energy over peak power: what rings long after a blow has but a short one.
constexpr float kMinEquivalentMs = 40.0F;
// Mean over the syllable; as decided as gain control wants single frames.
constexpr float kSpeechProbability = 0.9F;
// Four seconds of sound hold some ten syllables of a talker.
constexpr float kSpanMs = 4000.0F;
// Silence between short turns of talk passes so much slower, or who says no more than a few words
// at a time would never be a talker. It is what lies this far below the loudest: machines and
// traffic leave none.
constexpr uint32_t kSilenceSlower = 4;
constexpr float kSilenceBelowLoudestDb = 25.0F;
// A talker is one until fewer remain: soft or noisy speech shows only every second syllable.
constexpr std::size_t kSyllablesToStay = 3;
constexpr float kLoudestSinkDbPerSecond = 3.0F;

constexpr auto StepsOf(float ms) { return static_cast<uint32_t>(ms / kStepMs); }

}  // namespace

StatusOr<TalkerDetector> TalkerDetector::Create(const TalkerDetectorConfig& config) {
  const Status format = ValidateStreamFormat(config.sample_rate_hz, config.num_channels);
  if (!format.ok()) {
    return format;
  }
  return TalkerDetector(config);
}

TalkerDetector::TalkerDetector(const TalkerDetectorConfig& config)
    : decimation_(std::max(1, config.sample_rate_hz / kEnvelopeRateHz)),
      loudest_sink_(kLoudestSinkDbPerSecond * kStepMs / 1000.0F),
      channels_(static_cast<std::size_t>(config.num_channels)),
      loudest_dbfs_(kSilenceDbfs) {
  static_assert(StepsOf(kMaxSyllableMs) < kHistory);
  const float rate_hz = static_cast<float>(config.sample_rate_hz) / static_cast<float>(decimation_);
  step_samples_ = decimation_ * static_cast<int>(std::lround(rate_hz * kStepMs / 1000.0F));
  high_pass_ = 1.0F - std::exp(-2.0F * std::numbers::pi_v<float> * kHighPassHz / rate_hz);
}

void TalkerDetector::Process(ConstAudioView frame, float speech_probability) {
  if (frame.num_channels() != static_cast<int>(channels_.size())) {
    return;
  }
  for (int done = 0; done < frame.num_frames();) {
    const int count = std::min(frame.num_frames() - done, step_samples_ - step_position_);
    for (std::size_t c = 0; c < channels_.size(); ++c) {
      step_energy_ +=
          Energy(frame.channel(static_cast<int>(c))
                     .subspan(static_cast<std::size_t>(done), static_cast<std::size_t>(count)),
                 channels_[c]);
    }
    done += count;
    step_position_ += count;
    if (step_position_ == step_samples_) {
      AddStep(step_energy_ * static_cast<float>(decimation_) / static_cast<float>(step_samples_),
              speech_probability);
      step_position_ = 0;
      step_energy_ = 0.0F;
    }
  }
}

// Of the decimated samples that these complete. Steps are whole multiples of the decimation.
float TalkerDetector::Energy(std::span<const float> samples, Channel& channel) const {
  const float scale = 1.0F / static_cast<float>(decimation_);
  float energy = 0.0F;
  for (const float sample : samples) {
    channel.sum += sample;
    if (++channel.phase == decimation_) {
      const float fast = channel.sum * scale - channel.slow;
      channel.slow += high_pass_ * fast;
      energy += fast * fast;
      channel.sum = 0.0F;
      channel.phase = 0;
    }
  }
  return energy;
}

void TalkerDetector::AddStep(float power, float speech_probability) {
  ++now_;
  smoothing_[now_ % smoothing_.size()] = power;
  float smooth = kSilencePower;
  for (const float each : smoothing_) {
    smooth += each / static_cast<float>(smoothing_.size());
  }
  const float level_db = PowerToDb(smooth);
  loudest_dbfs_ = std::max(level_db, loudest_dbfs_ - loudest_sink_);
  history_[now_ % kHistory] = {smooth, level_db, speech_probability};

  bool another = false;
  if (rising_) {
    extreme_db_ = std::max(extreme_db_, level_db);
    if (level_db < extreme_db_ - kDipDb) {
      another = EndsSyllable();
      rising_ = false;
      extreme_db_ = level_db;
    }
  } else {
    extreme_db_ = std::min(extreme_db_, level_db);
    if (level_db > extreme_db_ + kDipDb) {
      rising_ = true;
      extreme_db_ = level_db;
    }
  }
  age_ += level_db > loudest_dbfs_ - kSilenceBelowLoudestDb ? kSilenceSlower : 1;
  CountSyllables(another);
}

// Looks back over the peak that the latest step has left.
bool TalkerDetector::EndsSyllable() const {
  const float peak_power = DbToPower(extreme_db_);
  float energy = 0.0F;
  float probability = 0.0F;
  uint32_t steps = 0;
  for (uint32_t age = 1; age < kHistory; ++age) {
    const Step& step = history_[(now_ - age) % kHistory];
    if (step.level_db <= extreme_db_ - kDipDb) {
      break;
    }
    energy += step.power;
    probability += step.speech_probability;
    ++steps;
  }
  return steps >= StepsOf(kMinSyllableMs) && steps <= StepsOf(kMaxSyllableMs) &&
         energy * kStepMs >= kMinEquivalentMs * peak_power &&
         probability >= kSpeechProbability * static_cast<float>(steps);
}

void TalkerDetector::CountSyllables(bool another) {
  if (another) {
    std::copy_backward(syllables_.begin(), syllables_.end() - 1, syllables_.end());
    syllables_[0] = age_;
    num_syllables_ = std::min(num_syllables_ + 1, syllables_.size());
  }
  while (num_syllables_ > 0 &&
         age_ - syllables_[num_syllables_ - 1] > kSilenceSlower * StepsOf(kSpanMs)) {
    --num_syllables_;
  }
  talking_ = num_syllables_ >= (talking_ ? kSyllablesToStay : kSyllablesToStart);
  heard_talker_ = heard_talker_ || talking_;
}

void TalkerDetector::Reset() {
  std::fill(channels_.begin(), channels_.end(), Channel());
  step_position_ = 0;
  step_energy_ = 0.0F;
  smoothing_ = {};
  history_ = {};
  now_ = 0;
  age_ = 0;
  rising_ = false;
  extreme_db_ = 0.0F;
  num_syllables_ = 0;
  talking_ = false;
  heard_talker_ = false;
  loudest_dbfs_ = kSilenceDbfs;
}

}  // namespace earshot
