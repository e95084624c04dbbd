import { enhancedSource } from '../capture/enhanced-track.js';
import { engine } from '../engine.js';
import { EarshotError } from '../errors.js';
import type { AudioClock, SenderCommand, SenderCounters, SenderReport } from '../protocol.js';
import { Requests } from '../requests.js';
import { invalid } from '../validate.js';
import { faultError } from '../worklet-node.js';
import { Attachment } from './attachment.js';
import { LossFollower } from './loss-follower.js';
import { senderSettings, updateSender, wantedTransform, type SenderOptions, type SenderSettings, type SenderUpdate } from './options.js';
import { openTap, type Tap, type TapSource } from './tap.js';
import { workerHost } from './worker-host.js';

/** Counters since attachment, and the state of this moment. */
export interface SenderStats extends SenderCounters {
  /** Share of packets the encoder prepares for losing, 0 … 1. */
  readonly expectedLoss: number;
}

const NO_COUNTERS: SenderCounters = {
  framesEncoded: 0,
  framesNative: 0,
  framesStarved: 0,
  framesOther: 0,
  bytesEncoded: 0,
  bitrate: 0,
  encodeTime: 0,
  queuedTime: 0,
  trimmedTime: 0,
};

/** A clock that was told longer ago says nothing of what is captured now, ms. */
const MAX_CLOCK_AGE = 3000;

/** Ticks of the watch between two looks at the connection's statistics: one second. */
const TICKS_PER_LOOK = 4;

/** Packets that have left without one passing the transform, after which it is clear that none will. */
const UNSEEN_PACKETS = 150;

/**
 * Sends our Opus instead of the browser's. Synchronous: call it before negotiation, since some browsers give frames only to a
 * transform that is there by then. Throws an EarshotError for a bad option or a second attachment; whatever else goes wrong is
 * an `error` event, and the native payload is sent.
 */
export function attachSender(sender: RTCRtpSender, options: SenderOptions = {}): SenderAttachment {
  return new SenderAttachment(sender, options);
}

/** A sender with our encoder. Fires `statechange` and `error`. */
export class SenderAttachment extends Attachment<SenderReport> {
  #settings: SenderSettings;
  readonly #sender: RTCRtpSender;
  readonly #source: TapSource | undefined;
  readonly #stats = new Requests<SenderCounters>();
  readonly #loss = new LossFollower();
  #tapped: TapSource | null = null;
  #tap: Promise<Tap | undefined> = Promise.resolve(undefined);
  #unwatch: (() => void) | undefined;
  #clock: AudioClock = { rtpTimestamp: 0, time: -Infinity };
  #muted = false;
  #flowing = false;
  #ticks = 0;

