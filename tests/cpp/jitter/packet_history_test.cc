// Where a redundant copy belongs, which comes without a sequence number.
#include "jitter/packet_history.h"

#include <gtest/gtest.h>

namespace earshot::testing {
namespace {

constexpr int kPacket = 960;

// Packets `first` … `last`, one after the other, packet n at n × kPacket.
void AddRun(PacketHistory& history, int64_t first, int64_t last) {
  for (int64_t n = first; n <= last; ++n) history.Add(n, n * kPacket, kPacket);
}

TEST(PacketHistory, FindsTheMissingOnesOfAStreamWithoutPauses) {
  PacketHistory history;
  AddRun(history, 1, 10);
  AddRun(history, 15, 15);
  for (int64_t n = 11; n <= 14; ++n) {
    EXPECT_EQ(history.FindMissing(15, n * kPacket, kPacket), n);
  }
}

TEST(PacketHistory, WhatIsThereIsNotMissing) {
  PacketHistory history;
  AddRun(history, 1, 10);
  for (int64_t n = 0; n <= 11; ++n) {
    EXPECT_EQ(history.FindMissing(10, n * kPacket, kPacket), std::nullopt) << n;
    EXPECT_EQ(history.FindMissing(10, n * kPacket + 480, kPacket), std::nullopt) << n;
  }
}

TEST(PacketHistory, ACopyMustFitIntoTheHole) {
  PacketHistory history;
  AddRun(history, 1, 10);
  AddRun(history, 12, 12);
  EXPECT_EQ(history.FindMissing(12, 11 * kPacket, kPacket), 11);
  EXPECT_EQ(history.FindMissing(12, 11 * kPacket, kPacket / 2), 11);
  EXPECT_EQ(history.FindMissing(12, 11 * kPacket, kPacket + 1), std::nullopt);
  EXPECT_EQ(history.FindMissing(12, 11 * kPacket - 1, kPacket / 2), std::nullopt);
  EXPECT_EQ(history.FindMissing(12, 11 * kPacket + 1, kPacket), std::nullopt);
}

TEST(PacketHistory, AcrossAPauseOnlyWhatIsCertainIsPlaced) {
  PacketHistory history;
  AddRun(history, 1, 10);
  // 11 and 12 are missing, and somewhere in between the sender paused for 5 packets.
  history.Add(13, 18 * kPacket, kPacket);
  EXPECT_EQ(history.FindMissing(13, 11 * kPacket, kPacket), 11) << "follows what is known";
  EXPECT_EQ(history.FindMissing(13, 17 * kPacket, kPacket), 12) << "precedes what is known";
  EXPECT_EQ(history.FindMissing(13, 14 * kPacket, kPacket), std::nullopt) << "either";
  // Once one has its place, the other one's is certain.
  history.Add(12, 17 * kPacket, kPacket);
  EXPECT_EQ(history.FindMissing(13, 14 * kPacket, kPacket), 11);
}

TEST(PacketHistory, NothingIsKnownBeforeTheFirstPacketOrAfterClear) {
  PacketHistory history;
  AddRun(history, 10, 10);
  EXPECT_EQ(history.FindMissing(10, 9 * kPacket, kPacket), std::nullopt);
  AddRun(history, 12, 12);
  history.SetRecoverable(11);
  EXPECT_TRUE(history.Recoverable(11));
  EXPECT_FALSE(history.Recoverable(10));
  history.Clear();
  EXPECT_FALSE(history.Recoverable(11));
  EXPECT_EQ(history.FindMissing(12, 11 * kPacket, kPacket), std::nullopt);
}

TEST(PacketHistory, ForgetsWhatIsLongAgo) {
  PacketHistory history;
  AddRun(history, 1, 1);
  AddRun(history, 1000, 1000);
  EXPECT_EQ(history.FindMissing(1000, 999 * kPacket, kPacket), std::nullopt)
      << "a hole this large has no known beginning";
}

}  // namespace
}  // namespace earshot::testing
