import { LossMonitor, type LossVerdict } from './loss-monitor.js';
import { NativeEstimate } from './native-estimate.js';
import type { NetworkSample, ReceiverReport } from './network-sample.js';
import { PacerQueue } from './pacer-queue.js';
import { QueueDelay, type QueueMeasurement } from './queue-delay.js';
import { SendHistory } from './send-history.js';

export interface EstimatorLimits {
  /** bit/s, on the wire. */
  readonly minBitrate: number;
  readonly startBitrate: number;
  readonly maxBitrate: number;
}

/** As GCC names them (draft-ietf-rmcat-gcc-02 §5.5). */
export type RateState = 'increase' | 'hold' | 'decrease';

export interface BandwidthEstimate {
  /** What may be sent, bit/s on the wire. */
  readonly bitrate: number;
  /** The same without what is held back for a moment, to drain a queue or to try: sizes follow this. */
  readonly sustained: number;
  readonly state: RateState;
  /** Why the rate was last lowered; undefined if it never was. */
  readonly reason: OveruseReason | undefined;
  /** Rate at which the bottleneck was last seen full, bit/s. */
  readonly capacity: number | undefined;
  /** In the network and in the browser's pacer, as last measured or as it should be by now, ms. */
  readonly queueDelay: number;
  /** Of the last reports, 0 … 1. */
  readonly fractionLost: number;
  /** Of that, what is lost at any rate. */
  readonly inherentLoss: number;
}

export type OveruseReason = 'queue' | 'pacer' | 'native' | 'loss' | 'silence';

/** Queueing below this is none, ms: above the jitter of round trips on a busy machine. */
const LOW_QUEUE = 30;

/** Queueing above this is overuse, ms. A quarter of the 300 ms to stay below: the news is about two seconds old. */
const HIGH_QUEUE = 80;

/** A round trip shorter by this than any before is no jitter, ms. */
const SHORTER = 20;

/** A queue is drained within about this time, ms: NADA aims at 0.5 s with reports each 100 ms (RFC 8698 τ). */
const DRAIN_TIME = 1000;

/** While draining, between these shares of the capacity is sent. */
const LEAST_DRAIN = 0.2;
const MOST_DRAIN = 0.9;

/** After it, this share: GCC's β is 0.85 because it drains with it, too. */
const AFTER_DRAIN = 0.86;

/** No news in this time, and the queue of the model is given up, ms. */
const LONGEST_DRAIN = 5000;

/** A modelled queue below this counts as drained, ms. */
const DRAINED = 10;

/** Growth per second until the bottleneck was found: SCReAM's and GCC's starts double per round trip, but hear of it per round trip. */
const START_GROWTH = 0.5;

/** Near the known capacity; GCC adds a packet per response time there. */
const NEAR_GROWTH = 0.03;

/** Elsewhere: GCC's η of 1.08 per second (draft §5.5), and more the longer nothing speaks against it. */
const FAR_GROWTH = 0.12;
const MOST_FAR_GROWTH = 0.25;

/** Clean time in which the growth goes from the one to the other, ms. */
const GROWTH_RAMP = 10_000;

/** "Near" begins at this share of the capacity, and ends where the queue was seen empty at that one: the capacity has risen. */
const NEAR = { from: 0.85, to: 1.08 };

/** Seen empty at this share, the capacity is unknown again. */
const STALE_CAPACITY = 1.15;

/** Of what is really sent, the rate may be this much ahead, as GCC's (1.5 R̂ + 10 kbit/s, draft §5.5). */
const AHEAD = 1.5;
const AHEAD_BITRATE = 10_000;

/** What is sent now is taken over this, ms. */
const RATE_SPAN = 1000;

/** What was sent when the queue was seen empty is taken over this, ms. */
const VERIFY_SPAN = 2000;

/** Of what the pacer lets out, what may be sent on. */
const OF_PACER = 0.85;

/** Of what came through, what is sent when loss may be that of a full queue; it drains with it. */
const OF_DELIVERED = 0.8;

