/** IPv4 and UDP headers, and the tag of SRTP (RFC 3711 §4.2): what each packet weighs besides what getStats() counts. */
const UNCOUNTED_BYTES_PER_PACKET = 20 + 8 + 10;

/** RTP header with the usual extensions, where the browser does not count headers. */
const ASSUMED_HEADER_BYTES = 20;

/** Longer round trips are a broken clock, ms. */
const LONGEST_ROUND_TRIP = 60_000;

/** What receiver reports said since the look before. */
export interface ReceiverReport {
  /** Share of the packets lost, 0 … 1, of the last interval between two reports. */
  readonly fractionLost: number;
  /** From the report before to this one, ms; 0 for the first. */
  readonly interval: number;
  /** Interarrival jitter (RFC 3550 §6.4.1), ms. */
  readonly jitter: number | undefined;
}

/** A round trip measured since the look before. Each source has a smallest value of its own. */
export interface RoundTrip {
  /** RTCP reports, or connectivity checks of ICE. */
  readonly source: 'rtcp' | 'ice';
  /** ms. */
  readonly duration: number;
}

/** What one look at getStats() told of the way to the other side. Times in ms, rates in bit/s. */
export interface NetworkSample {
  /** Of the caller's clock. */
  readonly time: number;
  /** Since the look before; 0 at the first. */
  readonly interval: number;
  /** On the wire in that interval, with all headers and retransmissions. */
  readonly wireBytes: number;
  /** Of those, payload that was sent for the first time. */
  readonly mediaBytes: number;
  readonly packets: number;
  /** Mean time a packet of the interval waited in the browser before it left; undefined where the browser does not tell. */
  readonly sendDelay: number | undefined;
  /** Bytes the encoder handed over in that interval; undefined where the caller does not tell. */
  readonly encodedBytes: number | undefined;
  /** The newest receiver report, if one came in the interval. */
  readonly report: ReceiverReport | undefined;
  /** Since the last receiver report came, or since the first look while none has. */
  readonly reportAge: number;
  readonly roundTrips: readonly RoundTrip[];
  /** The browser's own estimate. */
  readonly availableBitrate: number | undefined;
}

/** What we need of an RTCStatsReport. */
export interface StatsReport {
  values(): Iterable<unknown>;
}

type Entry = Readonly<Record<string, unknown>>;

/** A finite number that is not negative, else undefined: browsers leave fields out, and not all of them are numbers of sense. */
function amount(entry: Entry, field: string): number | undefined {
  const value = entry[field];
  return typeof value === 'number' && value >= 0 && value < Infinity ? value : undefined;
}

function* entriesOf(report: StatsReport): Generator<Entry> {
  for (const entry of report.values()) {
    if (typeof entry === 'object' && entry !== null) yield entry as Entry;
  }
}

/** Differences of counters. One seen for the first time, or fallen because its stream was replaced, has not grown. */
class Counters {
  #before = new Map<string, number>();
  #now = new Map<string, number>();

