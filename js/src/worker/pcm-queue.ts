import { PcmFifo } from './pcm-fifo.js';

/** Sound kept at most, 500 ms: longer than any pause of a worker that is still of use. Frames at 48 kHz. */
const CAPACITY_FRAMES = 24000;

/** What is left in the queue after the first frame is taken: one tap block, its granularity. */
const START_SURPLUS = 256;

/** What has to be left always before a frame is taken, 2.5 ms; anything less risks a wait, anything more is delay. */
const KEEP_SURPLUS = 120;

/** Surplus that was there at every frame of a window is delay without use: above 10 ms it is cut down to KEEP_SURPLUS. */
const CUT_ABOVE = 480;
const WINDOW_FRAMES = 100;

/**
 * The encoder's input: a queue that stays as short as the arrival of sound and carrier frames allows. Both run at nearly the
 * same rate; what drift and stalls leave behind is measured as the least surplus over a window and cut out of the sound.
 */
export class PcmQueue {
  readonly #fifo: PcmFifo;
  #aligned = false;
  #least = Infinity;
  #taken = 0;
  /** Frames removed from flowing sound so far. */
  trimmed = 0;

  constructor(numChannels: number) {
    this.#fifo = new PcmFifo(numChannels, CAPACITY_FRAMES);
  }

  get level(): number {
    return this.#fifo.level;
  }

  write(block: Float32Array): void {
    this.#fifo.write(block);
  }

  /** The next frame is not the continuation of the last: it starts with the newest sound. */
  restart(): void {
    this.#aligned = false;
  }

  clear(): void {
    this.#fifo.clear();
    this.restart();
  }

  /**
   * Fills `out` with the next `frames` frames and returns true, or returns false while there are not as many. `wanted` is what
   * all carrier frames that wait now will take, this one included.
   */
  take(out: Float32Array, frames: number, wanted = frames): boolean {
    if (this.level < frames) return false;
    if (!this.#aligned) this.#align(wanted);
    this.#trim(this.level - wanted);
    this.#fifo.read(out);
    return true;
  }

  #align(wanted: number): void {
    this.#fifo.discard(this.level - wanted - START_SURPLUS);
    this.#aligned = true;
    this.#forget();
  }

  #trim(surplus: number): void {
    this.#least = Math.min(this.#least, surplus);
    if (++this.#taken < WINDOW_FRAMES) return;
    const excess = this.#least - KEEP_SURPLUS;
    if (this.#least > CUT_ABOVE && this.#fifo.cut(excess)) this.trimmed += excess;
    this.#forget();
  }

  #forget(): void {
    this.#least = Infinity;
    this.#taken = 0;
  }
}
