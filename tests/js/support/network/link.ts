import type { EventQueue } from './event-queue.js';

/** One direction of a network: a first-in first-out bottleneck with a finite queue, chance losses before it, a delay behind it. */
export interface LinkConditions {
  /** kbit/s; none: no bottleneck. */
  readonly rate?: number;
  /** What the queue holds before it drops, ms at the rate. */
  readonly queue?: number;
  /** One way, ms. */
  readonly delay?: number;
  /** Added to it at random, uniform up to this, ms; the order is kept. */
  readonly jitter?: number;
  /** Share of packets lost by chance. */
  readonly loss?: number;
  /** Of those, mean number in a row (Gilbert's model). */
  readonly burst?: number;
}

export class Link {
  #conditions: LinkConditions;
  /** Bytes not yet on the wire, at #countedAt. */
  #queued = 0;
  #countedAt = 0;
  #losing = false;
  #lastArrival = 0;

  constructor(
    private readonly events: EventQueue,
    private readonly random: () => number,
    conditions: LinkConditions = {},
  ) {
    this.#conditions = conditions;
  }

  /** What is queued stays, and leaves at the new rate. */
  change(conditions: LinkConditions): void {
    this.#leave();
    this.#conditions = conditions;
  }

  /** How long a packet that came now would wait, ms. */
  get wait(): number {
    this.#leave();
    const { rate } = this.#conditions;
    return rate === undefined ? 0 : (8 * this.#queued) / rate;
  }

  /** @param arrive called when the packet comes out, with what it waited in the queue, unless it is lost: then `lost` */
  send(bytes: number, arrive: (waited: number) => void, lost: () => void = () => {}): void {
    const { rate, queue = 200, delay = 20, jitter = 2 } = this.#conditions;
    const wait = this.wait;
    if (this.#drops() || (rate !== undefined && wait > queue)) {
      lost();
      return;
    }
    if (rate === undefined) {
      this.events.at(this.#inOrder(this.events.now + delay + jitter * this.random()), () => arrive(0));
      return;
    }
    this.#queued += bytes;
    this.#depart(this.#queued, this.events.now, (waited) => {
      this.events.at(this.#inOrder(this.events.now + delay + jitter * this.random()), () => arrive(waited));
    });
  }

  /** Follows a packet through the queue with `ahead` bytes up to its end: the rate may change while it waits. */
  #depart(ahead: number, since: number, out: (waited: number) => void): void {
    const { rate } = this.#conditions;
    const step = Math.min(50, rate === undefined ? 0 : (8 * ahead) / rate);
    this.events.after(step, () => {
      const left = rate === undefined ? 0 : ahead - (rate * step) / 8;
      if (left > 1e-6) this.#depart(left, since, out);
      else out(this.events.now - since);
    });
  }

  #leave(): void {
    const { rate } = this.#conditions;
    const elapsed = this.events.now - this.#countedAt;
    this.#queued = rate === undefined ? 0 : Math.max(0, this.#queued - (rate * elapsed) / 8);
    this.#countedAt = this.events.now;
  }

  #inOrder(time: number): number {
    this.#lastArrival = Math.max(this.#lastArrival, time);
    return this.#lastArrival;
  }

  #drops(): boolean {
    const { loss = 0, burst = 1 } = this.#conditions;
    if (loss === 0) return false;
    if (burst === 1) return this.random() < loss;
    if (this.random() < (this.#losing ? 1 / burst : loss / (burst * (1 - loss)))) this.#losing = !this.#losing;
    return this.#losing;
  }
}
