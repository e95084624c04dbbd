/** Sizes of the frames of an encoder with rate control: noise, scenes that are dear for a while, key frames that cost several. */

/** A key frame, in frames of the mean size. */
const KEY_FRAME = 6;

/** What was too much or too little is made up for over this many frames. */
const CORRECTION = 15;

export class CodecModel {
  /** bit/s. */
  bitrate: number;
  frameRate: number;
  #debt = 0;
  #scene = 0;
  #key = true;

  constructor(
    private readonly random: () => number,
    { bitrate, frameRate = 30 }: { bitrate: number; frameRate?: number },
  ) {
    this.bitrate = bitrate;
    this.frameRate = frameRate;
  }

  requestKeyFrame(): void {
    this.#key = true;
  }

  /** Bytes of the next frame. */
  encode(): number {
    const mean = this.bitrate / 8 / this.frameRate;
    this.#scene = 0.97 * this.#scene + 0.05 * (this.random() - 0.5);
    const noise = Math.exp(0.8 * (this.random() - 0.5) + 2 * this.#scene);
    const wanted = Math.max(0.2 * mean, mean - this.#debt / CORRECTION);
    const bytes = Math.max(40, this.#key ? KEY_FRAME * mean * (0.8 + 0.4 * this.random()) : wanted * noise);
    this.#key = false;
    this.#debt += bytes - mean;
    // An encoder's buffer is finite: of one long excess not all is made up for.
    this.#debt = Math.max(-10 * mean, Math.min(20 * mean, this.#debt));
    return Math.round(bytes);
  }
}
