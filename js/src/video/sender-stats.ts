import type { RateMoment, RateStats } from '../bandwidth/rate-controller.js';
import type { VideoSenderCounters } from '../video-call-protocol.js';

/** Counters since attachment, and the state of this moment, named as in the outbound-rtp statistics of webrtc-stats. */
export interface VideoSenderStats extends VideoSenderCounters {
  /** What the encoder is asked for, bit/s. */
  readonly targetBitrate: number;
  /** What the network is believed to carry, bit/s with headers. */
  readonly availableOutgoingBitrate: number;
  /** Queueing on the way, the browser's own queue included, ms. */
  readonly queueDelay: number;
  /** Share of packets that were lost lately, 0 … 1. */
  readonly fractionLost: number;
  /** Share of the time in which the encoder worked, 0 … 1. */
  readonly encoderUsage: number;
  /** What keeps the picture from being the source's. */
  readonly qualityLimitationReason: 'none' | 'bandwidth' | 'cpu';
}

/** The network and the decisions at one time. */
export type VideoSenderMoment = RateMoment;

export const NO_SENDER_COUNTERS: VideoSenderCounters = {
  framesCaptured: 0,
  framesDroppedAtInput: 0,
  framesDroppedByEncoder: 0,
  framesEncoded: 0,
  keyFramesEncoded: 0,
  framesSent: 0,
  framesNative: 0,
  bytesSent: 0,
  totalEncodeTime: 0,
  totalSendTime: 0,
  qpSum: 0,
  pliCount: 0,
  frameWidth: 0,
  frameHeight: 0,
  sourceWidth: 0,
  sourceHeight: 0,
  framesPerSecond: 0,
  bitrate: 0,
};

export function videoSenderStats(counters: VideoSenderCounters, rates: RateStats | undefined): VideoSenderStats {
  const smaller = counters.frameWidth < counters.sourceWidth || counters.frameHeight < counters.sourceHeight;
  return {
    ...counters,
    targetBitrate: rates?.decision.bitrate ?? 0,
    availableOutgoingBitrate: rates?.bitrate ?? 0,
    queueDelay: rates?.queueDelay ?? 0,
    fractionLost: rates?.fractionLost ?? 0,
    encoderUsage: rates?.cpuUsage ?? 0,
    qualityLimitationReason: !smaller ? 'none' : (rates?.cpuLevel ?? 0) > 0 ? 'cpu' : 'bandwidth',
  };
}
