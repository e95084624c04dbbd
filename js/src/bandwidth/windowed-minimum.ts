/** Smallest value of a span of time that moves along, in two halves: what is older than the span is forgotten within half of it. */
export class WindowedMinimum {
  readonly #half: number;
  #since = -Infinity;
  #older = Infinity;
  #newer = Infinity;

  /** @param span in the unit of `time` */
  constructor(span: number) {
    this.#half = span / 2;
  }

  /** Infinite before the first value. */
  get value(): number {
    return Math.min(this.#older, this.#newer);
  }

  observe(value: number, time: number): void {
    if (time - this.#since >= this.#half) {
      this.#older = this.#newer;
      this.#newer = Infinity;
      this.#since = time;
    }
    this.#newer = Math.min(this.#newer, value);
  }

  /** Forgets all but this. */
  restart(value: number, time: number): void {
    this.#older = Infinity;
    this.#newer = value;
    this.#since = time;
  }
}
