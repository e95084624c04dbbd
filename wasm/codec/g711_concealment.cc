#include "codec/g711_concealment.h"

#include <algorithm>
#include <cmath>

namespace earshot {
namespace {
constexpr int kSamplesPerMs = 8;
// After each of these a further period is repeated.
constexpr int kAddPeriodSamples = 10 * kSamplesPerMs;
// The repetition fades from here … to here.
constexpr int kFadeStart = 10 * kSamplesPerMs;
constexpr int kFadeEnd = 60 * kSamplesPerMs;
// Overlap with the returning sound: a quarter period, and this much more for each 10 ms of the gap
// beyond the first, up to 10 ms.
constexpr int kOverlapPer10Ms = 4 * kSamplesPerMs;
constexpr int kMinOverlap = 2 * kSamplesPerMs;
// Ringing is over after this time.
constexpr int kRingSamples = 5 * kSamplesPerMs;
// Sound the predictor is made from.
constexpr int kPredictorSamples = 160;
// The concealed pitch is brought into phase with the returning one by at most this much …
constexpr int kMaxShift = 20;
// … where the two are at least so alike.
constexpr float kLeastSimilarity = 0.4f;
// Level of the repetition of a sound that does not repeat itself at all, of its own.
constexpr float kUnvoicedGain = 0.5f;

float Power(std::span<const float> sound) {
  float sum = 0;
  for (const float x : sound) sum += x * x;
  return sum / static_cast<float>(sound.size());
}

float Similarity(const float* a, const float* b, int count) {
  float ab = 0, aa = 0, bb = 0;
  for (int i = 0; i < count; ++i) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return aa * bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}
}  // namespace

void G711Concealment::Receive(std::span<float> sound) {
  noise_.Learn(sound);
  if (concealing_) {
    PrepareOverlap(sound);
    concealing_ = false;
  }
  for (float& x : sound) {
    if (overlap_next_ == overlap_length_) break;
    const float weight =
        static_cast<float>(overlap_next_ + 1) / static_cast<float>(overlap_length_ + 1);
    const float before = overlap_[static_cast<std::size_t>(overlap_next_++)];
    x = before + weight * (x - before);
  }
  Remember(sound);
}

void G711Concealment::Conceal(std::span<float> out) {
  if (!concealing_) Begin();
  for (float& x : out) x = Next();
  Remember(out);
}

void G711Concealment::Begin() {
  concealing_ = true;
  overlap_length_ = overlap_next_ = 0;
  position_ = 0;
  source_ = history_;
  peak_ = 0;
  for (const float x : source_) peak_ = std::max(peak_, std::abs(x));
  pitch_ = FindPitchPeriod(source_);
  loop_ = {.periods = 1, .next = 0, .gain = LoopGain(1)};
  loop_fade_ = 0;
  predictor_ =
      SolvePredictor(WindowedAutocorrelation(std::span(source_).last<kPredictorSamples>()));
  const float* const end = source_.data() + source_.size();
  for (int i = -kPredictionOrder; i < 0; ++i) {
    ringing_[static_cast<std::size_t>(kPredictionOrder + i)] =
        end[i] - loop_.gain * end[i - pitch_.samples];
  }
  noise_.Begin();
}

// The seam from the end of the periods to their start is smoothed by overlap-add over a quarter
// period: the last quarter turns into what comes before the first period.
float G711Concealment::ReadLoop(Loop& loop) const {
  const int length = loop.periods * pitch_.samples;
  const int quarter = pitch_.samples / 4;
  const float* const at = source_.data() + source_.size() - length + loop.next;
  const int to_end = length - loop.next;
  float sample = *at;
  if (to_end <= quarter) {
    const float weight = static_cast<float>(to_end) / static_cast<float>(quarter + 1);
    sample = *(at - length) + weight * (sample - *(at - length));
  }
  loop.next = to_end == 1 ? 0 : loop.next + 1;
  return loop.gain * sample;
}

float G711Concealment::LoopGain(int periods) const {
  const auto last = static_cast<std::size_t>(pitch_.samples);
  const std::span<const float> source(source_);
  const float last_power = Power(source.last(last));
  const float power = Power(source.last(last * static_cast<std::size_t>(periods)));
  const float likeness = kUnvoicedGain + (1 - kUnvoicedGain) * std::min(1.0f, pitch_.similarity);
  return power > last_power ? likeness * std::sqrt(last_power / power) : likeness;
}

float G711Concealment::Repeat() {
  if (position_ > 0 && position_ % kAddPeriodSamples == 0 && loop_.periods < kMaxPeriods) {
    loop_before_ = loop_;
    loop_fade_ = pitch_.samples / 4;
    loop_.next %= pitch_.samples;
    ++loop_.periods;
    loop_.gain = LoopGain(loop_.periods);
  }
  float sample = ReadLoop(loop_);
  if (loop_fade_ > 0) {
    const int quarter = pitch_.samples / 4;
    const float weight = static_cast<float>(loop_fade_) / static_cast<float>(quarter + 1);
    sample += weight * (ReadLoop(loop_before_) - sample);
    --loop_fade_;
  }
  return sample;
}

float G711Concealment::Ring() {
  const float sample = predictor_.Predict(ringing_.data() + ringing_.size());
  std::copy(ringing_.begin() + 1, ringing_.end(), ringing_.begin());
  ringing_.back() = sample;
  return sample * static_cast<float>(kRingSamples - position_) / kRingSamples;
}

float G711Concealment::Next() {
  float sample = 0;
  float gain = 0;
  if (position_ < kFadeEnd) {
    gain = std::min(1.0f, static_cast<float>(kFadeEnd - position_) / (kFadeEnd - kFadeStart));
    sample = Repeat();
    if (position_ < kRingSamples) sample += Ring();
    ++position_;
  }
  // The repetition carries its share of the background.
  sample = gain * sample + std::sqrt(1 - gain * gain) * noise_.Next();
  return std::clamp(sample, -peak_, peak_);
}

// Finds where in the continued concealment the returning sound's period begins, and reads the
// continuation faster or slower so that it gets there by the end of the overlap.
void G711Concealment::PrepareOverlap(std::span<const float> sound) {
  const int beyond =
      std::max(0, position_ - kAddPeriodSamples) * kOverlapPer10Ms / kAddPeriodSamples;
  overlap_length_ = std::clamp(pitch_.samples / 4 + beyond, kMinOverlap, kMaxOverlap);
  overlap_next_ = 0;

  std::array<float, kMaxShift + kMaxOverlap + kMaxShift + 1> around;
  const int length = kMaxShift + overlap_length_ + kMaxShift + 1;
  std::copy(history_.end() - kMaxShift, history_.end(), around.begin());
  for (int i = kMaxShift; i < length; ++i) around[static_cast<std::size_t>(i)] = Next();

  const int compared = std::min(overlap_length_, static_cast<int>(sound.size()));
  const float* const now = around.data() + kMaxShift;
  const int farthest = std::min(kMaxShift, pitch_.samples / 2);
  int shift = 0;
  float best = Similarity(now, sound.data(), compared);
  for (int candidate = -farthest; candidate <= farthest; ++candidate) {
    const float similarity = Similarity(now + candidate, sound.data(), compared);
    if (similarity > best && similarity > kLeastSimilarity) {
      best = similarity;
      shift = candidate;
    }
  }
  const float pace = 1 + static_cast<float>(shift) / static_cast<float>(overlap_length_);
  for (int i = 0; i < overlap_length_; ++i) {
    const float at = pace * static_cast<float>(i);
    const auto whole = static_cast<int>(at);
    overlap_[static_cast<std::size_t>(i)] =
        now[whole] + (at - static_cast<float>(whole)) * (now[whole + 1] - now[whole]);
  }
}

void G711Concealment::Remember(std::span<const float> sound) {
  if (sound.size() >= history_.size()) {
    std::copy(sound.end() - kHistorySamples, sound.end(), history_.begin());
    return;
  }
  const auto kept = std::copy(history_.begin() + static_cast<std::ptrdiff_t>(sound.size()),
                              history_.end(), history_.begin());
  std::copy(sound.begin(), sound.end(), kept);
}

}  // namespace earshot
