/** What the encoder did so far. */
export interface EncoderLoad {
  /** Handed to the browser, bytes. */
  readonly bytes: number;
  readonly frames: number;
  /** Frames that came while the one before was still encoded, and were dropped. */
  readonly framesDropped: number;
  /** Spent in encoding, ms. */
  readonly encodeTime: number;
}

/** Share of the time spent in encoding at which the processor is too slow, and below which it has room (libwebrtc's overuse detector: 85 %, 42 %). */
const HIGH_USAGE = 0.85;
const LOW_USAGE = 0.42;

/** Share of frames dropped before the encoder that says the same: others need the processor, too. */
const HIGH_DROPS = 0.1;
const LOW_DROPS = 0.01;

/** Usage is looked at once in this time, ms, and must be high twice (libwebrtc's: 5 s, 2). */
const SPAN = 2500;
const HIGH_SPANS = 2;

/** Fewer frames say nothing. */
const LEAST_FRAMES = 5;

/** How long there must be room before more is asked of the processor, ms; longer each time that was wrong (libwebrtc's: 10 s, 240 s, twice). */
const FIRST_RAMP_UP = 10_000;
const LONGEST_RAMP_UP = 240_000;
const BACK_OFF = 2;

/** Overuse within this time of asking for more shows that it was wrong, ms. */
const REGRET = 30_000;

/**
 * Whether the processor keeps up. Overuse raises `level` by one, room for long enough lowers it; what a level means is decided elsewhere.
 */
export class CpuOveruse {
  readonly #mostLevel: number;
  #level = 0;
  #usage = 0;
  #start: { time: number; load: EncoderLoad } | undefined;
  #highSpans = 0;
  #roomSince: number | undefined;
  #loweredAt = -Infinity;
  #rampUp = FIRST_RAMP_UP;

  /** @param mostLevel the level with nothing left to save */
  constructor(mostLevel: number) {
    this.#mostLevel = mostLevel;
  }

  /** Steps by which the processor is spared, 0 … mostLevel. */
  get level(): number {
    return this.#level;
  }

  /** Share of the time spent in encoding, of the last span. */
  get usage(): number {
    return this.#usage;
  }

  observe(load: EncoderLoad, time: number): void {
    if (!this.#start || load.frames < this.#start.load.frames) {
      this.#start = { time, load };
      return;
    }
    const elapsed = time - this.#start.time;
    if (elapsed < SPAN) return;
    const before = this.#start.load;
    const frames = load.frames - before.frames;
    const dropped = Math.max(0, load.framesDropped - before.framesDropped);
    this.#start = { time, load };
    if (frames + dropped < LEAST_FRAMES) return;
    this.#usage = Math.max(0, load.encodeTime - before.encodeTime) / elapsed;
    this.#judge(this.#usage, dropped / (frames + dropped), time);
  }

  #judge(usage: number, drops: number, time: number): void {
    const high = usage > HIGH_USAGE || drops > HIGH_DROPS;
    const low = usage < LOW_USAGE && drops < LOW_DROPS;
    this.#highSpans = high ? this.#highSpans + 1 : 0;
    this.#roomSince = low ? (this.#roomSince ?? time) : undefined;
    if (this.#highSpans >= HIGH_SPANS) this.#raise(time);
    else if (this.#roomSince !== undefined && time - this.#roomSince >= this.#rampUp) this.#lower(time);
  }

  #raise(time: number): void {
    this.#highSpans = 0;
    if (time - this.#loweredAt < REGRET) this.#rampUp = Math.min(LONGEST_RAMP_UP, BACK_OFF * this.#rampUp);
    this.#level = Math.min(this.#mostLevel, this.#level + 1);
  }

  #lower(time: number): void {
    this.#roomSince = undefined;
    if (this.#level === 0) return;
    this.#level -= 1;
    this.#loweredAt = time;
  }
}
