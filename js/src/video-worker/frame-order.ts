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

/** Frames that may wait; beyond it only a key frame helps. */
const MAX_FRAMES = 120;
const MAX_BYTES = 8 << 20;
/** Counters of decoded frames that are remembered: as far back as a dependency reaches. */
const MEMORY = 256;

/**
 * Frames in order of their timestamps. They come in another order where one waited for a packet that was sent again, and twice; a frame
 * whose predecessor is missing waits for it, or for a key frame.
 */
export class FrameOrder {
  /** Twice, or after their place was passed, or of no use. */
  dropped = 0;
  /** Missing for good, by the frame counter. */
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

  /** The frame to decode next, if one can be; it stays. Frames that a key frame behind them makes useless are dropped. */
  get head(): ReceivedFrame | undefined {
    const first = this.#frames[0];
    if (!first || this.#decodes(first)) return first;
    const next = this.#frames.findIndex(({ key }) => key);
    if (next < 0) return undefined;
    this.#remove(next);
    this.#drop(next);
    return this.#frames[0];
  }

  /** Whether frames wait for one that is missing. */
  get stalled(): boolean {
    return this.#frames.length > 0 && !this.head;
  }

  /** The frame after `head`, if it can be decoded then. */
  get following(): ReceivedFrame | undefined {
    const second = this.#frames[1];
    return second && this.#decodes(second, this.#frames[0]) ? second : undefined;
  }

  /** Takes `head` out, to be decoded. */
  take(): ReceivedFrame | undefined {
    const frame = this.head;
    if (!frame) return undefined;
    this.#remove(1);
    this.#lastTimestamp = frame.rtpTimestamp;
    this.#started = true;
    this.#count(frame);
    return frame;
  }

  /** The taken frame did not decode: only a key frame helps. */
  fail(): void {
    this.#started = false;
    this.#decoded.clear();
  }

  /** Another stream follows. */
  reset(): void {
    this.#drop(this.#frames.length);
    this.#remove(this.#frames.length);
    this.fail();
    this.#lastTimestamp = -Infinity;
    this.#lastCounter = undefined;
  }

  #count({ key, counter }: ReceivedFrame): void {
    if (key) this.#decoded.clear();
    if (counter === undefined) {
      this.#lastCounter = undefined;
      return;
    }
    if (this.#lastCounter !== undefined) this.lost += Math.max(0, counter - this.#lastCounter - 1);
    this.#lastCounter = counter;
    this.#decoded.add(counter);
    if (this.#decoded.size > MEMORY) this.#decoded.delete(this.#decoded.values().next().value!);
  }

  #decodes({ key, counter, dependency }: ReceivedFrame, after?: ReceivedFrame): boolean {
    if (key) return true;
    if (!this.#started && !after) return false;
    if (counter === undefined) return true;
    const needed = counter - dependency;
    return this.#decoded.has(needed) || after?.counter === needed;
  }

  /** Whoever never gives the missing frame cannot make us keep all that follow. */
  #overflow(): void {
    const lastKey = this.#frames.map(({ key }) => key).lastIndexOf(true);
    const useless = lastKey > 0 ? lastKey : this.#frames.length;
    this.#drop(useless);
    this.#remove(useless);
    this.fail();
  }

  #remove(count: number): void {
    for (const { payload } of this.#frames.splice(0, count)) this.#bytes -= payload.length;
  }

  #drop(count: number): void {
    this.dropped += count;
  }
}
