/** Numbers of a few bits that wrap, without wrapping: each is taken as near as possible to the one before. */
export class Unwrapper {
  #last: number | undefined;

  constructor(private readonly bits: 16 | 32) {}

  unwrap(value: number): number {
    const range = 2 ** this.bits;
    if (this.#last === undefined) return (this.#last = value);
    const step = (value - this.#last) % range;
    const shortest = step > range / 2 ? step - range : step < -range / 2 ? step + range : step;
    return (this.#last += shortest);
  }
}
