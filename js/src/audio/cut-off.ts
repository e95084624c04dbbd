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
  readonly #runOutFrames: number;
  #live = 0;
  #last = 0;
  #level = 0;
  #left = 0;

  constructor(sampleRate: number) {
    this.#liveFrames = LIVE_SECONDS * sampleRate;
    this.#runOutFrames = Math.round(RUN_OUT_SECONDS * sampleRate);
  }

  /** Changes `block`, the next of the channel, only where a sound was cut off. Silence where nothing plays upstream. */
  smooth(block: Float32Array): void {
    let end = block.length;
    while (end > 0 && block[end - 1] === 0) end--;
    let from = 0;
    if (block.length - end < SILENT_FRAMES) {
      this.#live += block.length;
    } else {
      if (this.#live + end >= this.#liveFrames) {
        from = end;
        this.#level = end > 0 ? block[end - 1]! : this.#last;
        this.#left = this.#runOutFrames;
      }
      this.#live = 0;
    }
    this.#last = block[block.length - 1]!;
    // Added, so that it joins a sound that comes back as well.
    for (let i = from; i < block.length && this.#left > 0; i++) {
      this.#left--;
      block[i] = block[i]! + (this.#level * this.#left) / this.#runOutFrames;
    }
  }
}
