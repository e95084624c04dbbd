import type { VideoSenderCounters } from '../video-call-protocol.js';

/** ms */
const RATE_WINDOW = 1000;

/** What the inbox knows. */
interface Source {
  readonly captured: number;
  readonly dropped: number;
  readonly size: { readonly width: number; readonly height: number };
}

/** The statistics of a sender pipe. */
export class SenderCounters {
  framesDroppedByEncoder = 0;
  framesNative = 0;
  pliCount = 0;
  #size = { width: 0, height: 0 };
  #framesEncoded = 0;
  #keyFramesEncoded = 0;
  #qpSum = 0;
  #totalEncodeTime = 0;
  #framesSent = 0;
  #bytesSent = 0;
  #totalSendTime = 0;
  /** Of the last second: when, and bytes. */
  readonly #sent: { at: number; bytes: number }[] = [];

  encoded(frame: { key: boolean; quantizer: number; encodeTime: number }, size: { width: number; height: number }): void {
    this.#size = size;
    this.#framesEncoded++;
    if (frame.key) this.#keyFramesEncoded++;
    this.#qpSum += frame.quantizer;
    this.#totalEncodeTime += frame.encodeTime / 1000;
  }

  /** `since`: when its picture came; both ms. */
  sent(bytes: number, since: number, now: number): void {
    this.#framesSent++;
    this.#bytesSent += bytes;
    this.#totalSendTime += (now - since) / 1000;
    this.#sent.push({ at: now, bytes });
    this.#forget(now);
  }

  read(now: number, { captured, dropped, size }: Source): VideoSenderCounters {
    this.#forget(now);
    return {
      framesCaptured: captured,
      framesDroppedAtInput: dropped,
      framesDroppedByEncoder: this.framesDroppedByEncoder,
      framesEncoded: this.#framesEncoded,
      keyFramesEncoded: this.#keyFramesEncoded,
      framesSent: this.#framesSent,
      framesNative: this.framesNative,
      bytesSent: this.#bytesSent,
      totalEncodeTime: this.#totalEncodeTime,
      totalSendTime: this.#totalSendTime,
      qpSum: this.#qpSum,
      pliCount: this.pliCount,
      frameWidth: this.#size.width,
      frameHeight: this.#size.height,
      sourceWidth: size.width,
      sourceHeight: size.height,
      framesPerSecond: this.#sent.length,
      bitrate: 8 * this.#sent.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  #forget(now: number): void {
    while (this.#sent[0] && this.#sent[0].at <= now - RATE_WINDOW) this.#sent.shift();
  }
}
