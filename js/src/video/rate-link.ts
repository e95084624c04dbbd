import type { DegradationPreference, VideoContent } from '../bandwidth/quality-ladder.js';
import { RateController, type RateMoment, type RateStats } from '../bandwidth/rate-controller.js';
import type { VideoRates, VideoSenderCounters } from '../video-call-protocol.js';

/** What the page allows, and what is shown. */
export interface RateSettings {
  readonly minBitrate: number;
  readonly maxBitrate: number;
  readonly maxFrameRate: number;
  readonly degradationPreference: DegradationPreference;
  readonly content: VideoContent;
  readonly speed: 'auto' | number;
}

/** Where bitrates begin, bit/s: what a network that carries video at all carries, and browsers begin with. */
const START_BITRATE = 300_000;

/** Bounds of what goes on the wire are above those of the payload by its headers and what is sent again. */
const WIRE_SHARE = 1.1;

/** Between the bandwidth estimation of one sender and its encoder: decides as soon as the size of its pictures is known. */
export class RateLink {
  #controller: RateController | undefined;
  #size: { width: number; height: number } | undefined;
  #counters: VideoSenderCounters | undefined;
  #transport: RTCIceTransport | undefined;
  readonly #onRoute = () => this.#controller?.restart();

  constructor(
    private readonly sender: RTCRtpSender,
    private settings: RateSettings,
    private readonly apply: (rates: VideoRates) => void,
  ) {}

  get stats(): RateStats | undefined {
    return this.#controller?.stats;
  }

  get history(): RateMoment[] {
    return [...(this.#controller?.history ?? [])];
  }

  /** The source's pictures are of this size from now on. */
  setSize(width: number, height: number): void {
    this.#size = { width, height };
    this.#change();
  }

  update(settings: RateSettings): void {
    this.settings = settings;
    this.#change();
  }

  /** Called a few times a second, with what the encoder did. */
  look(counters: VideoSenderCounters): void {
    this.#counters = counters;
    this.#followRoute();
    void this.#controller?.look();
  }

  close(): void {
    this.#transport?.removeEventListener?.('selectedcandidatepairchange', this.#onRoute);
    this.#controller = undefined;
  }

  #change(): void {
    if (!this.#size) return;
    const { maxFrameRate: frameRate, minBitrate, maxBitrate, ...settings } = this.settings;
    const options = {
      ...settings,
      camera: { ...this.#size, frameRate },
      minBitrate: WIRE_SHARE * minBitrate,
      startBitrate: Math.min(maxBitrate, START_BITRATE),
      maxBitrate: WIRE_SHARE * maxBitrate,
    };
    if (this.#controller) this.#controller.update(options);
    else this.#controller = this.#begin(options);
    this.#apply();
  }

  #begin(options: Omit<ConstructorParameters<typeof RateController>[0], 'getStats' | 'encoderLoad' | 'now'>): RateController {
    const controller = new RateController({
      ...options,
      getStats: () => this.sender.getStats(),
      encoderLoad: () => this.#load,
      now: () => performance.now(),
    });
    controller.addEventListener('decision', () => this.#apply());
    return controller;
  }

  get #load() {
    const { bytesSent = 0, framesEncoded = 0, framesDroppedAtInput = 0, totalEncodeTime = 0 } = this.#counters ?? {};
    return { bytes: bytesSent, frames: framesEncoded, framesDropped: framesDroppedAtInput, encodeTime: 1000 * totalEncodeTime };
  }

  #apply(): void {
    const decision = this.#controller?.decision;
    if (!decision) return;
    const { speed } = this.settings;
    this.apply({ ...decision, speed: speed === 'auto' ? decision.speed : speed });
  }

  /** Another way through the network has another bandwidth. */
  #followRoute(): void {
    const transport = this.sender.transport?.iceTransport;
    if (transport === this.#transport) return;
    this.#transport?.removeEventListener?.('selectedcandidatepairchange', this.#onRoute);
    this.#transport = transport;
    transport?.addEventListener?.('selectedcandidatepairchange', this.#onRoute);
  }
}
