/** Processor time of this process, user and system, since construction. */
export class Stopwatch {
  readonly #start = process.cpuUsage();

  get cpuSeconds(): number {
    const { user, system } = process.cpuUsage(this.#start);
    return (user + system) / 1e6;
  }
}

/** Processor time of this process, all threads, in some of what it does, and how long that took. */
export class LapWatch {
  #cpuSeconds = 0;
  #seconds = 0;

  get cpuSeconds(): number {
    return this.#cpuSeconds;
  }

  get seconds(): number {
    return this.#seconds;
  }

  measure<T>(work: () => T): T {
    const stopwatch = new Stopwatch();
    const start = performance.now();
    const result = work();
    this.#seconds += (performance.now() - start) / 1000;
    this.#cpuSeconds += stopwatch.cpuSeconds;
    return result;
  }
}

/** `value` with at most `digits` decimals, as a number for JSON. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
