import type { CodecModel } from './codec-model.js';
import type { EventQueue } from './event-queue.js';
import type { Link } from './link.js';
import { NativeModel, type NativeBehaviour } from './native-model.js';

export type Browser = 'chromium' | 'firefox';

export interface SenderConditions {
  readonly browser?: Browser;
  readonly native?: NativeBehaviour;
  /** Share of receiver reports that are lost; 1: none come at all. */
  reportLoss?: number;
}

/** What came out at the other side. */
export interface Delivery {
  /** ms. */
  readonly time: number;
  /** On the wire. */
  readonly bytes: number;
  /** In the pacer and in the queue of the network, ms. */
  readonly delay: number;
}

const MAX_PAYLOAD = 1150;
const HEADER = 24;
const UNCOUNTED = 38;
/** RFC 3550 §6.2 with libwebrtc's interval for video, ms; each is 0.5 to 1.5 times that (§6.3.1). */
const REPORT_INTERVAL = 1000;
const ICE_INTERVAL = 2500;
const NACK_DELAY = 20;

interface Packet {
  readonly payload: number;
  readonly retransmission: boolean;
  readonly queuedAt: number;
}

/** One browser that sends our frames and the one that receives them, over a link that others may share: pacer, RTCP, NACK, getStats(). */
export class SenderModel {
  readonly deliveries: Delivery[] = [];
  readonly native: NativeModel;
  readonly conditions: SenderConditions;
  #pacer: Packet[] = [];
  #pacing = false;
  /** Bytes that wait in the pacer. */
  #paced = 0;
  #encoded = 0;
  #stats = { packetsSent: 0, bytesSent: 0, headerBytesSent: 0, retransmittedBytesSent: 0, retransmittedPacketsSent: 0, totalPacketSendDelay: 0, nackCount: 0 };
  /** Since the last receiver report. */
  #received = 0;
  #sequenceReceived = 0;
  #lost = 0;
  #lostBefore = 0;
  #expectedBefore = 0;
  #jitter = 0;
  #lastTransit: number | undefined;
  #senderReport: { sentAt: number; cameAt: number } | undefined;
  #remote: Record<string, unknown> | undefined;
  #rtt = { total: 0, measurements: 0 };
  #ice = { responses: 0, current: 0, total: 0 };

  constructor(
    private readonly events: EventQueue,
    private readonly random: () => number,
    private readonly codec: CodecModel,
    private readonly forth: Link,
    private readonly back: Link,
    conditions: SenderConditions = {},
  ) {
    this.conditions = conditions;
    this.native = new NativeModel(events, conditions.native ?? 'gcc');
    this.#frame();
    this.#repeat(() => REPORT_INTERVAL * (0.5 + random()), () => this.#sendSenderReport());
    this.#repeat(() => REPORT_INTERVAL * (0.5 + random()), () => this.#sendReceiverReport());
    this.#repeat(() => ICE_INTERVAL, () => this.#checkConnectivity());
  }

  /** Bytes our encoder has handed over so far. */
  get encodedBytes(): number {
    return this.#encoded;
  }

  /** As RTCRtpSender.getStats() of the browser. */
  getStats(): Map<string, Record<string, unknown>> {
    const { totalPacketSendDelay, ...common } = this.#stats;
    const chromium = (this.conditions.browser ?? 'chromium') === 'chromium';
    const entries: Record<string, unknown>[] = [
      { id: 'OT1', type: 'outbound-rtp', kind: 'video', timestamp: this.events.now, ...common, ...(chromium ? { totalPacketSendDelay: totalPacketSendDelay / 1000 } : {}) },
    ];
    if (this.#remote) entries.push({ id: 'RI1', type: 'remote-inbound-rtp', kind: 'video', localId: 'OT1', ...this.#remote });
    if (chromium) {
      const { responses, current, total } = this.#ice;
      entries.push({
        id: 'CP1', type: 'candidate-pair', nominated: true, state: 'succeeded', timestamp: this.events.now, responsesReceived: responses,
        ...(responses > 0 ? { currentRoundTripTime: current / 1000, totalRoundTripTime: total / 1000 } : {}),
        availableOutgoingBitrate: this.native.estimate,
      });
    }
    return new Map(entries.map((entry) => [entry.id as string, entry]));
  }

  #repeat(interval: () => number, action: () => void): void {
    const next = () => {
      action();
      this.events.after(interval(), next);
    };
    this.events.after(interval(), next);
  }