  /** @internal */
  constructor(sender: RTCRtpSender, options: SenderOptions) {
    super(sender, 'sender', workerHost);
    if (sender.track?.kind === 'video') throw invalid('sender', 'sender', 'a sender of video', 'a sender of audio');
    this.#sender = sender;
    this.#source = options.source;
    this.#settings = senderSettings(options);
    if (!this.openPipe(wantedTransform('sender', options.transform))) return;
    this.#post({ type: 'start', settings: this.#encoderSettings() });
    this.#followTrack();
    this.#supplyEncoder().catch((error: unknown) => {
      this.fail(error, 'asset-load', 'load encoder', 'The native payload is sent; attach again to retry.');
    });
  }

  /** Deep redundancy in use, ms: 0 where its module could not be loaded. */
  get dred(): number {
    return this.#settings.dred;
  }

  /** Changes any of these options at once. Throws an EarshotError for a value out of range. */
  update(options: SenderUpdate): void {
    this.#settings = updateSender(options, this.#settings);
    this.#post({ type: 'update', settings: this.#encoderSettings() });
  }

  async getStats(): Promise<SenderStats> {
    const counters = this.answers ? await this.#stats.ask((id) => this.#post({ type: 'stats', id })) : NO_COUNTERS;
    return { ...counters, expectedLoss: this.#encoderSettings().expectedLoss };
  }

  /** @internal What is captured when, for pictures that belong to it; null while that is not known. */
  get captured(): AudioClock | null {
    const age = performance.timeOrigin + performance.now() - this.#clock.time;
    return this.state === 'running' && age < MAX_CLOCK_AGE ? this.#clock : null;
  }

  /** @internal */
  protected override onReport(report: SenderReport): void {
    switch (report.type) {
      case 'state':
        return this.lifecycle.settle(report.state);
      case 'fault':
        return this.lifecycle.fail(faultError(report, 'sender'));
      case 'flowing':
        this.#flowing = true;
        return;
      case 'payload-types-needed':
        return this.sendPayloadTypes();
      case 'clock':
        this.#clock = report.clock;
        return;
      case 'stats':
        return this.#stats.answer(report.id, report.counters);
    }
  }

  /** @internal */
  protected override onTick(): void {
    this.#followTrack();
    if (++this.#ticks % TICKS_PER_LOOK === 0) void this.#lookAtConnection();
  }

  /** @internal */
  protected override onSilence(): void {
    this.#stats.close(NO_COUNTERS);
  }

  /** @internal */
  protected override onDispose(): void {
    this.#unwatch?.();
    this.#closeTap();
  }

  async #supplyEncoder(): Promise<void> {
    if (this.#settings.dred === 0) return workerHost.supplyModule('audio');
    if (!(await workerHost.supplyEither('encoder-deep', 'audio'))) this.#settings = { ...this.#settings, dred: 0 };
  }

  #post(command: SenderCommand, transfer?: Transferable[]): void {
    this.send(command, transfer);
  }

  #encoderSettings() {
    const { expectedLoss } = this.#settings;
    return { ...this.#settings, expectedLoss: expectedLoss === 'auto' ? this.#loss.value : expectedLoss };
  }

  /** Taps what the sender sends now: the page may replace, mute or stop the track, and no event says so. */
  #followTrack(): void {
    const { track } = this.#sender;
    const muted = !track || !track.enabled || track.readyState === 'ended';
    if (muted !== this.#muted) {
      this.#muted = muted;
      this.#post({ type: 'mute', muted });
    }
    const source = this.#source ?? track;
    if (source !== this.#tapped) this.#retap(source, track);
  }

  #retap(source: TapSource | null, track: MediaStreamTrack | null): void {
    this.#unwatch?.();
    this.#unwatch = track ? enhancedSource(track)?.watch(() => this.#followTrack()) : undefined;
    this.#closeTap();
    this.#tapped = source;
    if (!source) return;
    const { port1, port2 } = new MessageChannel();
    this.#post({ type: 'pcm', port: port1 }, [port1]);
    this.#tap = openTap(source, this.#settings.numChannels, port2, engine).catch((error: unknown) => {
      this.fail(error, 'context', 'tap the source', 'The native payload is sent. Pass a live audio track or a node of an open AudioContext as source.');
      return undefined;
    });
  }

  #closeTap(): void {
    if (this.#tapped === null) return;
    this.#tapped = null;
    this.#post({ type: 'no-pcm' });
    void this.#tap.then((tap) => tap?.close());
  }

  async #lookAtConnection(): Promise<void> {
    const report = await this.#sender.getStats().catch(() => undefined);
    if (!report || this.state === 'closed') return;
    const before = this.#loss.value;
    let packetsSent = 0;
    for (const entry of report.values()) {
      if (entry.type === 'remote-inbound-rtp') this.#loss.observe(entry);
      if (entry.type === 'outbound-rtp') packetsSent += entry.packetsSent ?? 0;
    }
    if (this.#settings.expectedLoss === 'auto' && this.#loss.value !== before) {
      this.#post({ type: 'update', settings: this.#encoderSettings() });
    }
    if (!this.#flowing && packetsSent > UNSEEN_PACKETS) {
      this.lifecycle.fail(
        new EarshotError(
          'transform-late',
          'sender',
          'attachSender',
          'Packets are sent but none passes the transform: it was attached after negotiation. Call attachSender in the same task as addTrack or addTransceiver.',
        ),
      );
    }
  }
}