/** More loss than this while a queue is drained is that of a queue that runs over: it takes in less than was thought. */
const OVERFLOW = 0.1;

/** With this much more loss than usual nothing grows, suspicion or not. GCC holds from 2 to 10 % (draft §6). */
const HOLDING_LOSS = 0.1;

/** With more loss than this the native estimate is not asked, for its loss-based half falls with losses by chance, too. */
const NATIVE_LOSS = 0.02;

/** No receiver report for this long is a sign that nothing arrives, ms: two of RFC 3550's intervals and a lost report. */
const SILENCE = 3500;

/** Then the rate falls by this factor per second, so that it is halved in three seconds. */
const SILENCE_DECAY = 0.8;

/** Drains in a row that leave the queue as it was, after which the way itself has become longer. */
const VAIN_DRAINS = 3;

/** A queue that is still this share of the one before was not drained. */
const UNCHANGED = 0.8;

/** Half of a new capacity is taken over if it is this near to the old, all of it otherwise. */
const SAME_CAPACITY = 0.3;

/** While a queue is drained the capacity is corrected downwards alone, and not below this share at once: reports are of uncertain age. */
const LEAST_CORRECTION = 0.75;

/** A fall of the native estimate is not known to be more than a key frame that was too fast: the rate falls no further for it. */
const LEAST_NATIVE = 0.7;

/**
 * The rate is no more than this ahead of one at which the queue was seen empty: at the start, later, near the known
 * capacity, and beyond it.
 */
const START_STEP = 1.5;
const FAR_STEP = 1.1;
const MOST_FAR_STEP = 1.16;
const NEAR_STEP = 1.07;
const BEYOND_STEP = 1.08;

/**
 * How much may be sent, from what getStats() tells. In the manner of GCC (draft-ietf-rmcat-gcc-02): the smallest of a delay-based and a
 * loss-based rate, multiplicative decrease to what is delivered, increase that is careful near the known capacity. Different because
 * reports come once a second, not once a frame: the queue between two reports is computed from what was sent, and drained by sending
 * less than the capacity for as long as that takes.
 */
export class BandwidthEstimator {
  #limits: EstimatorLimits;
  #bitrate: number;
  #state: RateState = 'hold';
  #reason: OveruseReason | undefined;
  /** Until a queue was seen, or the rate lowered. */
  #starting = true;
  #capacity: number | undefined;
  #sent = new SendHistory();
  #queue = new QueueDelay();
  #loss = new LossMonitor();
  #native = new NativeEstimate();
  #pacer = new PacerQueue();
  /** Queue by the model, while it is drained, ms. */
  #backlog: number | undefined;
  #measuredQueue = 0;
  #drainedAt = -Infinity;
  #queueBeforeDrain = 0;
  #vainDrains = 0;
  /** Since when nothing has spoken against growth. */
  #cleanSince: number | undefined;
  /** What was sent when the queue was last seen empty, bit/s. */
  #verified: number | undefined;
  /** As it was before a trial of the loss monitor. */
  #beforeTrial: { bitrate: number; capacity: number | undefined; reason: OveruseReason | undefined; starting: boolean } | undefined;
  #lastLoss = 0;

  constructor(limits: EstimatorLimits) {
    this.#limits = limits;
    this.#bitrate = limits.startBitrate;
  }

