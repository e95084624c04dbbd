#include "agc/adaptive_gain.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "base/decibels.h"
#include "base/stream_format.h"
#include "dsp/loudness_meter.h"
#include "dsp/simd.h"

namespace earshot {
namespace {

// Time to glide between off and on: too slow to click, too fast to wait for.
constexpr float kSwitchSeconds = 0.1F;
// A microphone set too high is turned down, not only limited: speech at 0 dBFS still reaches -23
// LUFS.
constexpr float kMinGainDb = -25.0F;
// The gain falls so much faster than it rises, because too loud is worse than too soft.
constexpr float kFallOverRise = 4.0F;
// So much faster on the first way up: a talker has waited for it until he was recognised.
constexpr float kFirstRiseOverRise = 2.0F;
// Differences that the estimate of a steady talker makes by itself; not heard as a wrong loudness
// (the tolerance of EBU R 128 for live programmes is 1 LU), but heard as pumping if followed.
constexpr float kPlayDb = 1.0F;
// A movement ends so near to its aim.
constexpr float kArrivedDb = 0.1F;
// Speech is measured while it is active; the short-term loudness that is aimed at has the pauses of
// fluent speech in it. Mean over the 20 talkers of the tuning set, with and without the suppressor.
constexpr float kActiveOverShortTermDb = 2.0F;
// What may be noise is raised no further: half a decibel is left for its own ups and downs.
constexpr float kUnprovenGainDb = 2.5F;

Status Validate(const AdaptiveGainConfig& config) {
  const Status format = ValidateStreamFormat(config.sample_rate_hz, config.num_channels);
  if (!format.ok()) {
    return format;
  }
  if (config.frame_size < 1 || config.frame_size > config.sample_rate_hz / 10) {
    return {StatusCode::kInvalidArgument, "frame_size must be between one sample and 100 ms"};
  }
  return earshot::Validate(config.parameters);
}

/// Mean square and largest magnitude of the louder channel: a voice on one channel only clips as
/// soon as on both.
struct Louder {
  float power = 0.0F;
  float peak = 0.0F;
};

Louder FindLouder(ConstAudioView frame) {
  Louder louder;
  for (int c = 0; c < frame.num_channels(); ++c) {
    const float* samples = frame.channels()[c];
    louder.power = std::max(louder.power, DotProduct(samples, samples, frame.num_frames()));
    for (int i = 0; i < frame.num_frames(); ++i) {
      louder.peak = std::max(louder.peak, std::fabs(samples[i]));
    }
  }
  louder.power /= static_cast<float>(frame.num_frames());
  return louder;
}

}  // namespace

StatusOr<AdaptiveGain> AdaptiveGain::Create(const AdaptiveGainConfig& config) {
  if (const Status status = Validate(config); !status.ok()) {
    return status;
  }
  const float frame_ms =
      1000.0F * static_cast<float>(config.frame_size) / static_cast<float>(config.sample_rate_hz);
  auto speech = SpeechLevelEstimator::Create({.frame_ms = frame_ms});
  if (!speech.ok()) {
    return speech.status();
  }
  auto noise_floor = NoiseFloorEstimator::Create({.frame_ms = frame_ms});
  if (!noise_floor.ok()) {
    return noise_floor.status();
  }
  auto talker = TalkerDetector::Create(
      {.sample_rate_hz = config.sample_rate_hz, .num_channels = config.num_channels});
  if (!talker.ok()) {
    return talker.status();
  }
  return AdaptiveGain(config, speech.value(), noise_floor.value(), std::move(talker).value());
}

AdaptiveGain::AdaptiveGain(const AdaptiveGainConfig& config, const SpeechLevelEstimator& speech,
                           const NoiseFloorEstimator& noise_floor, TalkerDetector talker)
    : config_(config),
      weightings_(static_cast<std::size_t>(config.num_channels),
                  KWeighting(static_cast<double>(config.sample_rate_hz))),
      speech_(speech),
      noise_floor_(noise_floor),
      weighted_noise_floor_(noise_floor),
      talker_(std::move(talker)),
      frame_s_(static_cast<float>(config.frame_size) / static_cast<float>(config.sample_rate_hz)) {}

Status AdaptiveGain::set_parameters(const GainControlParameters& parameters) {
  const Status status = earshot::Validate(parameters);
  if (status.ok()) {
    config_.parameters = parameters;
  }
  return status;
}

float AdaptiveGain::speech_loudness_lufs() const {
  return std::max(kSilenceDbfs, speech_.weighted_level_db() + kLoudnessCalibrationDb);
}

// Noise limits amplification but never asks for attenuation: a voice in a loud room would be turned
// down for it. Until the first talker everything is taken for background.
float AdaptiveGain::NoiseLimitDb() const {
  const float bound_dbfs = config_.parameters.max_output_noise_dbfs;
  const float background_db = std::max(0.0F, bound_dbfs - noise_floor_.level_dbfs());
  return talker_.heard_talker()
             ? background_db
             : std::min(background_db,
                        std::max(kUnprovenGainDb, bound_dbfs - talker_.loudest_dbfs()));
}

float AdaptiveGain::WantedGainDb() const {
  const GainControlParameters& p = config_.parameters;
  const float for_speech_db =
      std::min(p.target_loudness_lufs + kActiveOverShortTermDb - speech_loudness_lufs(),
               -p.headroom_db - speech_.peak_dbfs());
  float wanted_db = speech_.has_estimate() ? for_speech_db : p.initial_gain_db;
  if (!talker_.heard_talker()) {
    wanted_db = std::min(wanted_db, p.initial_gain_db);
  }
  return std::min(std::clamp(wanted_db, kMinGainDb, p.max_gain_db), NoiseLimitDb());
}

void AdaptiveGain::Adapt() {
  const float wanted_db = WantedGainDb();
  // Before the first talker the gain moves as soon as the background is known that limits it.
  const bool before_talker = !talker_.heard_talker() && noise_floor_.has_estimate();
  moving_ = moving_ || std::fabs(wanted_db - aim_db_) > kPlayDb * speech_.confidence();
  if (moving_) {
    aim_db_ = wanted_db;
    moving_ = std::fabs(aim_db_ - adapted_gain_db_) > kArrivedDb;
  }
  aim_db_ = std::min(aim_db_, NoiseLimitDb());
  const float rise_db = config_.parameters.max_gain_change_db_per_s * frame_s_;
  const bool may_rise = (speech_.in_speech() && talker_.talking()) || before_talker;
  const bool first_rise = talker_.heard_talker() && !arrived_;
  const float most_db = first_rise ? kFirstRiseOverRise * rise_db : rise_db;
  adapted_gain_db_ +=
      std::clamp(aim_db_ - adapted_gain_db_, -kFallOverRise * rise_db, may_rise ? most_db : 0.0F);
  arrived_ = arrived_ || (talker_.talking() && !moving_);

  const float max_step = frame_s_ / kSwitchSeconds;
  const float wanted_engagement = enabled_ ? 1.0F : 0.0F;
  engagement_ += std::clamp(wanted_engagement - engagement_, -max_step, max_step);
}

bool AdaptiveGain::Fits(int num_channels, int num_frames) const {
  return num_channels == config_.num_channels && num_frames == config_.frame_size;
}

void AdaptiveGain::Listen(ConstAudioView input, float speech_probability) {
  if (Fits(input.num_channels(), input.num_frames())) {
    talker_.Process(input, speech_probability);
    listened_ = true;
  }
}

void AdaptiveGain::Analyze(ConstAudioView frame, float speech_probability) {
  if (!Fits(frame.num_channels(), frame.num_frames())) {
    return;
  }
  if (!listened_) {
    talker_.Process(frame, speech_probability);
  }
  listened_ = false;
  double weighted_energy = 0.0;
  for (std::size_t c = 0; c < weightings_.size(); ++c) {
    weighted_energy += weightings_[c].Energy(frame.channel(static_cast<int>(c)));
  }
  const auto weighted_power = static_cast<float>(weighted_energy / config_.frame_size);
  const Louder louder = FindLouder(frame);
  noise_floor_.Update(louder.power, speech_probability);
  weighted_noise_floor_.Update(weighted_power, speech_probability);
  speech_.Update({.weighted_power = weighted_power, .power = louder.power, .peak = louder.peak},
                 DbToPower(weighted_noise_floor_.level_dbfs()), speech_probability);
  Adapt();
}

void AdaptiveGain::Process(AudioView frame, float speech_probability) {
  if (!Fits(frame.num_channels(), frame.num_frames())) {
    return;
  }
  Analyze({frame.channels(), frame.num_channels(), frame.num_frames()}, speech_probability);
  ramp_.Start(DbToAmplitude(gain_db()), config_.frame_size);
  ramp_.Process(frame);
}

void AdaptiveGain::Reset() {
  for (KWeighting& weighting : weightings_) {
    weighting.Reset();
  }
  speech_.Reset();
  noise_floor_.Reset();
  weighted_noise_floor_.Reset();
  talker_.Reset();
  listened_ = false;
  ramp_.Reset();
  engagement_ = enabled_ ? 1.0F : 0.0F;
  moving_ = false;
  arrived_ = false;
  aim_db_ = 0.0F;
  adapted_gain_db_ = 0.0F;
}

}  // namespace earshot
