/**
 * What a network does to one direction of a media stream: when each packet comes out, if at all. Pure: time is an argument
 * and chance is seeded, so the same packets at the same times always meet the same fate.
 */

/** Mulberry32: 32 bits of state, uniform in [0, 1). */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * @typedef {object} Impairment
 * @property {number} [loss]        share of packets lost, 0–1
 * @property {number} [burst]       mean number of packets lost in a row, ≥ 1 (1: independent losses); two-state Gilbert model
 * @property {number} [delayMs]     constant delay
 * @property {number} [jitterMs]    extra delay, uniform in [0, jitterMs]; order is kept
 * @property {number} [reorder]     share of packets held back so that the next ones overtake them, 0–1
 * @property {number} [reorderMs]   how long those are held back (default 30)
 * @property {number} [rateKbps]    bottleneck rate
 * @property {number} [queueMs]     what the bottleneck's queue holds before it drops (default 200)
 */

export class NetworkModel {
  #random;
  #impairment;
  #losing = false;
  #lastRelease = -Infinity;
  #linkFreeAt = -Infinity;

  /** @param {Impairment} impairment */
  constructor(impairment = {}, seed = 1) {
    this.#random = seededRandom(seed);
    this.impairment = impairment;
  }

  /** Replaces the impairment; the random sequence goes on. */
  set impairment(impairment) {
    const { loss = 0, burst = 1, reorder = 0 } = impairment;
    if (!(loss >= 0 && loss <= 1) || !(reorder >= 0 && reorder <= 1) || !(burst >= 1)) {
      throw new RangeError('NetworkModel: loss and reorder lie in [0, 1], burst is at least 1');
    }
    this.#impairment = impairment;
    this.#losing = false;
  }

  /** @returns the time at which a packet of `bytes` that entered at `nowMs` leaves, or undefined when it is lost. */
  pass(nowMs, bytes) {
    const { delayMs = 0, jitterMs = 0, reorder = 0, reorderMs = 30, rateKbps, queueMs = 200 } = this.#impairment;
    if (this.#lose()) return undefined;
    let release = nowMs;
    if (rateKbps) {
      const start = Math.max(nowMs, this.#linkFreeAt);
      if (start - nowMs > queueMs) return undefined;
      this.#linkFreeAt = start + (8 * bytes) / rateKbps;
      release = this.#linkFreeAt;
    }
    release += delayMs + (jitterMs ? jitterMs * this.#random() : 0);
    if (reorder && this.#random() < reorder) return release + reorderMs;
    this.#lastRelease = Math.max(this.#lastRelease, release);
    return this.#lastRelease;
  }

  /** When a packet leaves that is never lost, but waits in the bottleneck as all do: ICE, DTLS and RTCP. */
  passControl(nowMs, bytes) {
    const { delayMs = 0, rateKbps } = this.#impairment;
    if (!rateKbps) return nowMs;
    this.#linkFreeAt = Math.max(nowMs, this.#linkFreeAt) + (8 * bytes) / rateKbps;
    return this.#linkFreeAt + delayMs;
  }

  // Gilbert: in the losing state every packet is lost. Leaving it with probability 1/burst gives the mean burst length;
  // entering it with loss/(burst·(1−loss)) makes the stationary share of that state equal to `loss`.
  #lose() {
    const { loss = 0, burst = 1 } = this.#impairment;
    if (loss === 0) return false;
    if (burst === 1 || loss === 1) return this.#random() < loss;
    const change = this.#losing ? 1 / burst : loss / (burst * (1 - loss));
    if (this.#random() < change) this.#losing = !this.#losing;
    return this.#losing;
  }
}
