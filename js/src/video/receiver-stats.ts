import type { VideoReceiverCounters } from '../video-call-protocol.js';

/** Counters since attachment, and the state of this moment, named as in the inbound-rtp statistics of webrtc-stats. */
export type VideoReceiverStats = VideoReceiverCounters;

export const NO_RECEIVER_COUNTERS: VideoReceiverCounters = {
  framesReceived: 0,
  keyFramesDecoded: 0,
  framesDecoded: 0,
  framesRendered: 0,
  framesDropped: 0,
  framesLost: 0,
  framesCorrupted: 0,
  bytesReceived: 0,
  frameWidth: 0,
  frameHeight: 0,
  framesPerSecond: 0,
  totalDecodeTime: 0,
  totalInterFrameDelay: 0,
  totalSquaredInterFrameDelay: 0,
  freezeCount: 0,
  totalFreezesDuration: 0,
  recoveryCount: 0,
  totalRecoveryTime: 0,
  jitterBufferDelay: 0,
  jitterBufferEmittedCount: 0,
  targetDelay: 0,
  pliCount: 0,
  counted: false,
  syncOffset: null,
};