  growth(entry: Entry, field: string): number {
    const value = amount(entry, field);
    if (value === undefined) return 0;
    const key = `${String(entry.id)} ${field}`;
    this.#now.set(key, value);
    return Math.max(0, value - (this.#before.get(key) ?? value));
  }

  /** Ends a look; what was not in it is forgotten. */
  turn(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }
}

/** Streams of video that one sender sends, and the pair they go by, from look to look. */
export class NetworkSampler {
  readonly #counters = new Counters();
  readonly #reportTimes = new Map<string, number>();
  #lastTime: number | undefined;
  #lastReport: number | undefined;
  #lastEncoded: number | undefined;

  /**
   * @param stats of the RTCRtpSender (streams of audio in it are left out)
   * @param time of the look, ms, on a clock that does not go back
   * @param encodedBytes what the encoder has handed to the browser so far
   */
  sample(stats: StatsReport, time: number, encodedBytes?: number): NetworkSample {
    const sums = { wireBytes: 0, mediaBytes: 0, packets: 0, sendDelay: undefined as number | undefined };
    const roundTrips: RoundTrip[] = [];
    let report: ReceiverReport | undefined;
    let availableBitrate: number | undefined;
    for (const entry of entriesOf(stats)) {
      if (entry.kind === 'audio') continue;
      if (entry.type === 'outbound-rtp') this.#addOutbound(entry, sums);
      if (entry.type === 'remote-inbound-rtp') report = this.#reportOf(entry, roundTrips) ?? report;
      if (entry.type === 'candidate-pair') availableBitrate = this.#readPair(entry, roundTrips) ?? availableBitrate;
    }
    this.#counters.turn();
    const interval = this.#lastTime === undefined ? 0 : Math.max(0, time - this.#lastTime);
    this.#lastTime = time;
    const encodedBefore = this.#lastEncoded ?? encodedBytes;
    this.#lastEncoded = encodedBytes;
    if (report || this.#lastReport === undefined) this.#lastReport = time;
    const { sendDelay, ...sent } = sums;
    return {
      time,
      interval,
      ...sent,
      sendDelay: sendDelay === undefined || sent.packets === 0 ? undefined : sendDelay / sent.packets,
      encodedBytes: encodedBytes === undefined ? undefined : Math.max(0, encodedBytes - encodedBefore!),
      report,
      reportAge: time - this.#lastReport,
      roundTrips,
      availableBitrate,
    };
  }

  #addOutbound(entry: Entry, sums: { wireBytes: number; mediaBytes: number; packets: number; sendDelay: number | undefined }): void {
    const packets = this.#counters.growth(entry, 'packetsSent');
    const bytes = this.#counters.growth(entry, 'bytesSent');
    const headers = amount(entry, 'headerBytesSent') === undefined ? ASSUMED_HEADER_BYTES * packets : this.#counters.growth(entry, 'headerBytesSent');
    sums.packets += packets;
    sums.wireBytes += bytes + headers + UNCOUNTED_BYTES_PER_PACKET * packets;
    sums.mediaBytes += Math.max(0, bytes - this.#counters.growth(entry, 'retransmittedBytesSent'));
    if (amount(entry, 'totalPacketSendDelay') === undefined) return;
    sums.sendDelay = (sums.sendDelay ?? 0) + 1000 * this.#counters.growth(entry, 'totalPacketSendDelay');
  }

  /** The report, if it is another than at the look before. */
  #reportOf(entry: Entry, roundTrips: RoundTrip[]): ReceiverReport | undefined {
    const id = String(entry.id);
    const timestamp = amount(entry, 'timestamp');
    const fractionLost = amount(entry, 'fractionLost');
    const measured = this.#counters.growth(entry, 'roundTripTimeMeasurements');
    const before = this.#reportTimes.get(id);
    if (timestamp === undefined || fractionLost === undefined || timestamp === before) return undefined;
    this.#reportTimes.set(id, timestamp);
    if (measured > 0 || amount(entry, 'roundTripTimeMeasurements') === undefined) addRoundTrip(roundTrips, 'rtcp', amount(entry, 'roundTripTime'));
    const jitter = amount(entry, 'jitter');
    return {
      fractionLost: Math.min(1, fractionLost),
      interval: before === undefined ? 0 : Math.max(0, timestamp - before),
      jitter: jitter === undefined ? undefined : 1000 * jitter,
    };
  }

  /** Only the pair in use has an estimate; where there is none its state tells it from others. */
  #readPair(entry: Entry, roundTrips: RoundTrip[]): number | undefined {
    const available = amount(entry, 'availableOutgoingBitrate');
    const responses = this.#counters.growth(entry, 'responsesReceived');
    if (responses > 0 && (entry.nominated === true || entry.selected === true)) addRoundTrip(roundTrips, 'ice', amount(entry, 'currentRoundTripTime'));
    return available === 0 ? undefined : available;
  }
}

function addRoundTrip(roundTrips: RoundTrip[], source: RoundTrip['source'], seconds: number | undefined): void {
  if (seconds !== undefined && 1000 * seconds <= LONGEST_ROUND_TRIP) roundTrips.push({ source, duration: 1000 * seconds });
}
