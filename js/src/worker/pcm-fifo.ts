import { fadeOver } from '../audio/cross-fade.js';

/** Join of a cut, in frames at 48 kHz: 2.5 ms. */
const JOIN_FRAMES = 120;

/** Interleaved sound between the tap and the encoder: a ring of fixed size that loses its oldest frames when full. */
export class PcmFifo {
  readonly #ring: Float32Array;
  readonly #faded: Float32Array;
  readonly #kept: Float32Array;
  /** Frames since construction; their difference is the level. */
  #written = 0;
  #read = 0;

  constructor(
    private readonly numChannels: number,
    private readonly capacityFrames: number,
  ) {
    this.#ring = new Float32Array(capacityFrames * numChannels);
    this.#faded = new Float32Array(JOIN_FRAMES * numChannels);
    this.#kept = new Float32Array(JOIN_FRAMES * numChannels);
  }

  /** Frames waiting. */
  get level(): number {
    return this.#written - this.#read;
  }

  /** Appends whole frames, at most the capacity at a time. */
  write(samples: Float32Array): void {
    this.#copyIn(samples, this.#written);
    this.#written += samples.length / this.numChannels;
    if (this.level > this.capacityFrames) this.#read = this.#written - this.capacityFrames;
  }

  /** Fills `out`; there must be as much (`level`). */
  read(out: Float32Array): void {
    this.#copyOut(out, this.#read);
    this.#read += out.length / this.numChannels;
  }

  /** Drops the oldest frames, all of them at most; for a gap in the sound or before it starts. */
  discard(frames: number): void {
    this.#read += Math.max(0, Math.min(frames, this.level));
  }

  /**
   * Drops `frames` out of flowing sound without a click: the sound before the cut fades into the sound after it. Does nothing
   * and returns false when too little is waiting for the join.
   */
  cut(frames: number): boolean {
    if (this.level < frames + JOIN_FRAMES) return false;
    this.#copyOut(this.#faded, this.#read);
    this.#read += frames;
    this.#copyOut(this.#kept, this.#read);
    fadeOver(this.#faded, this.#kept, this.numChannels);
    this.#copyIn(this.#kept, this.#read);
    return true;
  }

  clear(): void {
    this.#read = this.#written;
  }

  #copyIn(samples: Float32Array, frame: number): void {
    const start = (frame % this.capacityFrames) * this.numChannels;
    const first = Math.min(samples.length, this.#ring.length - start);
    this.#ring.set(samples.subarray(0, first), start);
    this.#ring.set(samples.subarray(first), 0);
  }

  #copyOut(out: Float32Array, frame: number): void {
    const start = (frame % this.capacityFrames) * this.numChannels;
    const first = Math.min(out.length, this.#ring.length - start);
    out.set(this.#ring.subarray(start, start + first));
    out.set(this.#ring.subarray(0, out.length - first), first);
  }
}
