/**
 * Joining two sounds without a click. One of the few places where JavaScript computes on samples: it must work while there is no
 * WebAssembly yet, and between sounds WebAssembly never sees.
 */

/** Long enough to hide a step in speech, short enough not to be heard as an echo of it. */
export const CROSS_FADE_SECONDS = 0.005;

/** Moves an output between its dry and its processed sound, linearly (the two are correlated, so amplitudes add). */
export class CrossFade {
  #wet = 0;
  #target = 0;
  readonly #step: number;

  constructor(sampleRate: number) {
    this.#step = 1 / (CROSS_FADE_SECONDS * sampleRate);
  }

  set target(wet: boolean) {
    this.#target = wet ? 1 : 0;
  }

  /** Goes from the dry sound alone to the processed one. */
  restart(): void {
    this.#wet = 0;
    this.#target = 1;
  }

  /** Whether nothing is heard but the processed sound. */
  get isWet(): boolean {
    return this.#wet === 1;
  }

  /** Mixes the same stretch of time into every channel: `output` holds the dry sound and receives the result. */
  mix(output: readonly Float32Array[], processed: readonly Float32Array[]): void {
    if (this.#wet === this.#target) {
      if (this.#wet === 1) output.forEach((channel, c) => channel.set(processed[c]!));
      return;
    }
    const step = this.#target > this.#wet ? this.#step : -this.#step;
    const from = this.#wet;
    for (let c = 0; c < output.length; c++) {
      const mixed = output[c]!;
      const other = processed[c]!;
      let wet = from;
      for (let i = 0; i < mixed.length; i++) {
        wet = Math.min(1, Math.max(0, wet + step));
        mixed[i] = mixed[i]! + wet * (other[i]! - mixed[i]!);
      }
      this.#wet = wet;
    }
  }
}

/** Overwrites `into` by a fade from `from` to `into` itself; both hold interleaved frames of `numChannels`. */
export function fadeOver(from: Float32Array, into: Float32Array, numChannels: number): void {
  const frames = into.length / numChannels;
  for (let i = 0; i < into.length; i++) {
    const weight = (Math.floor(i / numChannels) + 1) / (frames + 1);
    into[i] = from[i]! + weight * (into[i]! - from[i]!);
  }
}
