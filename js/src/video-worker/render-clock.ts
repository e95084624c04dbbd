/** Share of frames that are to be there in time. */
const IN_TIME = 0.95;
/** Lateness is remembered of so many frames, and for so long. ms */
const MAX_FRAMES = 600;
const MEMORY = 10_000;
/** The smallest travelling time is looked for in two windows of this length: clocks drift apart. ms */
const BASE_WINDOW = 15_000;
/** What the delay may change in a second, ms: a picture that speeds up or slows down by more is seen. */
const MAX_RISE = 200;
const MAX_FALL = 30;
/** A step of this size is another stream, ms. */
const MAX_STEP = 5000;

/**
 * When to show what: the media time of frames against the time they came. The fastest frames give the line, the others' lateness behind it
 * gives the delay that has almost all of them in time.
 */
export class RenderClock {
  minDelay = 0;
  maxDelay = 2000;
  /** Behind the fastest frames, ms; at least so much for the sound's sake. */
  syncDelay = 0;
  #bases = { current: Infinity, previous: Infinity, until: -Infinity };
  readonly #lateness: { readonly at: number; by: number }[] = [];
  #delay = 0;
  #movedAt: number | undefined;

  /** A frame of media time `media` came at `arrival`, both ms. */
  arrived(media: number, arrival: number): void {
    const travel = arrival - media;
    if (Math.abs(travel - this.#base) > MAX_STEP && this.#base !== Infinity) this.reset();
    const before = this.#base;
    if (arrival >= this.#bases.until) this.#bases = { previous: this.#bases.current, current: Infinity, until: arrival + BASE_WINDOW };
    this.#bases.current = Math.min(this.#bases.current, travel);
    if (this.#base > before) this.#rebase(this.#base - before);
    this.#lateness.push({ at: arrival, by: travel - this.#base });
    while (this.#lateness.length > MAX_FRAMES || this.#lateness[0]!.at < arrival - MEMORY) this.#lateness.shift();
    this.#move(arrival);
  }

  /** When to show the frame of media time `media`. */
  renderTime(media: number): number {
    return media + this.#base + this.#delay;
  }

  /** When the fastest frames came, by media time; what `syncDelay` is measured from. */
  earliest(media: number): number {
    return media + this.#base;
  }

  /** Of frames behind the fastest, ms. */
  get delay(): number {
    return this.#delay;
  }

  /** What `delay` moves to, without regard to sound: ms. */
  get needed(): number {
    const sorted = this.#lateness.map(({ by }) => by).sort((a, b) => a - b);
    const wanted = sorted[Math.min(sorted.length - 1, Math.floor(IN_TIME * sorted.length))] ?? 0;
    return Math.min(this.maxDelay, Math.max(this.minDelay, wanted));
  }

  reset(): void {
    this.#bases = { current: Infinity, previous: Infinity, until: -Infinity };
    this.#lateness.length = 0;
    this.#movedAt = undefined;
  }

  get #base(): number {
    return Math.min(this.#bases.current, this.#bases.previous);
  }

  /** The way has become longer: what was lateness until now is travelling time, and nothing is shown later because of it. */
  #rebase(rise: number): void {
    for (const one of this.#lateness) one.by -= rise;
    this.#delay = Math.max(0, this.#delay - rise);
  }

  #move(now: number): void {
    const wanted = Math.min(this.maxDelay, Math.max(this.needed, this.syncDelay));
    if (this.#movedAt === undefined) this.#delay = wanted;
    else {
      const seconds = Math.min(1, Math.max(0, now - this.#movedAt) / 1000);
      this.#delay += Math.min(MAX_RISE * seconds, Math.max(-MAX_FALL * seconds, wanted - this.#delay));
    }
    this.#movedAt = now;
  }
}
