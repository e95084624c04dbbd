import { BandwidthEstimator, type BandwidthEstimate, type EstimatorLimits } from './bandwidth-estimator.js';
import { CpuOveruse, type EncoderLoad } from './cpu-overuse.js';
import { NetworkSampler, type NetworkSample, type StatsReport } from './network-sample.js';
import { VideoAdaptation, type AdaptationOptions, type VideoDecision } from './video-adaptation.js';

export interface RateControllerOptions extends AdaptationOptions, EstimatorLimits {
  /** Of the RTCRtpSender of the carrier. */
  readonly getStats: () => Promise<StatsReport>;
  /** What the encoder did so far, as the newest word from its worker says. */
  readonly encoderLoad: () => EncoderLoad;
  /** ms, on a clock that does not go back. */
  readonly now: () => number;
}

/** One look of the past, for plots. */
export interface RateMoment {
  /** ms. */
  readonly time: number;
  /** What may be sent, and what was, bit/s on the wire. */
  readonly estimate: number;
  readonly sent: number;
  readonly decision: VideoDecision;
  readonly state: BandwidthEstimate['state'];
  /** ms. */
  readonly queueDelay: number;
  readonly fractionLost: number;
  /** Share of the time spent in encoding, 0 … 1. */
  readonly cpuUsage: number;
}

/** State of the moment. */
export interface RateStats extends BandwidthEstimate {
  readonly decision: VideoDecision;
  /** Share of the time spent in encoding, 0 … 1. */
  readonly cpuUsage: number;
  /** Steps by which the processor is spared. */
  readonly cpuLevel: number;
  /** Of what goes on the wire, the share that is new payload, 0 … 1. */
  readonly mediaShare: number;
}

/** Another decision was made. */
export class DecisionEvent extends Event {
  constructor(readonly decision: VideoDecision) {
    super('decision');
  }
}

/** Moments kept: ten minutes at four looks a second. */
const HISTORY = 2400;

/** The share of payload on the wire is averaged over this time, ms; at first it is that of full packets. */
const SHARE_SPAN = 1000;
const FIRST_SHARE = 0.92;

/** Retransmissions may take the rest, but not all. */
const LEAST_SHARE = 0.4;

/** A bitrate this near to the one before is no decision. */
const SAME_BITRATE = 0.02;

/** What to encode, from what getStats() and the encoder tell. Fires `decision`; `look` must be called two to four times a second. */
export class RateController extends EventTarget {
  readonly #options: RateControllerOptions;
  #limits: EstimatorLimits;
  readonly #sampler = new NetworkSampler();
  readonly #estimator: BandwidthEstimator;
  readonly #adaptation: VideoAdaptation;
  #cpu: CpuOveruse;
  #decision: VideoDecision;
  #history: RateMoment[] = [];
  #mediaShare = FIRST_SHARE;
  #looking = false;

  constructor(options: RateControllerOptions) {
    super();
    this.#options = options;
    this.#limits = options;
    this.#adaptation = new VideoAdaptation(options);
    this.#estimator = new BandwidthEstimator(this.#usefulLimits());
    this.#cpu = new CpuOveruse(this.#adaptation.mostCpuLevel);
    this.#decision = this.#next(options.now());
  }

  /** How to encode now. */
  get decision(): VideoDecision {
    return this.#decision;
  }

  /** The last ten minutes, oldest first. */
  get history(): readonly RateMoment[] {
    return this.#history;
  }

  get stats(): RateStats {
    return {
      ...this.#estimator.estimate,
      decision: this.#decision,
      cpuUsage: this.#cpu.usage,
      cpuLevel: this.#cpu.level,
      mediaShare: this.#mediaShare,
    };
  }

  /** Another camera, content, preference or other limits. */
  update(options: AdaptationOptions & EstimatorLimits): void {
    this.#limits = options;
    this.#adaptation.change(options);
    this.#cpu = new CpuOveruse(this.#adaptation.mostCpuLevel);
    this.#estimator.limit(this.#usefulLimits());
    this.#decide(this.#options.now());
  }

  /** The connection was lost, or goes another way: begins anew, and not higher than it was. */
  restart(): void {
    this.#estimator.restart();
    this.#decide(this.#options.now());
  }

  /** Asks and decides. While an answer is waited for, and when there is none, all stays as it is. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const stats = await this.#options.getStats().catch(() => undefined);
    this.#looking = false;
    if (stats) this.observe(stats);
  }

  /** Decides by an answer of getStats(). */
  observe(stats: StatsReport): VideoDecision {
    const time = this.#options.now();
    const load = this.#options.encoderLoad();
    const sample = this.#sampler.sample(stats, time, load.bytes);
    this.#estimator.observe(sample);
    this.#cpu.observe(load, time);
    this.#followShare(sample);
    this.#decide(time);
    this.#remember(sample);
    return this.#decision;
  }

  /** More than the best picture can use is not asked of the network. */
  #usefulLimits(): EstimatorLimits {
    const { minBitrate, startBitrate, maxBitrate } = this.#limits;
    const most = Math.max(minBitrate, Math.min(maxBitrate, this.#adaptation.mostBitrate / FIRST_SHARE));
    return { minBitrate, startBitrate: Math.min(startBitrate, most), maxBitrate: most };
  }

  /** Headers and retransmissions take part of the rate. */
  #followShare({ wireBytes, mediaBytes, interval }: NetworkSample): void {
    if (wireBytes === 0) return;
    const share = Math.min(1, Math.max(LEAST_SHARE, mediaBytes / wireBytes));
    this.#mediaShare += Math.min(1, interval / SHARE_SPAN) * (share - this.#mediaShare);
  }

  #next(time: number): VideoDecision {
    const { bitrate, sustained } = this.#estimator.estimate;
    return this.#adaptation.decide(this.#mediaShare * bitrate, this.#mediaShare * sustained, this.#cpu.level, time);
  }

  #decide(time: number): void {
    const next = this.#next(time);
    const before = this.#decision;
    const same = next.width === before.width && next.height === before.height && next.frameRate === before.frameRate && next.speed === before.speed;
    if (same && Math.abs(next.bitrate - before.bitrate) <= SAME_BITRATE * before.bitrate) return;
    this.#decision = next;
    this.dispatchEvent(new DecisionEvent(next));
  }

  #remember({ time, wireBytes, interval }: NetworkSample): void {
    const { bitrate, state, queueDelay, fractionLost } = this.#estimator.estimate;
    this.#history.push({
      time,
      estimate: bitrate,
      sent: interval > 0 ? (8000 * wireBytes) / interval : 0,
      decision: this.#decision,
      state,
      queueDelay,
      fractionLost,
      cpuUsage: this.#cpu.usage,
    });
    if (this.#history.length > HISTORY) this.#history.shift();
  }
}
