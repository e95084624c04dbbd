import type { EventQueue } from './event-queue.js';

/**
 * The congestion control inside the browser, which our payload passes: what it estimates, and how fast its pacer sends.
 * - `gcc`: follows per-packet feedback, in the manner of GCC (draft-ietf-rmcat-gcc-02 §5): falls to 0.85 of what arrives when the queue
 *   grows, rises by 8 % per second up to 1.5 times what arrives;
 * - `stuck`: stays at the 300 kbit/s it began with, as a carrier that sends almost nothing may leave it;
 * - `none`: paces nothing.
 */
export type NativeBehaviour = 'gcc' | 'stuck' | 'none';

const PACING_FACTOR = 2.5;
const FEEDBACK_INTERVAL = 100;
/** Of the queueing delay within half a second, ms: GCC's threshold of 12.5 ms (draft §5.4), scaled as its detector scales the trend. */
const OVERUSE_GROWTH = 20;
/** What has waited in the pacer for this long is sent, whatever the rate, ms. */
const QUEUE_TIME_LIMIT = 2000;

interface Arrival {
  readonly time: number;
  readonly bytes: number;
  readonly waited: number;
}

export class NativeModel {
  estimate = 300_000;
  #arrivals: Arrival[] = [];
  #heldUntil = 0;

  constructor(
    events: EventQueue,
    private readonly behaviour: NativeBehaviour,
  ) {
    const tick = () => {
      this.#update(events.now);
      events.after(FEEDBACK_INTERVAL, tick);
    };
    if (behaviour === 'gcc') events.after(FEEDBACK_INTERVAL, tick);
  }

  /** bit/s, for a pacer that holds `bytes`, the oldest for `age` ms. */
  pacingRate(bytes: number, age: number): number {
    if (this.behaviour === 'none') return Infinity;
    return Math.max(PACING_FACTOR * this.estimate, (8000 * bytes) / Math.max(1, QUEUE_TIME_LIMIT - age));
  }

  /** Feedback for one packet has come. */
  feedback(time: number, bytes: number, waited: number): void {
    this.#arrivals.push({ time, bytes, waited });
  }

  #update(now: number): void {
    this.#arrivals = this.#arrivals.filter(({ time }) => time > now - 500);
    if (this.#arrivals.length < 5 || now < 1000) return;
    const rate = (8000 * this.#arrivals.reduce((sum, { bytes }) => sum + bytes, 0)) / 500;
    const half = this.#arrivals.length >> 1;
    const mean = (part: Arrival[]) => part.reduce((sum, { waited }) => sum + waited, 0) / part.length;
    const growth = mean(this.#arrivals.slice(half)) - mean(this.#arrivals.slice(0, half));
    if (growth > OVERUSE_GROWTH) {
      this.estimate = Math.min(this.estimate, 0.85 * rate);
      this.#heldUntil = now + 300;
    } else if (now > this.#heldUntil) {
      this.estimate = Math.max(this.estimate, Math.min(this.estimate * 1.08 ** (FEEDBACK_INTERVAL / 1000), 1.5 * rate + 10_000));
    }
    this.estimate = Math.max(30_000, this.estimate);
  }
}
