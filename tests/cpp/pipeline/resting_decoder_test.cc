#include "pipeline/resting_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/status.h"

namespace earshot {
namespace {

constexpr int kRateHz = 48000;
constexpr int kTick = kRateHz / 100;
constexpr int kPacketFrames = 2 * kTick;
constexpr float kSound = 0.5F;
constexpr float kNoise = 0.1F;

const std::vector<uint8_t> kSpeech(60, 1);
const std::vector<uint8_t> kPause(2, 1);

/// Speech is one constant, comfort noise and concealment are another; every call is counted.
class CountingDecoder final : public AudioDecoder {
 public:
  int calls = 0;
  int resets = 0;
  int restored = 0;

  int sample_rate_hz() const override { return kRateHz; }
  int num_channels() const override { return 2; }
  int PacketDuration(std::span<const uint8_t> payload) const override {
    return payload.empty() ? ToInt(StatusCode::kCorruptData) : kPacketFrames;
  }
  bool HasRedundancy(std::span<const uint8_t>) const override { return false; }
  int Decode(std::span<const uint8_t> payload, std::span<float> out) override {
    return Fill(payload.size() > 2 ? kSound : kNoise, kPacketFrames, out);
  }
  int DecodeRedundancy(std::span<const uint8_t>, int num_frames, std::span<float> out) override {
    return Fill(kSound, num_frames, out);
  }
  int Conceal(int num_frames, std::span<float> out) override {
    return Fill(kNoise, num_frames, out);
  }
  void SaveState() override {}
  void RestoreState() override { ++restored; }
  void Reset() override { ++resets; }

 private:
  int Fill(float value, int num_frames, std::span<float> out) {
    ++calls;
    std::fill_n(out.begin(), 2 * num_frames, value);
    return num_frames;
  }
};

class RestingDecoderTest : public ::testing::Test {
 protected:
  /// The sound of `milliseconds` of one kind of packet, or of none.
  std::vector<float> Play(int milliseconds, const std::vector<uint8_t>* packet) {
    std::vector<float> sound;
    std::vector<float> out(2 * kPacketFrames);
    for (int ms = 0; ms < milliseconds;) {
      const int frames =
          packet != nullptr ? resting_.Decode(*packet, out) : resting_.Conceal(kTick, out);
      EXPECT_GT(frames, 0);
      sound.insert(sound.end(), out.begin(), out.begin() + 2 * frames);
      ms += 1000 * frames / kRateHz;
    }
    return sound;
  }

  CountingDecoder decoder_;
  RestingDecoder resting_{decoder_};
};

TEST_F(RestingDecoderTest, ByDefaultNeverRests) {
  Play(20, &kSpeech);
  EXPECT_EQ(Play(100000, nullptr).back(), kNoise);
  EXPECT_EQ(Play(100000, &kPause).back(), kNoise);
  EXPECT_FALSE(resting_.resting());
}

TEST_F(RestingDecoderTest, RestsOnceTheStreamHasBeenSilentForSoLong) {
  resting_.set_rest_after_ms(2000);
  for (const std::vector<uint8_t>* silence :
       {&kPause, static_cast<const std::vector<uint8_t>*>(nullptr)}) {
    Play(20, &kSpeech);
    Play(1980, silence);
    EXPECT_FALSE(resting_.resting());
    const std::vector<float> last = Play(20, silence);
    EXPECT_TRUE(resting_.resting());
    // It fades out without a step.
    for (std::size_t i = 2; i < last.size(); ++i) {
      EXPECT_LE(std::fabs(last[i] - last[i - 2]), kNoise / kTick + 1e-6F);
    }
    const int calls = decoder_.calls;
    const std::vector<float> after = Play(60000, silence);
    EXPECT_EQ(decoder_.calls, calls);
    EXPECT_TRUE(std::all_of(after.begin(), after.end(), [](float x) { return x == 0.0F; }));
  }
}

TEST_F(RestingDecoderTest, SoundWakesADecoderThatRemembersNothing) {
  resting_.set_rest_after_ms(100);
  Play(20, &kSpeech);
  EXPECT_EQ(decoder_.resets, 0);
  Play(300, &kPause);
  ASSERT_TRUE(resting_.resting());
  EXPECT_EQ(Play(20, &kSpeech).front(), kSound);
  EXPECT_FALSE(resting_.resting());
  EXPECT_EQ(decoder_.resets, 1);
  Play(300, nullptr);
  ASSERT_TRUE(resting_.resting());
  std::vector<float> out(2 * kPacketFrames);
  EXPECT_EQ(resting_.DecodeRedundancy(kSpeech, kTick, out), kTick);
  EXPECT_EQ(out.front(), kSound);
  EXPECT_EQ(decoder_.resets, 2);
}

TEST_F(RestingDecoderTest, AStateFromBeforeTheRestComesBackAwake) {
  resting_.set_rest_after_ms(100);
  Play(20, &kSpeech);
  resting_.SaveState();
  Play(300, nullptr);
  ASSERT_TRUE(resting_.resting());
  resting_.RestoreState();
  EXPECT_FALSE(resting_.resting());
  EXPECT_EQ(decoder_.restored, 1);
  Play(20, &kSpeech);
  EXPECT_EQ(decoder_.resets, 0);  // it goes on from the state restored
}

TEST_F(RestingDecoderTest, RefusesWhatTheDecoderRefuses) {
  resting_.set_rest_after_ms(20);
  Play(100, nullptr);
  ASSERT_TRUE(resting_.resting());
  std::vector<float> out(2 * kPacketFrames);
  EXPECT_LT(resting_.Decode({}, out), 0);
}

}  // namespace
}  // namespace earshot
