#include "base/decibels.h"

#include <gtest/gtest.h>

namespace earshot {
namespace {

TEST(DecibelsTest, KnownValues) {
  EXPECT_FLOAT_EQ(AmplitudeToDb(1.0F), 0.0F);
  EXPECT_FLOAT_EQ(AmplitudeToDb(10.0F), 20.0F);
  EXPECT_FLOAT_EQ(PowerToDb(10.0F), 10.0F);
  EXPECT_NEAR(AmplitudeToDb(0.5F), -6.0206F, 1e-4F);
  EXPECT_NEAR(PowerToDb(0.5F), -3.0103F, 1e-4F);
  EXPECT_FLOAT_EQ(DbToAmplitude(-20.0F), 0.1F);
  EXPECT_FLOAT_EQ(DbToPower(-20.0F), 0.01F);
}

TEST(DecibelsTest, SilenceHasAFloor) {
  for (const float quiet : {0.0F, -1.0F, 1e-9F})
    EXPECT_FLOAT_EQ(AmplitudeToDb(quiet), kSilenceDbfs);
  for (const float quiet : {0.0F, -1.0F, 1e-18F}) EXPECT_FLOAT_EQ(PowerToDb(quiet), kSilenceDbfs);
}

TEST(DecibelsTest, ThereAndBack) {
  for (float db = -110.0F; db <= 40.0F; db += 3.7F) {
    EXPECT_NEAR(AmplitudeToDb(DbToAmplitude(db)), db, 1e-4F);
    EXPECT_NEAR(PowerToDb(DbToPower(db)), db, 1e-4F);
  }
}

}  // namespace
}  // namespace earshot