  get estimate(): BandwidthEstimate {
    return {
      bitrate: this.#bitrate,
      sustained: Math.max(this.#bitrate, this.#backlog === undefined ? 0 : AFTER_DRAIN * this.#capacity!, this.#beforeTrial ? AFTER_DRAIN * this.#capacity! : 0),
      state: this.#state,
      reason: this.#reason,
      capacity: this.#capacity,
      queueDelay: this.#backlog ?? this.#measuredQueue,
      fractionLost: this.#loss.fractionLost,
      inherentLoss: this.#loss.inherent,
    };
  }

  /** The rate is brought within new limits at once; `startBitrate` counts at the next restart. */
  limit(limits: EstimatorLimits): void {
    this.#limits = limits;
    this.#set(this.#bitrate);
  }

  /** Another network, or none for a while: all that was learned is forgotten, and what was too much then is not tried at first. */
  restart(): void {
    const bitrate = Math.min(this.#bitrate, this.#limits.startBitrate);
    const fresh = new BandwidthEstimator(this.#limits);
    this.#sent = fresh.#sent;
    this.#queue = fresh.#queue;
    this.#loss = fresh.#loss;
    this.#native = fresh.#native;
    this.#pacer = fresh.#pacer;
    this.#verified = undefined;
    this.#backlog = undefined;
    this.#measuredQueue = 0;
    this.#drainedAt = -Infinity;
    this.#vainDrains = 0;
    this.#cleanSince = undefined;
    this.#beforeTrial = undefined;
    this.#capacity = undefined;
    this.#reason = undefined;
    this.#starting = true;
    this.#state = 'hold';
    this.#set(bitrate);
  }

  observe(sample: NetworkSample): BandwidthEstimate {
    this.#sent.record(sample.time, sample.wireBytes);
    this.#drain(sample);
    this.#watchPacer(sample);
    for (const roundTrip of sample.roundTrips) {
      const measurement = this.#queue.observe(roundTrip, sample.time);
      if (measurement) this.#watchQueue(measurement, sample.time);
    }
    if (sample.availableBitrate !== undefined) this.#watchNative(sample.availableBitrate, sample.time);
    if (sample.report) this.#watchLoss(sample.report, sample);
    this.#watchSilence(sample);
    this.#grow(sample);
    this.#set(this.#bitrate);
    return this.estimate;
  }

  #sentRate(time: number): number {
    return this.#sent.rate(time - RATE_SPAN, time);
  }

  /** The bottleneck is full: its queue is `queue` ms long, and it takes `capacity` bit/s. */
  #overuse(reason: OveruseReason, queue: number, capacity: number, time: number): void {
    this.#capacity = Math.max(this.#limits.minBitrate, this.#learnCapacity(capacity));
    this.#backlog = queue;
    this.#abandonTrial();
    this.#decrease(reason, Math.min(this.#bitrate, this.#drainRate(this.#capacity, queue)));
    this.#drainedAt = time;
  }

  #learnCapacity(capacity: number): number {
    const known = this.#capacity;
    if (known === undefined) return capacity;
    if (this.#backlog !== undefined) return Math.max(LEAST_CORRECTION * known, Math.min(known, capacity));
    return Math.abs(capacity - known) < SAME_CAPACITY * known ? (capacity + known) / 2 : capacity;
  }

  #drainRate(capacity: number, queue: number): number {
    return capacity * Math.min(MOST_DRAIN, Math.max(LEAST_DRAIN, 1 - queue / DRAIN_TIME));
  }

