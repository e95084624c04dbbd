import { FrameRateLimiter } from './frame-rate-limiter.js';

/** A picture that waits for the encoder. */
export interface Picture {
  readonly frame: VideoFrame;
  /** When it was captured, as far as it is known, ms. */
  readonly since: number;
}

/** Who is told of pictures. */
export interface PictureInboxUser {
  /** A picture waits. */
  onPicture(): void;
  /** The pictures that follow are of this size. */
  onSize(width: number, height: number): void;
}

/** The pictures of a source at the wanted rate: the newest waits, and takes the place of one that still did. */
export class PictureInbox {
  /** Pictures a second that are taken. */
  frameRate = Infinity;
  captured = 0;
  /** For lack of time to encode them. */
  dropped = 0;
  /** Of the latest picture. */
  size = { width: 0, height: 0 };
  readonly #limiter = new FrameRateLimiter();
  #reader: ReadableStreamDefaultReader<VideoFrame> | undefined;
  #waiting: Picture | undefined;
  /** A copy of the latest picture, for a key frame while the source stands still. */
  #last: VideoFrame | undefined;

  constructor(
    private readonly user: PictureInboxUser,
    private readonly now: () => number,
  ) {}

  get waiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Takes the pictures of `readable` from now on, and no others. */
  async read(readable: ReadableStream<VideoFrame>): Promise<void> {
    this.stop();
    const reader = (this.#reader = readable.getReader());
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        if (this.#reader === reader) this.offer(value);
        else value.close();
      }
    } catch {
      // The end of the track is the window's to see.
    }
  }

  /** Ends what `read()` began; pictures of a source that is gone are not to be sent any more. */
  stop(): void {
    void this.#reader?.cancel().catch(() => {});
    this.#reader = undefined;
    this.clear();
  }

  /** Takes one picture, `age` ms old, which is the inbox's to close from now on. */
  offer(frame: VideoFrame, age = 0): void {
    this.captured++;
    const { displayWidth: width, displayHeight: height } = frame;
    if (width !== this.size.width || height !== this.size.height) {
      this.size = { width, height };
      this.user.onSize(width, height);
    }
    if (!this.#limiter.accepts(frame.timestamp, this.frameRate)) return frame.close();
    this.#last?.close();
    this.#last = frame.clone();
    this.#put(frame, age);
  }

  /** Puts the latest picture in again, unless one waits. */
  repeat(): void {
    if (!this.#waiting && this.#last) this.#put(this.#last.clone());
  }

  /** The picture that waits, which is the caller's to close. */
  take(): Picture | undefined {
    const picture = this.#waiting;
    this.#waiting = undefined;
    return picture;
  }

  /** Forgets all pictures; more may come. */
  clear(): void {
    this.#waiting?.frame.close();
    this.#waiting = undefined;
    this.#last?.close();
    this.#last = undefined;
  }

  #put(frame: VideoFrame, age = 0): void {
    if (this.#waiting) {
      this.#waiting.frame.close();
      this.dropped++;
    }
    this.#waiting = { frame, since: this.now() - age };
    this.user.onPicture();
  }
}
