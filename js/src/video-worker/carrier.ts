import { CARRIER_SIDE } from '../video-call-protocol.js';

/** After so long without an answer another picture is pushed: the browser's encoder may have dropped one. ms */
const PATIENCE = 100;

/** Pushes pictures into the carrier's track, each of which should come to the transform as one frame. */
export class Carrier {
  #writer: WritableStreamDefaultWriter<VideoFrame> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #pushedAt = 0;
  #shade = 0;

  constructor(
    /** Has the window push a picture, where the track is written there. */
    private readonly ask: () => void,
    private readonly now: () => number,
  ) {}

  /** Where the track is written here. */
  connect(writable: WritableStream<VideoFrame>): void {
    this.#writer = writable.getWriter();
  }

  push(): void {
    this.#pushedAt = this.now();
    if (this.#writer) this.#write(this.#writer);
    else this.ask();
  }

  /** Pushes again whenever a frame is `due()` and none came. */
  watch(due: () => boolean): void {
    this.rest();
    this.#timer = setInterval(() => {
      if (this.now() - this.#pushedAt >= PATIENCE && due()) this.push();
    }, PATIENCE);
  }

  /** No picture is needed until the next `watch()`. */
  rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  close(): void {
    this.rest();
    void this.#writer?.close().catch(() => {});
    this.#writer = undefined;
  }

  #write(writer: WritableStreamDefaultWriter<VideoFrame>): void {
    const grey = new Uint8Array((CARRIER_SIDE * CARRIER_SIDE * 3) / 2).fill(128);
    // Each differs from the one before, since an encoder may leave out what does not change.
    grey[0] = 128 + (this.#shade ^= 1);
    const format = { format: 'I420', codedWidth: CARRIER_SIDE, codedHeight: CARRIER_SIDE } as const;
    const picture = new VideoFrame(grey, { ...format, timestamp: Math.round(1000 * this.now()) });
    writer.write(picture).catch(() => picture.close());
  }
}
