/** Processor time of this process, user and system, since construction. */
export class Stopwatch {
  readonly #start = process.cpuUsage();

  get cpuSeconds(): number {
    const { user, system } = process.cpuUsage(this.#start);
    return (user + system) / 1e6;
  }
}

/** `value` with at most `digits` decimals, as a number for JSON. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
