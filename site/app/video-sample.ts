// What Earshot's ends and the browser's own count, in the same words, so that the two can be compared.
import type { VideoReceiverStats, VideoSenderStats } from 'earshot';

/** Counters since some beginning, and what is true at the moment. NaN: the browser does not tell. */
export interface SenderSample {
  readonly whose: 'ours' | 'native';
  readonly framesEncoded: number;
  /** s */
  readonly encodeTime: number;
  readonly qpSum: number;
  readonly bytes: number;
  readonly framesPerSecond: number;
  readonly width: number;
  readonly height: number;
  /** bit/s */
  readonly targetBitrate: number;
  /** ms. The browser tells the mean of all its packets so far, Earshot that of the moment. */
  readonly queueDelay: number;
  /** 0 … 1 */
  readonly loss: number;
}

export interface ReceiverSample {
  readonly whose: 'ours' | 'native';
  readonly framesDecoded: number;
  /** s */
  readonly decodeTime: number;
  readonly framesPerSecond: number;
  readonly width: number;
  readonly height: number;
  readonly freezes: number;
  /** s */
  readonly freezeTime: number;
  readonly keyFrameRequests: number;
  /** From arrival to rendering: s summed over so many frames. */
  readonly delay: number;
  readonly delayedFrames: number;
  /** How much later the picture is than its sound, ms. */
  readonly syncOffset: number;
}

export interface VideoSample {
  readonly sender: SenderSample;
  readonly receiver: ReceiverSample;
}

export const ourSender = (stats: VideoSenderStats): SenderSample => ({
  whose: 'ours',
  framesEncoded: stats.framesEncoded,
  encodeTime: stats.totalEncodeTime,
  qpSum: stats.qpSum,
  bytes: stats.bytesSent,
  framesPerSecond: stats.framesPerSecond,
  width: stats.frameWidth,
  height: stats.frameHeight,
  targetBitrate: stats.targetBitrate,
  queueDelay: stats.queueDelay,
  loss: stats.fractionLost,
});

export const ourReceiver = (stats: VideoReceiverStats): ReceiverSample => ({
  whose: 'ours',
  framesDecoded: stats.framesDecoded,
  decodeTime: stats.totalDecodeTime,
  framesPerSecond: stats.framesPerSecond,
  width: stats.frameWidth,
  height: stats.frameHeight,
  freezes: stats.freezeCount,
  freezeTime: stats.totalFreezesDuration,
  keyFrameRequests: stats.pliCount,
  delay: stats.jitterBufferDelay,
  delayedFrames: stats.jitterBufferEmittedCount,
  syncOffset: stats.syncOffset ?? NaN,
});

/** Numbers of one entry of getStats(); NaN for what is missing. */
function numbersOf(report: RTCStatsReport, type: string): (name: string) => number {
  const entry = ([...report.values()] as Record<string, unknown>[]).find((one) => one.type === type);
  return (name) => (typeof entry?.[name] === 'number' ? entry[name] : NaN);
}

export function nativeSender(report: RTCStatsReport): SenderSample {
  const outbound = numbersOf(report, 'outbound-rtp');
  const atFarEnd = numbersOf(report, 'remote-inbound-rtp');
  return {
    whose: 'native',
    framesEncoded: outbound('framesEncoded'),
    encodeTime: outbound('totalEncodeTime'),
    qpSum: outbound('qpSum'),
    bytes: outbound('bytesSent'),
    framesPerSecond: outbound('framesPerSecond'),
    width: outbound('frameWidth'),
    height: outbound('frameHeight'),
    targetBitrate: outbound('targetBitrate'),
    queueDelay: (1000 * outbound('totalPacketSendDelay')) / outbound('packetsSent'),
    loss: atFarEnd('fractionLost'),
  };
}

export function nativeReceiver(report: RTCStatsReport): ReceiverSample {
  const inbound = numbersOf(report, 'inbound-rtp');
  return {
    whose: 'native',
    framesDecoded: inbound('framesDecoded'),
    decodeTime: inbound('totalDecodeTime'),
    framesPerSecond: inbound('framesPerSecond'),
    width: inbound('frameWidth'),
    height: inbound('frameHeight'),
    freezes: inbound('freezeCount'),
    freezeTime: inbound('totalFreezesDuration'),
    keyFrameRequests: inbound('pliCount'),
    delay: inbound('jitterBufferDelay'),
    delayedFrames: inbound('jitterBufferEmittedCount'),
    syncOffset: NaN,
  };
}
