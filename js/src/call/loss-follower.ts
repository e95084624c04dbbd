/** How fast an old loss is forgotten, per report. */
const FORGET = 0.9;

/** Steps of the result; the encoder need not be told of less. */
const STEP = 0.01;

/**
 * The loss to prepare for, from the receiver reports (RFC 3550 §6.4.1 fraction lost): rises at once, falls slowly, because a
 * network that loses packets loses them in bursts, and a late redundancy is no redundancy.
 */
export class LossFollower {
  #smoothed = 0;
  #seen: unknown;

  /** 0 … 1, in steps of 1 %. */
  get value(): number {
    return Math.round(this.#smoothed / STEP) * STEP;
  }

  /** Takes an RTCRemoteInboundRtpStreamStats; the same report twice counts once. */
  observe({ fractionLost, timestamp }: { fractionLost?: number; timestamp?: number }): void {
    if (!Number.isFinite(fractionLost) || timestamp === this.#seen) return;
    this.#seen = timestamp;
    const lost = Math.min(1, Math.max(0, fractionLost!));
    this.#smoothed = Math.max(lost, FORGET * this.#smoothed + (1 - FORGET) * lost);
  }
}
