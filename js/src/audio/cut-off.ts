/**
 * A device that is unplugged or muted stops in the middle of a wave. This lets the sound run out instead: joining sound and
 * silence has to work while there is no WebAssembly, as the cross-fade has.
 */

/** Sound has to have gone on for so long, or a single pulse would be taken for a device. */
const LIVE_SECONDS = 0.01;
/** So many exact zeros are silence; fewer are a wave that crosses zero. */
const SILENT_FRAMES = 16;
/** Long enough not to be heard as a click, too short to be heard at all. */
const RUN_OUT_SECONDS = 0.005;

/** Runs out one channel. */
export class CutOff {
  readonly #liveFrames: number;
  /** The newest sound, the next place to write being the oldest. */
  readonly #past: Float32Array;
  #next = 0;
  #live = 0;
  readonly #tail: Float32Array;
  #tailAt: number;

  constructor(sampleRate: number) {
    this.#liveFrames = LIVE_SECONDS * sampleRate;
    const runOutFrames = Math.round(RUN_OUT_SECONDS * sampleRate);
    this.#past = new Float32Array(runOutFrames + 1);
    this.#tail = new Float32Array(runOutFrames);
    this.#tailAt = runOutFrames;
  }

  /** Changes `block`, the next of the channel, only where a sound was cut off. Silence where nothing plays upstream. */
  smooth(block: Float32Array): void {
    let end = block.length;
    while (end > 0 && block[end - 1] === 0) end--;
    let from = 0;
    if (block.length - end < SILENT_FRAMES) {
      this.#live += block.length;
      this.#remember(block, block.length);
    } else {
      if (this.#live + end >= this.#liveFrames) {
        this.#remember(block, end);
        this.#mirror();
        from = end;
      }
      this.#live = 0;
    }
    // Added, so that it joins a sound that comes back as well.
    for (let i = from; i < block.length && this.#tailAt < this.#tail.length; i++) {
      block[i] = block[i]! + this.#tail[this.#tailAt++]!;
    }
  }

  #remember(block: Float32Array, frames: number): void {
    for (let i = Math.max(0, frames - this.#past.length); i < frames; i++) {
      this.#past[this.#next] = block[i]!;
      this.#next = (this.#next + 1) % this.#past.length;
    }
  }

  /** The tail: the past mirrored at its last sample, which goes on with the same value and slope, faded out. */
  #mirror(): void {
    const { length } = this.#past;
    const past = (age: number) => this.#past[(this.#next - 1 - age + 2 * length) % length]!;
    const frames = this.#tail.length;
    for (let i = 0; i < frames; i++) {
      const fade = 0.5 + 0.5 * Math.cos((Math.PI * (i + 1)) / frames);
      this.#tail[i] = fade * (2 * past(0) - past(i + 1));
    }
    this.#tailAt = 0;
  }
}
