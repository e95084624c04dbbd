import type { VideoReceiverCounters } from '../video-call-protocol.js';

/** Frames whose mean distance tells what a freeze is (webrtc-stats, freezeCount). */
const FREEZE_FRAMES = 30;
/** ms */
const FREEZE_MARGIN = 150;
const RATE_WINDOW = 1000;

/** What only others know of the moment. */
type Moment = Pick<VideoReceiverCounters, 'framesDropped' | 'framesLost' | 'targetDelay' | 'counted' | 'syncOffset'>;

/** The statistics of a receiver pipe. */
export class ReceiverCounters {
  framesReceived = 0;
  bytesReceived = 0;
  framesCorrupted = 0;
  pliCount = 0;
  #framesDecoded = 0;
  #keyFramesDecoded = 0;
  #totalDecodeTime = 0;
  #framesRendered = 0;
  #skipped = 0;
  #size = { width: 0, height: 0 };
  #jitterBufferDelay = 0;
  #totalInterFrameDelay = 0;
  #totalSquaredInterFrameDelay = 0;
  #freezeCount = 0;
  #totalFreezesDuration = 0;
  #recoveryCount = 0;
  #totalRecoveryTime = 0;
  #stalledAt: number | undefined;
  /** Times of the latest pictures, ms. */
  readonly #rendered: number[] = [];
  /** Distances of the latest pictures, s. */
  readonly #distances: number[] = [];

  /** ms */
  decoded(key: boolean, time: number): void {
    this.#framesDecoded++;
    if (key) this.#keyFramesDecoded++;
    this.#totalDecodeTime += time / 1000;
  }

  /** A decoded picture is not shown: the next is due as well. */
  skipped(): void {
    this.#skipped++;
  }

  /** A picture of a frame that came at `arrival` is shown; ms. */
  rendered({ width, height }: { width: number; height: number }, arrival: number, now: number): void {
    this.#framesRendered++;
    this.#size = { width, height };
    this.#jitterBufferDelay += (now - arrival) / 1000;
    const last = this.#rendered.at(-1);
    if (last !== undefined) this.#follow((now - last) / 1000);
    this.#rendered.push(now);
    while (this.#rendered[0]! <= now - RATE_WINDOW && this.#rendered.length > 1) this.#rendered.shift();
    if (this.#stalledAt !== undefined) {
      this.#recoveryCount++;
      this.#totalRecoveryTime += (now - this.#stalledAt) / 1000;
      this.#stalledAt = undefined;
    }
  }

  /** Frames are missing that others need. */
  stalled(since: number): void {
    this.#stalledAt ??= since;
  }

  read(now: number, moment: Moment): VideoReceiverCounters {
    return {
      framesReceived: this.framesReceived,
      bytesReceived: this.bytesReceived,
      framesDecoded: this.#framesDecoded,
      keyFramesDecoded: this.#keyFramesDecoded,
      framesRendered: this.#framesRendered,
      framesCorrupted: this.framesCorrupted,
      frameWidth: this.#size.width,
      frameHeight: this.#size.height,
      framesPerSecond: this.#rendered.filter((at) => at > now - RATE_WINDOW).length,
      totalDecodeTime: this.#totalDecodeTime,
      totalInterFrameDelay: this.#totalInterFrameDelay,
      totalSquaredInterFrameDelay: this.#totalSquaredInterFrameDelay,
      freezeCount: this.#freezeCount,
      totalFreezesDuration: this.#totalFreezesDuration,
      recoveryCount: this.#recoveryCount,
      totalRecoveryTime: this.#totalRecoveryTime,
      jitterBufferDelay: this.#jitterBufferDelay,
      jitterBufferEmittedCount: this.#framesRendered,
      pliCount: this.pliCount,
      ...moment,
      framesDropped: moment.framesDropped + this.#skipped,
    };
  }

  /** `distance` to the picture before, s. */
  #follow(distance: number): void {
    this.#totalInterFrameDelay += distance;
    this.#totalSquaredInterFrameDelay += distance ** 2;
    const mean = this.#distances.reduce((sum, one) => sum + one, 0) / this.#distances.length;
    // Nothing is a freeze before there is a mean of as many.
    if (this.#distances.length >= FREEZE_FRAMES && distance >= Math.max(3 * mean, mean + FREEZE_MARGIN / 1000)) {
      this.#freezeCount++;
      this.#totalFreezesDuration += distance;
    }
    this.#distances.push(distance);
    if (this.#distances.length > FREEZE_FRAMES) this.#distances.shift();
  }
}
