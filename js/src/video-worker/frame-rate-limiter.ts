/** Share of an interval by which a picture may come early: cameras are not exact. */
const EARLY = 0.3;

/** Lets pictures pass at a frame rate, evenly: the next is due an interval after the last was, not after it came. */
export class FrameRateLimiter {
  #due: number | undefined;

  /** Whether the picture of `timestamp` (µs) is to be encoded at `frameRate`. */
  accepts(timestamp: number, frameRate: number): boolean {
    const interval = 1e6 / frameRate;
    // A pause, a new source or a new rate: begins anew.
    if (this.#due === undefined || timestamp > this.#due + 2 * interval || timestamp < this.#due - 2 * interval) this.#due = timestamp;
    if (timestamp < this.#due - EARLY * interval) return false;
    this.#due += interval;
    return true;
  }
}
