/** The estimate lives if it moved by this share within LIFE. */
const MOVED = 0.02;

/** ms. */
const LIFE = 10_000;

/** A fall by this share within FALL_SPAN is its detection of overuse; GCC lowers to 0.85 of what is received (draft §5.5). */
const FALLEN = 0.1;

/** ms. */
const FALL_SPAN = 2000;

/** The browser's pacer sends at 2.5 times the estimate; above that, packets wait in it. */
const CEILING = 2;

/**
 * The browser's own estimate (availableOutgoingBitrate). It is made of feedback for every packet, ours included, so it knows of a full
 * queue sooner than any report; but it follows what is sent, and a carrier that sends little may leave it where it began.
 */
export class NativeEstimate {
  #values: { time: number; value: number }[] = [];
  #movedAt = -Infinity;

  /** @returns whether the estimate has just fallen below what is sent */
  observe(value: number, sentRate: number, time: number): boolean {
    const before = this.#values.at(-1);
    if (before && Math.abs(value - before.value) > MOVED * before.value) this.#movedAt = time;
    this.#values = [...this.#values.filter((old) => old.time > time - FALL_SPAN), { time, value }];
    const highest = Math.max(...this.#values.map((old) => old.value));
    const falls = before !== undefined && value < before.value && value < (1 - FALLEN) * highest && value < sentRate;
    return falls && this.#movedAt > time - LIFE;
  }

  /** No more than this may be sent without waiting in the browser's pacer, bit/s. */
  get ceiling(): number {
    const last = this.#values.at(-1);
    return last ? CEILING * last.value : Infinity;
  }
}
