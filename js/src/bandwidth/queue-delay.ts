import type { RoundTrip } from './network-sample.js';
import type { SendHistory } from './send-history.js';
import { WindowedMinimum } from './windowed-minimum.js';

/** Round trips are compared with the smallest of this time, ms: NADA's LOGWIN times twelve (RFC 8698 §4.2), for reports come once a second. */
const BASE_SPAN = 60_000;

/** A round trip by RTCP began this much earlier than its duration says, ms: a sender report waits for the next receiver report. */
const WAIT_FOR_REPORT = 500;

/** Rates of delivery are taken over no less than this, ms: sender and receiver reports come 0.5 to 1.5 s apart (RFC 3550 §6.3.1). */
const LEAST_BASELINE = 1800;

/** A receiver report that knows of no newer sender report gives the same round trip again; without a queue that is no matter, ms. */
const REPEATED = 20;

/** Measurements kept. */
const KEPT = 8;

/** A round trip, seen as one look into the queue. */
export interface QueueMeasurement {
  /** When what was measured entered the queue, ms; by estimate. */
  readonly entered: number;
  /** How long it waited there, ms. */
  readonly delay: number;
  /** By how much it was shorter than any before, ms: what seemed an empty queue was none. */
  readonly news: number;
}

/** Time in the queues of the network: round trips above the smallest. */
export class QueueDelay {
  readonly #minima = { rtcp: new WindowedMinimum(BASE_SPAN), ice: new WindowedMinimum(BASE_SPAN) };
  readonly #last = new Map<RoundTrip['source'], number>();
  #measurements: QueueMeasurement[] = [];

  /** Smallest round trip, ms; infinite before the first. */
  get base(): number {
    return Math.min(this.#minima.rtcp.value, this.#minima.ice.value);
  }

  /** Undefined if it says nothing new. */
  observe({ source, duration }: RoundTrip, time: number): QueueMeasurement | undefined {
    const minimum = this.#minima[source];
    const repeated = duration === this.#last.get(source) && duration > minimum.value + REPEATED;
    if (repeated) return undefined;
    const news = Number.isFinite(minimum.value) ? Math.max(0, minimum.value - duration) : 0;
    minimum.observe(duration, time);
    this.#last.set(source, duration);
    const measurement = { entered: time - duration - (source === 'rtcp' ? WAIT_FOR_REPORT : 0), delay: duration - minimum.value, news };
    if (source === 'rtcp') this.#measurements = [...this.#measurements.slice(1 - KEPT), measurement];
    return measurement;
  }

  /** The way has become longer: what was measured last counts as an empty queue. */
  rebase(time: number): void {
    for (const [source, duration] of this.#last) this.#minima[source].restart(duration, time);
    this.#measurements = [];
  }

  /**
   * Rate at which the network took the packets that entered between the measurement and one some seconds before it, bit/s: what entered
   * within Δt comes out within Δt plus what the queue has grown. Undefined without a measurement to compare with.
   */
  deliveredRate(sent: SendHistory, to: QueueMeasurement, fractionLost: number): number | undefined {
    const from = this.#measurements.filter(({ entered }) => entered <= to.entered - LEAST_BASELINE).at(-1);
    if (!from) return undefined;
    const span = to.entered - from.entered;
    const spread = Math.max(0.5, 1 + (to.delay - from.delay) / span);
    return (sent.rate(from.entered, to.entered) * (1 - fractionLost)) / spread;
  }
}
