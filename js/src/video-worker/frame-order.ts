/** A frame as it came, of one stream. */
export interface ReceivedFrame {
  readonly payload: Uint8Array;
  readonly key: boolean;
  /** 90 kHz, without wrapping. */
  readonly rtpTimestamp: number;
  /** Of our frame counter, without wrapping; undefined where the sender does not count. */
  readonly counter: number | undefined;
  /** How many frames ago the newest one was that it needs. */
  readonly dependency: number;
  /** When its picture was captured, by the sender's clock, ms. */
  readonly media: number;
  /** ms since the epoch */
  readonly arrival: number;
  /** RTP timestamp of the sound of the same moment. */
  readonly audioTimestamp: number | undefined;
}

/** What may wait: the largest delay, 4 s, at 60 frames a second and 20 Mbit/s, and some. Beyond it only a key frame helps. */
const MAX_FRAMES = 300;
const MAX_BYTES = 16 << 20;
/** Counters of decoded frames that are remembered: as far back as a dependency reaches. */
const MEMORY = 256;

/**
 * Frames in order of their timestamps. They come in another order where one waited for a packet that was sent again, and twice; a frame
 * whose predecessor is missing waits for it, or for the turn of one behind that needs neither.
 */
export class FrameOrder {
  /** Twice, or after their place was passed, or of no use. */
  dropped = 0;
  /** Missing when their turn came, by the frame counter. */
  lost = 0;
  readonly #frames: ReceivedFrame[] = [];
  readonly #decoded = new Set<number>();
  #bytes = 0;
  #lastTimestamp = -Infinity;
  #lastCounter: number | undefined;
  /** Whether a key frame was taken since the beginning or the last failure. */
  #started = false;

  insert(frame: ReceivedFrame): void {
    if (frame.rtpTimestamp <= this.#lastTimestamp) return this.#drop(1);
    let at = this.#frames.length;
    while (at > 0 && this.#frames[at - 1]!.rtpTimestamp > frame.rtpTimestamp) at--;
    if (this.#frames[at - 1]?.rtpTimestamp === frame.rtpTimestamp) return this.#drop(1);
    this.#frames.splice(at, 0, frame);
    this.#bytes += frame.payload.length;
    if (this.#frames.length > MAX_FRAMES || this.#bytes > MAX_BYTES) this.#overflow();
  }

  /** The frame to decode next, if one can be; it stays, as those before it do, which may yet become of use. */
  get head(): ReceivedFrame | undefined {
    return this.#frames[this.#next];
  }

  /** Whether frames wait for one that is missing. */
  get stalled(): boolean {
    return this.#frames.length > 0 && this.#next < 0;
  }

  /** Takes `head` out, to be decoded, and drops those before it. */
  take(): ReceivedFrame | undefined {
    const next = this.#next;
    if (next < 0) return undefined;
    this.#skip(next);
    const frame = this.#frames[0]!;
    this.#remove(1);
    this.#lastTimestamp = frame.rtpTimestamp;
    this.#started = true;
    this.#count(frame);
    if (frame.key) this.#decoded.clear();
    if (frame.counter !== undefined) this.#decoded.add(frame.counter);
    if (this.#decoded.size > MEMORY) this.#decoded.delete(this.#decoded.values().next().value!);
    return frame;
  }

  /** The taken frame did not decode: only a key frame helps. */
  fail(): void {
    this.#started = false;
    this.#decoded.clear();
  }

  /** Another stream follows. */
  reset(): void {
    this.#skip(this.#frames.length);
    this.fail();
    this.#lastTimestamp = -Infinity;
    this.#lastCounter = undefined;
  }

  get #next(): number {
    return this.#frames.findIndex((frame) => this.#decodes(frame));
  }

  /** The turn of a frame has come, whether it is of use or not. */
  #count({ counter }: ReceivedFrame): void {
    if (counter !== undefined && this.#lastCounter !== undefined) this.lost += Math.max(0, counter - this.#lastCounter - 1);
    this.#lastCounter = counter;
  }

  #decodes({ key, counter, dependency }: ReceivedFrame): boolean {
    if (key) return true;
    if (!this.#started) return false;
    return counter === undefined || this.#decoded.has(counter - dependency);
  }

  /** Whoever never gives the missing frame cannot make us keep all that follow. */
  #overflow(): void {
    const lastKey = this.#frames.map(({ key }) => key).lastIndexOf(true);
    this.#skip(lastKey > 0 ? lastKey : this.#frames.length);
    this.fail();
  }

  /** Drops the first frames, of which nothing will come. */
  #skip(count: number): void {
    for (const frame of this.#frames.slice(0, count)) this.#count(frame);
    this.#drop(count);
    this.#remove(count);
  }

  #remove(count: number): void {
    for (const { payload } of this.#frames.splice(0, count)) this.#bytes -= payload.length;
  }

  #drop(count: number): void {
    this.dropped += count;
  }
}
