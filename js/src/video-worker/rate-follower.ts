/** Of the past that counts, µs. */
const WINDOW = 1_000_000;
/** Enough to say a rate from. */
const MIN_SPAN = 250_000;

interface Arrival {
  readonly timestamp: number;
  readonly bytes: number;
}

/** The bitrate and frame rate of a stream over the last second, by its timestamps. */
export class RateFollower {
  #arrivals: Arrival[] = [];

  /** @param timestamp µs; one that goes back, or far ahead, begins anew */
  add(timestamp: number, bytes: number): void {
    const last = this.#arrivals.at(-1);
    if (last && (timestamp <= last.timestamp || timestamp > last.timestamp + WINDOW)) this.#arrivals = [];
    this.#arrivals.push({ timestamp, bytes });
    const oldest = this.#arrivals.findIndex((arrival) => arrival.timestamp > timestamp - WINDOW);
    this.#arrivals.splice(0, oldest);
  }

  /** bit/s; undefined until there was enough of the stream. */
  get bitrate(): number | undefined {
    const span = this.#span;
    // The newest frame is shown for a time that is not known yet.
    const bytes = this.#arrivals.slice(0, -1).reduce((sum, arrival) => sum + arrival.bytes, 0);
    return span && (bytes * 8e6) / span;
  }

  /** Likewise, frames a second. */
  get frameRate(): number | undefined {
    const span = this.#span;
    return span && ((this.#arrivals.length - 1) * 1e6) / span;
  }

  get #span(): number | undefined {
    const span = this.#arrivals.length > 1 ? this.#arrivals.at(-1)!.timestamp - this.#arrivals[0]!.timestamp : 0;
    return span >= MIN_SPAN ? span : undefined;
  }
}
