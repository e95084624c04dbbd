// From counters to what a person can read: means over the time between two looks, and sums since the codec was chosen.
import type { ReceiverSample, SenderSample, VideoSample } from './video-sample';

/** NaN: not known. */
export interface VideoFigures {
  readonly sentFrameRate: number;
  readonly shownFrameRate: number;
  /** ms a frame */
  readonly encodeTime: number;
  readonly decodeTime: number;
  /** bit/s */
  readonly targetBitrate: number;
  readonly sentBitrate: number;
  readonly quantizer: number;
  /** ms */
  readonly queueDelay: number;
  readonly receiverDelay: number;
  readonly syncOffset: number;
  /** 0 … 1 */
  readonly loss: number;
  /** Since the codec was chosen; time in s. */
  readonly freezes: number;
  readonly freezeTime: number;
  readonly keyFrameRequests: number;
}

/** An end at two times, of one codec. */
interface Pair<Sample> {
  readonly first: Sample;
  readonly last: Sample;
}

export class VideoMeter {
  #sender?: Pair<SenderSample>;
  #receiver?: Pair<ReceiverSample>;
  #at = 0;

  /** Forgets what was seen: counters may have gone on for another reason since. */
  reset(): void {
    this.#sender = this.#receiver = undefined;
  }

  /** `seconds`: the time of the sample. */
  measure({ sender, receiver }: VideoSample, seconds: number): VideoFigures {
    const nearBefore = this.#sender?.last.whose === sender.whose ? this.#sender : { first: sender, last: sender };
    const farBefore = this.#receiver?.last.whose === receiver.whose ? this.#receiver : { first: receiver, last: receiver };
    const interval = seconds - this.#at;
    this.#sender = { first: nearBefore.first, last: sender };
    this.#receiver = { first: farBefore.first, last: receiver };
    this.#at = seconds;

    const encoded = sender.framesEncoded - nearBefore.last.framesEncoded;
    const decoded = receiver.framesDecoded - farBefore.last.framesDecoded;
    return {
      sentFrameRate: sender.framesPerSecond,
      shownFrameRate: receiver.framesPerSecond,
      encodeTime: (1000 * (sender.encodeTime - nearBefore.last.encodeTime)) / encoded,
      decodeTime: (1000 * (receiver.decodeTime - farBefore.last.decodeTime)) / decoded,
      targetBitrate: sender.targetBitrate,
      sentBitrate: sender === nearBefore.last ? NaN : (8 * (sender.bytes - nearBefore.last.bytes)) / interval,
      quantizer: (sender.qpSum - nearBefore.last.qpSum) / encoded,
      queueDelay: sender.queueDelay,
      receiverDelay: (1000 * (receiver.delay - farBefore.last.delay)) / (receiver.delayedFrames - farBefore.last.delayedFrames),
      syncOffset: receiver.syncOffset,
      loss: sender.loss,
      freezes: receiver.freezes - farBefore.first.freezes,
      freezeTime: receiver.freezeTime - farBefore.first.freezeTime,
      keyFrameRequests: receiver.keyFrameRequests - farBefore.first.keyFrameRequests,
    };
  }
}
