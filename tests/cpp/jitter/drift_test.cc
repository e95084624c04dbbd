// A sender whose clock is not ours, over many minutes of simulated time.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "jitter/drift_estimator.h"
#include "simulation.h"

namespace earshot::testing {
namespace {

constexpr int64_t kTicksPerMinute = 6000;

// A hum with period kVoicePeriod: resembles itself everywhere, so that it is stretched at once if
// wanted.
float Hum(int64_t n) {
  const auto x = static_cast<float>(n % kVoicePeriod) / kVoicePeriod;
  return x * (1 - x) * (x - 0.5f) * 4;
}

// Packets of a sender that counts 1 + drift samples in the time of one of ours, each held up by
// `hold_ms()`; in order.
template <typename Hold>
std::vector<Sent> SendDrifting(double drift, int64_t ticks, Hold hold_ms) {
  std::vector<Sent> sent;
  const int duration = 2 * kTick;
  double latest = 0;
  for (uint32_t i = 0;; ++i) {
    const double complete = (i + 1.0) * duration / (1 + drift) / kTick;
    if (complete >= static_cast<double>(ticks)) return sent;
    latest = std::max(latest, complete + hold_ms() / 10.0);
    const FakePacket packet{8, false, i * duration};
    sent.push_back({static_cast<int64_t>(std::ceil(latest)),
                    {1, static_cast<uint16_t>(i), Simulation::kFirstTimestamp + i * duration},
                    packet.Payload()});
  }
}

// A jitter buffer with a lower bound of the delay above the jitter, so that all that happens comes
// of the drift.
class DriftingCall {
 public:
  DriftingCall(double ppm, int64_t ticks)
      : ppm_(ppm),
        sent_(SendDrifting(ppm * 1e-6, ticks,
                           [this] { return 3 + 0.01 * static_cast<double>(random_() % 1000); })),
        decoder_(Hum),
        buffer_(std::move(JitterBuffer::Create({.min_delay_ms = 40}, decoder_).value())) {}

  void Run(int64_t ticks) {
    low_ = 1e9;
    high_ = -1e9;
    for (const int64_t end = tick_ + ticks; tick_ < end; ++tick_) {
      for (; sent_[next_].arrival_tick <= tick_; ++next_) {
        buffer_->InsertPacket(sent_[next_].info, sent_[next_].payload);
      }
      buffer_->GetAudio(out_);
      const double spoken = static_cast<double>(tick_) * kTick * (1 + ppm_ * 1e-6);
      const auto played = buffer_->stats().playout_timestamp - Simulation::kFirstTimestamp;
      const double delay_ms = (spoken - played) / 48;
      low_ = std::min(low_, delay_ms);
      high_ = std::max(high_, delay_ms);
    }
  }

  const JitterBufferStats& stats() const { return buffer_->stats(); }
  // Of the delay in the latest run.
  double RangeMs() const { return high_ - low_; }

 private:
  const double ppm_;
  std::mt19937 random_{1};
  const std::vector<Sent> sent_;
  FakeDecoder decoder_;
  std::unique_ptr<JitterBuffer> buffer_;
  std::array<float, kTick> out_{};
  size_t next_ = 0;
  int64_t tick_ = 0;
  double low_ = 0;
  double high_ = 0;
};

TEST(Drift, IsMadeUpForWithoutStretching) {
  struct Case {
    double ppm;
    int minutes;
  };
  for (const auto [ppm, minutes] : {Case{300, 20}, Case{-300, 8}, Case{60, 8}}) {
    SCOPED_TRACE(ppm);
    DriftingCall call(ppm, (minutes + 1) * kTicksPerMinute);
    call.Run(5 * kTicksPerMinute);
    const JitterBufferStats converged = call.stats();
    call.Run((minutes - 5) * kTicksPerMinute);
    const JitterBufferStats& s = call.stats();
    EXPECT_EQ(s.removed_samples, converged.removed_samples);
    EXPECT_EQ(s.inserted_samples, converged.inserted_samples);
    EXPECT_EQ(s.concealed_samples, converged.concealed_samples);
    EXPECT_EQ(s.packets_lost + s.packets_discarded, 0);
    EXPECT_LT(call.RangeMs(), 5);
    // All sound is accounted for.
    const int64_t made = s.emitted_samples + s.concealed_samples + s.inserted_samples -
                         s.removed_samples - s.resampled_samples;
    EXPECT_GE(made, s.total_samples);
    EXPECT_LE(made, s.total_samples + 24 * kTick);
    const double seconds = 60.0 * minutes;
    EXPECT_NEAR(static_cast<double>(s.resampled_samples + s.removed_samples - s.inserted_samples),
                ppm * 1e-6 * kRate * seconds, 10 * kTick);
  }
}

// Feeds an estimator with a network of the given drift and delays; returns the largest error after
// `settle` minutes of `minutes`.
template <typename Hold>
double LargestErrorPpm(double ppm, int settle, int minutes, Hold hold_ms) {
  DriftEstimator estimator(kTick);
  double worst = 0;
  for (const Sent& packet : SendDrifting(ppm * 1e-6, minutes * kTicksPerMinute, hold_ms)) {
    const auto timestamp = static_cast<int64_t>(packet.info.timestamp);
    estimator.Update(packet.arrival_tick, packet.arrival_tick * kTick - timestamp);
    if (packet.arrival_tick < settle * kTicksPerMinute) continue;
    worst = std::max(worst, std::abs(estimator.drift() * 1e6 - ppm));
  }
  return worst;
}

TEST(DriftEstimator, FindsTheDriftWhateverTheJitter) {
  for (const double ppm : {-300.0, -120.0, 75.0, 300.0}) {
    for (unsigned seed = 1; seed <= 3; ++seed) {
      SCOPED_TRACE(::testing::Message() << ppm << " ppm, seed " << seed);
      std::mt19937 random(seed);
      const auto jitter = [&random] {
        return random() % 8 == 0 ? static_cast<double>(random() % 60)
                                 : 0.3 * static_cast<double>(random() % 20);
      };
      EXPECT_LT(LargestErrorPpm(ppm, 5, 12, jitter), 30);
    }
  }
}

TEST(DriftEstimator, InventsNone) {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto even = [&random](unsigned below) { return static_cast<double>(random() % below); };
    // Two states, in the worse of which delays are long (Gilbert and Elliott).
    bool bad = false;
    const auto bursts = [&] {
      bad = bad ? random() % 40 != 0 : random() % 200 == 0;
      return bad ? 20 + even(200) : even(15);
    };
    EXPECT_LT(LargestErrorPpm(0, 0, 10, bursts), 10);
    // Spikes of up to a second.
    const auto spikes = [&] { return random() % 300 == 0 ? even(1000) : even(5); };
    EXPECT_LT(LargestErrorPpm(0, 0, 10, spikes), 10);
    // Other paths, every minute or so; those less than two ticks apart look like drift for a while.
    double path = 20;
    const auto roaming = [&] {
      if (random() % 3000 == 0) path = 20 + even(150);
      return path + even(5);
    };
    EXPECT_LT(LargestErrorPpm(0, 0, 10, roaming), 100);
    // A queue that fills and empties at random is no clock either.
    double queue = 0;
    const auto bloat = [&] {
      queue = std::clamp(queue + even(41) - 20, 0.0, 800.0);
      return queue;
    };
    EXPECT_LT(LargestErrorPpm(0, 0, 10, bloat), 200);
  }
}

}  // namespace
}  // namespace earshot::testing
