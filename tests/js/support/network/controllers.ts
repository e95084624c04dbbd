import { RateController } from '../../../../js/src/bandwidth/rate-controller.js';
import type { SimulatedController } from './simulation.js';

export const LIMITS = { minBitrate: 50_000, startBitrate: 300_000, maxBitrate: 2_500_000 };

/** What is left of the wire after headers, with full packets. */
const PAYLOAD_SHARE = 0.92;

/** The library's own. */
export class OurController implements SimulatedController {
  readonly controller: RateController;
  #now = 0;
  #encoded = 0;

  constructor(limits = LIMITS) {
    this.controller = new RateController({
      ...limits,
      camera: { width: 1280, height: 720, frameRate: 30 },
      content: 'motion',
      degradationPreference: 'maintain-framerate',
      getStats: () => Promise.reject(new Error('the simulation gives the statistics itself')),
      encoderLoad: () => ({ bytes: this.#encoded, frames: (30 * this.#now) / 1000, framesDropped: 0, encodeTime: 0.3 * this.#now }),
      now: () => this.#now,
    });
  }

  look(stats: Map<string, Record<string, unknown>>, time: number, encodedBytes: number): number {
    this.#now = time;
    this.#encoded = encodedBytes;
    return this.controller.observe(stats).bitrate;
  }
}

/** For comparison: never adapts. */
export class FixedRate implements SimulatedController {
  constructor(private readonly bitrate: number) {}

  look(): number {
    return this.bitrate;
  }
}

/** For comparison: draft-ietf-rmcat-gcc-02 §6 alone, by receiver reports: above 10 % down by half of the loss, below 2 % up by 5 % each. */
export class LossBased implements SimulatedController {
  #bitrate = LIMITS.startBitrate;
  #seen: unknown;

  look(stats: Map<string, Record<string, unknown>>): number {
    const report = stats.get('RI1');
    if (report && report.timestamp !== this.#seen) {
      this.#seen = report.timestamp;
      const lost = report.fractionLost as number;
      if (lost > 0.1) this.#bitrate *= 1 - 0.5 * lost;
      else if (lost < 0.02) this.#bitrate *= 1.05;
      this.#bitrate = Math.min(LIMITS.maxBitrate, Math.max(LIMITS.minBitrate, this.#bitrate));
    }
    return PAYLOAD_SHARE * this.#bitrate;
  }
}