  #decrease(reason: OveruseReason, bitrate: number): void {
    this.#set(bitrate);
    this.#state = 'decrease';
    this.#reason = reason;
    this.#starting = false;
    this.#cleanSince = undefined;
  }

  #abandonTrial(): void {
    this.#beforeTrial = undefined;
    this.#loss.abandon();
  }

  /** What is in the queue is less by what left, more by what was sent. */
  #drain({ time, interval, wireBytes }: NetworkSample): void {
    if (this.#backlog === undefined || this.#capacity === undefined) return;
    this.#backlog += (8000 * wireBytes) / this.#capacity - interval;
    if (this.#backlog > DRAINED && time - this.#drainedAt < LONGEST_DRAIN) return;
    this.#backlog = undefined;
    this.#measuredQueue = 0;
    this.#drainedAt = time;
    this.#state = 'hold';
    this.#set(AFTER_DRAIN * this.#capacity);
  }

  /** The strongest sign of all: what the browser cannot get rid of waits in its pacer. */
  #watchPacer(sample: NetworkSample): void {
    if (!this.#pacer.observe(sample, this.#sent)) return;
    this.#overuse('pacer', this.#pacer.delay, OF_PACER * this.#sentRate(sample.time), sample.time);
  }

  #watchQueue(measurement: QueueMeasurement, time: number): void {
    const { entered, delay, news } = measurement;
    if (delay < LOW_QUEUE) this.#vainDrains = 0;
    if (entered < this.#drainedAt && this.#backlog === undefined) {
      this.#checkDrain(measurement, time);
      return;
    }
    this.#measuredQueue = delay;
    // Slow start ends where the delay begins to rise, as in HyStart (Ha & Rhee 2011), not where it is too long.
    if (delay > LOW_QUEUE) this.#starting = false;
    if (news > SHORTER) this.#drainUnseen();
    const draining = this.#backlog !== undefined;
    if (delay < LOW_QUEUE && !draining && !this.#beforeTrial) this.#verify(entered);
    if (delay < HIGH_QUEUE) {
      if (draining && entered > this.#drainedAt) this.#backlog = this.#queueNow(measurement, this.#capacity!, time);
      return;
    }
    const delivered = this.#queue.deliveredRate(this.#sent, measurement, this.#lastLoss) ?? this.#sentRate(time);
    if (!draining && this.#isVain(delay, time)) return;
    if (!draining) this.#queueBeforeDrain = delay;
    this.#overuse('queue', this.#queueNow(measurement, this.#learnCapacity(delivered), time), delivered, time);
  }

  /** A measurement from before the end of a drain tells whether it ended too soon. */
  #checkDrain(measurement: QueueMeasurement, time: number): void {
    if (this.#capacity === undefined) return;
    const queue = this.#queueNow(measurement, this.#capacity, time);
    if (queue > HIGH_QUEUE) this.#overuse('queue', queue, this.#capacity, time);
  }

  /** There was a queue from the beginning, and it shrinks: go on as long as it does. */
  #drainUnseen(): void {
    this.#cleanSince = undefined;
    if (this.#capacity !== undefined) this.#set(Math.min(this.#bitrate, OF_DELIVERED * this.#capacity));
  }

  /** What became of a queue since it was measured: it grew by what was sent and shrank by the capacity, ms. */
  #queueNow({ entered, delay }: QueueMeasurement, capacity: number, time: number): number {
    const growth = this.#sent.rate(entered, time) / Math.max(capacity, this.#limits.minBitrate) - 1;
    return Math.max(0, delay + (time - entered) * growth);
  }

  /** The queue was empty at `entered`, or a little before. */
  #verify(entered: number): void {
    this.#verified = this.#sent.rate(entered - VERIFY_SPAN, entered);
    if (this.#capacity !== undefined && this.#verified > STALE_CAPACITY * this.#capacity) this.#capacity = undefined;
  }

  /** Whether the queue is as long as it was before several drains: then it is not our queue, or none. */
  #isVain(delay: number, time: number): boolean {
    if (delay < UNCHANGED * this.#queueBeforeDrain) this.#vainDrains = 0;
    else this.#vainDrains += 1;
    if (this.#vainDrains <= VAIN_DRAINS) return false;
    this.#queue.rebase(time);
    this.#vainDrains = 0;
    this.#measuredQueue = 0;
    return true;
  }

  #watchNative(available: number, time: number): void {
    const fell = this.#native.observe(available, this.#sentRate(time), time);
    if (!fell || this.#backlog !== undefined || this.#loss.fractionLost > NATIVE_LOSS) return;
    this.#decrease('native', Math.min(this.#bitrate, Math.max(available, LEAST_NATIVE * this.#bitrate)));
    this.#drainedAt = time;
  }

  #watchLoss(report: ReceiverReport, { time, packets, interval }: NetworkSample): void {
    const span = report.interval || interval;
    const expected = interval > 0 ? (packets * span) / interval : 0;
    const about = time - span - this.#roundTrip();
    this.#lastLoss = report.fractionLost;
    if (this.#backlog !== undefined && report.fractionLost > OVERFLOW) {
      this.#overuse('loss', this.#backlog, this.#sent.highestRate(about - RATE_SPAN, time, RATE_SPAN) * (1 - report.fractionLost), time);
    }
    // Other losses of a queue that is drained, or was since, are no news.
    if (this.#backlog !== undefined || about < this.#drainedAt) return;
    this.#actOnLoss(this.#loss.observe(report.fractionLost, expected, about, time), time);
  }

  #actOnLoss(verdict: LossVerdict, time: number): void {
    if (verdict === 'congestion') {
      this.#beforeTrial = undefined;
      this.#set(Math.max(this.#bitrate, AFTER_DRAIN * (this.#capacity ?? 0)));
    }
    if (verdict === 'random' && this.#beforeTrial) {
      const { bitrate, capacity, reason, starting } = this.#beforeTrial;
      this.#beforeTrial = undefined;
      this.#capacity = capacity;
      this.#reason = reason;
      this.#starting = starting;
      this.#verified = bitrate;
      this.#set(bitrate);
    }
    if (verdict === 'worse') this.#beforeTrial = undefined;
    if ((verdict !== 'suspect' && verdict !== 'worse') || this.#beforeTrial || this.#backlog !== undefined) return;
    const delivered = (1 - this.#loss.fractionLost) * this.#sentRate(time);
    this.#beforeTrial = { bitrate: this.#bitrate, capacity: this.#capacity, reason: this.#reason, starting: this.#starting };
    this.#capacity = delivered;
    this.#loss.begin(time);
    this.#decrease('loss', Math.min(this.#bitrate, OF_DELIVERED * delivered));
  }

  #roundTrip(): number {
    return Number.isFinite(this.#queue.base) ? this.#queue.base + this.#measuredQueue : 0;
  }

  #watchSilence({ reportAge, interval, packets }: NetworkSample): void {
    if (reportAge < SILENCE || packets === 0) return;
    this.#decrease('silence', this.#bitrate * SILENCE_DECAY ** (interval / 1000));
  }

  #grow({ time, interval, report, reportAge }: NetworkSample): void {
    if (reportAge >= SILENCE || this.#backlog !== undefined || this.#beforeTrial !== undefined) return;
    if (this.#measuredQueue > LOW_QUEUE || this.#loss.fractionLost - this.#loss.inherent > HOLDING_LOSS) {
      this.#state = 'hold';
      return;
    }
    // Nothing grows on no news.
    if (this.#cleanSince === undefined) {
      if (report && time - this.#drainedAt > RATE_SPAN) this.#cleanSince = time;
      else this.#state = 'hold';
      return;
    }
    const { growth, step } = this.#pace(time);
    const ahead = Math.min(AHEAD * this.#sentRate(time) + AHEAD_BITRATE, Math.max(step * (this.#verified ?? 0), (this.#verified ?? 0) + AHEAD_BITRATE));
    const grown = this.#bitrate * (1 + growth) ** (interval / 1000);
    const bitrate = Math.min(grown, Math.max(this.#bitrate, ahead));
    this.#state = bitrate > this.#bitrate ? 'increase' : 'hold';
    this.#set(bitrate);
  }

  /** How fast to grow, share per second, and how far to be ahead of what was seen to be fine. */
  #pace(time: number): { growth: number; step: number } {
    if (this.#starting) return { growth: START_GROWTH, step: START_STEP };
    const clean = Math.min(1, (time - this.#cleanSince!) / GROWTH_RAMP);
    const growth = FAR_GROWTH + clean * (MOST_FAR_GROWTH - FAR_GROWTH);
    if (this.#capacity === undefined || this.#bitrate < NEAR.from * this.#capacity) return { growth, step: FAR_STEP + clean * (MOST_FAR_STEP - FAR_STEP) };
    if ((this.#verified ?? 0) < NEAR.to * this.#capacity) return { growth: NEAR_GROWTH, step: NEAR_STEP };
    return { growth, step: BEYOND_STEP };
  }

  #set(bitrate: number): void {
    const { minBitrate, maxBitrate } = this.#limits;
    this.#bitrate = Math.max(minBitrate, Math.min(bitrate, maxBitrate, this.#native.ceiling));
  }
}
