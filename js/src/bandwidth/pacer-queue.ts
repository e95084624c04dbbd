import type { NetworkSample } from './network-sample.js';
import type { SendHistory } from './send-history.js';
import { WindowedMinimum } from './windowed-minimum.js';

/** Waiting in the pacer above the usual, ms: for two looks in a row, or at once. A key frame alone takes its time, too. */
const HIGH_DELAY = 100;
const HIGHEST_DELAY = 300;

/** The usual wait is the smallest of this time, ms. */
const USUAL_SPAN = 30_000;

/** What leaves now is taken over this, ms. */
const RATE_SPAN = 1000;

/**
 * What waits in the browser before it goes on the wire. Nothing throttles our payload, so this queue grows without bound when the
 * browser's own congestion control thinks less of the network than we do. It is seen twice: by totalPacketSendDelay where there is
 * one, which tells of packets once they have left, and by what was encoded and not sent yet, which tells of those that have not.
 */
export class PacerQueue {
  readonly #usual = new WindowedMinimum(USUAL_SPAN);
  readonly #leastBacklog = new WindowedMinimum(USUAL_SPAN);
  #backlog = 0;
  #highLooks = 0;
  #delay = 0;

  /** Above the usual, ms. */
  get delay(): number {
    return this.#delay;
  }

  /** @returns whether more waits than pacing explains */
  observe(sample: NetworkSample, sent: SendHistory): boolean {
    const { time } = sample;
    this.#delay = Math.max(this.#told(sample), this.#counted(sample, sent));
    this.#highLooks = this.#delay > HIGH_DELAY ? this.#highLooks + 1 : 0;
    return this.#highLooks >= 2 || (this.#highLooks > 0 && this.#delay > HIGHEST_DELAY && sent.rate(time - RATE_SPAN, time) > 0);
  }

  #told({ sendDelay, time }: NetworkSample): number {
    if (sendDelay === undefined) return 0;
    this.#usual.observe(sendDelay, time);
    return sendDelay - this.#usual.value;
  }

  /** Packets carry a little more than our payload, so the difference falls by itself: it is held at zero, and what is always there is usual. */
  #counted({ encodedBytes, mediaBytes, time }: NetworkSample, sent: SendHistory): number {
    if (encodedBytes === undefined) return 0;
    this.#backlog = Math.max(0, this.#backlog + encodedBytes - mediaBytes);
    this.#leastBacklog.observe(this.#backlog, time);
    const rate = sent.rate(time - RATE_SPAN, time);
    return rate > 0 ? (8000 * (this.#backlog - this.#leastBacklog.value)) / rate : 0;
  }
}
