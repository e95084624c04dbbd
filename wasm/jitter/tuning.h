// Tuning constants of the jitter buffer. Chosen by replaying recorded packet traces against
// libwebrtc's NetEq (bench/results/jitter.json); docs/jitter.md tells what each trades for what.
// Ticks are 10 ms.
#pragma once

namespace earshot::tuning {

// == Delay estimation ==

// Length of a block, of which the worst packet counts: about the time it takes to fall back after a
// stall.
inline constexpr int kBlockTicks = 50;
// What a block's weight is multiplied by with each block after it: 1/e in 29 s, so that three
// stalls ten seconds apart are known to belong together.
inline constexpr float kForget = 0.983f;
// Share of the remembered blocks in which playing may run dry.
inline constexpr float kToleratedShare = 0.07f;
// As long as the delay is short it is hardly noticed in a conversation (ITU-T G.114: not below
// 150 ms from mouth to ear), so less is tolerated: from the first share at kShortTicks rising by
// kShareSlope a tick.
inline constexpr float kShortShare = 0.01f;
inline constexpr int kShortTicks = 4;
inline constexpr float kShareSlope = 0.003f;
// All of these are multiplied by one of these for a listener who would rather hear it sooner …
inline constexpr float kInteractiveTolerance = 2.0f;
// … or whole (LatencyHint).
inline constexpr float kPlaybackTolerance = 0.3f;
// Stalls beyond this are outages: no delay worth having covers them, so they do not count.
inline constexpr int kOutageTicks = 150;
// The usual offset follows this quantile of the packets, by this many ticks a packet.
inline constexpr float kUsualQuantile = 0.5f;
inline constexpr float kUsualStep = 0.03f;

// == Timeline ==

// Concealment of a gap is cut even below the wanted delay, to be won back by slower playing, since
// stretched speech sounds better than invented speech; but so much above the usual offset is kept.
inline constexpr int kGapMarginTicks = 2;
// Sound later than wanted by more than this is passed over.
inline constexpr int kSkipTicks = 150;

// == Speed: how similar at least, how fast or slow at most ==

// Packets overdue by this much: the network has stalled.
inline constexpr int kOverdueTicks = 3;
// With less sound at hand than this, overdue is what is later than usual; with more, what is later
// than the packet before it. A queue that grows steadily delivers, only later and later.
inline constexpr int kLowTicks = 10;
inline constexpr float kStalledSimilarity = 0.5f;
inline constexpr float kStalledSpeed = 0.5f;
// Below the wanted delay.
inline constexpr float kSlowSimilarity = 0.8f;
inline constexpr float kSlowSpeed = 0.75f;
// Above the wanted delay …
inline constexpr float kFastSimilarity = 0.85f;
inline constexpr float kFastSpeed = 1.15f;
// … by more than this …
inline constexpr int kHurryTicks = 6;
inline constexpr float kHurrySimilarity = 0.5f;
inline constexpr float kHurrySpeed = 1.4f;
// … or this.
inline constexpr int kUrgentTicks = 20;
inline constexpr float kUrgentSpeed = 2;

// The similarity asked for sinks to nothing in this time if none is found.
inline constexpr float kPatienceTicks = 100;

// == Drift of the clocks ==

// Length of a block, of which the earliest packet counts, and how many it takes for an estimate.
inline constexpr int kDriftBlockTicks = 400;
inline constexpr int kDriftMinBlocks = 30;
// A step between two blocks beyond this is no drift.
inline constexpr double kDriftJumpTicks = 1.25;
// Blocks that lie farther from the line than this are astray, and more than this share of them
// makes the line worth nothing.
inline constexpr double kDriftResidualTicks = 0.8;
inline constexpr double kDriftAstrayShare = 0.1;
// A line that rises by less than this in all the time it spans may be a delay close to a whole
// tick, which falls now on one side of it and now on the other: one step in the middle makes 1.5.
inline constexpr double kDriftLeastTicks = 1.6;
// Quartz clocks are within ±100 ppm each; more than this is another thing.
inline constexpr double kMaxDrift = 400e-6;
// Playing is led back to the wanted delay by so much a tick of excess, which is averaged over
// 1 / kDriftSmoothing ticks, longer than the steps of the arrival last.
inline constexpr double kDriftTrim = 100e-6;
inline constexpr double kDriftSmoothing = 1.0 / 1000;
// Excess that whole ticks of arrival can feign.
inline constexpr double kDriftToleranceTicks = 1.25;

// == Silence ==

// The noise floor is the least power, allowed to rise by this factor a tick (2 dB/s).
inline constexpr float kNoiseFloorRise = 1.005f;
// Silence is what is below the floor times this (6 dB), or below −60 dBFS.
inline constexpr float kSilenceAboveFloor = 4;
inline constexpr float kSilencePower = 1e-6f;

}  // namespace earshot::tuning
