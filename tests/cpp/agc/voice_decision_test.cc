#include "agc/voice_decision.h"

#include <gtest/gtest.h>

namespace earshot {
namespace {

constexpr float kFrameMs = 1000.0F * 256.0F / 48000.0F;

/// Feeds `probability` for `ms`; the time until the decision changed, or -1.
float Feed(VoiceDecision& decision, float probability, float ms) {
  const bool before = decision.active();
  float changed = -1.0F;
  for (float t = kFrameMs; t <= ms; t += kFrameMs) {
    decision.Update(probability);
    if (changed < 0.0F && decision.active() != before) {
      changed = t;
    }
  }
  return changed;
}

TEST(VoiceDecisionTest, SpeechIsFoundWithin100MillisecondsAndHeldFor300To500) {
  VoiceDecision decision(kFrameMs);
  EXPECT_EQ(Feed(decision, 0.0F, 1000.0F), -1.0F);
  const float onset = Feed(decision, 1.0F, 1000.0F);
  EXPECT_GT(onset, 0.0F);
  EXPECT_LE(onset, 100.0F);
  const float hangover = Feed(decision, 0.0F, 1000.0F);
  EXPECT_GE(hangover, 300.0F);
  EXPECT_LE(hangover, 500.0F);
  EXPECT_EQ(decision.num_changes(), 2.0);
}

TEST(VoiceDecisionTest, GapsBetweenWordsDoNotEndIt) {
  VoiceDecision decision(kFrameMs);
  Feed(decision, 1.0F, 200.0F);
  for (int word = 0; word < 20; ++word) {
    EXPECT_EQ(Feed(decision, 0.1F, 250.0F), -1.0F);
    EXPECT_EQ(Feed(decision, 1.0F, 20.0F), -1.0F);
  }
  EXPECT_TRUE(decision.active());
  EXPECT_EQ(decision.num_changes(), 1.0);
}

TEST(VoiceDecisionTest, ClicksAndUncertainFramesDoNotStartIt) {
  VoiceDecision decision(kFrameMs);
  EXPECT_EQ(Feed(decision, 0.85F, 2000.0F), -1.0F);
  for (int click = 0; click < 50; ++click) {
    EXPECT_EQ(Feed(decision, 1.0F, 30.0F), -1.0F);
    EXPECT_EQ(Feed(decision, 0.0F, 100.0F), -1.0F);
  }
  EXPECT_FALSE(decision.active());
}

}  // namespace
}  // namespace earshot