  #frame(): void {
    let left = this.codec.encode();
    this.#encoded += left;
    this.#paced += left;
    while (left > 0) {
      const payload = Math.min(MAX_PAYLOAD, left);
      this.#pacer.push({ payload, retransmission: false, queuedAt: this.events.now });
      left -= payload;
    }
    this.#pace();
    this.events.after(1000 / this.codec.frameRate, () => this.#frame());
  }

  #pace(): void {
    if (this.#pacing) return;
    const packet = this.#pacer.shift();
    if (!packet) return;
    this.#paced -= packet.payload;
    this.#transmit(packet);
    const pacingRate = this.native.pacingRate(this.#paced, this.events.now - packet.queuedAt);
    if (pacingRate === Infinity) return this.#pace();
    this.#pacing = true;
    this.events.after((8000 * (packet.payload + HEADER)) / pacingRate, () => {
      this.#pacing = false;
      this.#pace();
    });
  }

  #transmit({ payload, retransmission, queuedAt }: Packet): void {
    const stats = this.#stats;
    const waited = this.events.now - queuedAt;
    stats.packetsSent += 1;
    stats.bytesSent += payload;
    stats.headerBytesSent += HEADER;
    stats.totalPacketSendDelay += waited;
    if (retransmission) {
      stats.retransmittedPacketsSent += 1;
      stats.retransmittedBytesSent += payload;
    }
    const bytes = payload + HEADER + UNCOUNTED;
    const sentAt = this.events.now;
    this.forth.send(
      bytes,
      (queued) => this.#receive(bytes, sentAt, waited + queued, queued),
      () => this.#miss(payload, retransmission),
    );
  }

  #receive(bytes: number, sentAt: number, delay: number, queued: number): void {
    const { now } = this.events;
    this.#received += 1;
    this.#sequenceReceived += 1;
    const transit = now - sentAt;
    if (this.#lastTransit !== undefined) this.#jitter += (Math.abs(transit - this.#lastTransit) - this.#jitter) / 16;
    this.#lastTransit = transit;
    this.deliveries.push({ time: now, bytes, delay });
    this.back.send(60, () => this.native.feedback(now, bytes, queued));
  }

  /** The receiver finds the gap when the next packets come, and asks for it again. */
  #miss(payload: number, retransmission: boolean): void {
    this.events.after(this.forth.wait + NACK_DELAY, () => {
      this.#lost += 1;
      this.#sequenceReceived += 1;
      if (retransmission) return;
      this.back.send(60, () => {
        this.#stats.nackCount += 1;
        this.#paced += payload;
        this.#pacer.unshift({ payload, retransmission: true, queuedAt: this.events.now });
        this.#pace();
      });
    });
  }

  #sendSenderReport(): void {
    const sentAt = this.events.now;
    this.forth.send(80, () => {
      this.#senderReport = { sentAt, cameAt: this.events.now };
    });
  }

  #sendReceiverReport(): void {
    const expected = this.#sequenceReceived - this.#expectedBefore;
    if (this.#sequenceReceived === 0) return;
    const fractionLost = expected === 0 ? 0 : Math.floor((256 * (this.#lost - this.#lostBefore)) / expected) / 256;
    this.#expectedBefore = this.#sequenceReceived;
    this.#lostBefore = this.#lost;
    const report = this.#senderReport;
    const { now } = this.events;
    const [lost, jitter] = [this.#lost, this.#jitter];
    if (this.random() < (this.conditions.reportLoss ?? 0)) return;
    this.back.send(80, () => {
      const arrived = this.events.now;
      if (report) {
        const roundTrip = arrived - report.sentAt - (now - report.cameAt);
        this.#rtt.total += roundTrip;
        this.#rtt.measurements += 1;
        this.#remote = { ...this.#remote, roundTripTime: roundTrip / 1000 };
      }
      this.#remote = {
        ...this.#remote,
        timestamp: arrived,
        fractionLost,
        packetsLost: lost,
        jitter: jitter / 1000,
        totalRoundTripTime: this.#rtt.total / 1000,
        roundTripTimeMeasurements: this.#rtt.measurements,
      };
    });
  }

  #checkConnectivity(): void {
    const sentAt = this.events.now;
    this.forth.send(120, () =>
      this.back.send(120, () => {
        this.#ice.responses += 1;
        this.#ice.current = this.events.now - sentAt;
        this.#ice.total += this.#ice.current;
      }),
    );
  }
}
