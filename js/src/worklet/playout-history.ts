import { HISTORY_COLUMNS, HISTORY_INTERVAL, HISTORY_LENGTH } from '../protocol.js';
import { PlayoutStat } from '../wasm/abi.js';

/** What is looked at: a chain's values, in the order of PlayoutStat. */
interface Watched {
  look(): Readonly<Float64Array>;
}

/** Delay and concealment of the last minute. Everything is allocated when it is made, but for what `read` gives away. */
export class PlayoutHistory {
  readonly #rows = new Float64Array(HISTORY_LENGTH * HISTORY_COLUMNS);
  readonly #interval = Math.round(HISTORY_INTERVAL * sampleRate);
  #length = 0;
  #next = 0;
  #frames = 0;
  #total = 0;
  #concealed = 0;

  /** After every render quantum of `frames`, which began at `time` (of the context, seconds). */
  watch(chain: Watched, time: number, frames: number): void {
    this.#frames += frames;
    if (this.#frames < this.#interval) return;
    this.#frames -= this.#interval;
    const values = chain.look();
    const total = values[PlayoutStat.TotalSamples]!;
    const concealed = values[PlayoutStat.ConcealedSamples]!;
    const at = this.#next * HISTORY_COLUMNS;
    this.#rows[at] = time;
    this.#rows[at + 1] = values[PlayoutStat.CurrentDelayMs]!;
    this.#rows[at + 2] = values[PlayoutStat.TargetDelayMs]!;
    this.#rows[at + 3] = total > this.#total ? (concealed - this.#concealed) / (total - this.#total) : 0;
    this.#total = total;
    this.#concealed = concealed;
    this.#next = (this.#next + 1) % HISTORY_LENGTH;
    this.#length = Math.min(HISTORY_LENGTH, this.#length + 1);
  }

  /** A copy, the oldest row first. */
  read(): Float64Array<ArrayBuffer> {
    const rows = new Float64Array(this.#length * HISTORY_COLUMNS);
    const end = this.#next * HISTORY_COLUMNS;
    // Once it is full, the oldest row is the one to be overwritten next.
    if (this.#length === HISTORY_LENGTH) rows.set(this.#rows.subarray(end));
    rows.set(this.#rows.subarray(0, end), rows.length - end);
    return rows;
  }
}
