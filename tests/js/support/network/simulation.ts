import { seededRandom } from '../random.js';
import { CodecModel } from './codec-model.js';
import { EventQueue } from './event-queue.js';
import { Link, type LinkConditions } from './link.js';
import { SenderModel, type SenderConditions } from './sender-model.js';

/** What decides how much is encoded; given what getStats() says, four times a second. */
export interface SimulatedController {
  /**
   * @param encodedBytes handed to the browser so far
   * @returns bits per second to encode from now on
   */
  look(stats: Map<string, Record<string, unknown>>, time: number, encodedBytes: number): number;
}

export interface FlowOptions extends SenderConditions {
  readonly controller: SimulatedController;
  /** ms. */
  readonly startAt?: number;
  readonly startBitrate?: number;
}

export interface SimulationOptions {
  readonly seed: number;
  /** From `at` on, ms, in rising order; the first at 0. */
  readonly network: readonly ({ readonly at: number } & LinkConditions)[];
  readonly flows: readonly FlowOptions[];
  /** kbit/s of constant traffic of others, from `from` to `to`, ms. */
  readonly others?: { readonly rate: number; readonly from: number; readonly to: number };
}

/** One flow as it came out at the other side. */
export interface FlowResult {
  /** Mean rate on the wire between two times, bit/s. */
  rate(from: number, to: number): number;
  /** Largest delay in queues of any packet that came between two times, ms. */
  worstDelay(from: number, to: number): number;
  /** The share `q` of packets waited no longer, ms. */
  delayQuantile(q: number, from: number, to: number): number;
  readonly bitrates: readonly { readonly time: number; readonly bitrate: number }[];
  readonly sender: SenderModel;
}

const LOOK_INTERVAL = 250;

/** Runs flows over one bottleneck for `duration` ms; the same options give the same result. */
export function simulate(options: SimulationOptions, duration: number): FlowResult[] {
  const random = seededRandom(options.seed);
  const events = new EventQueue();
  const forth = new Link(events, random, options.network[0]);
  for (const conditions of options.network) events.at(conditions.at, () => forth.change(conditions));
  if (options.others) disturb(events, forth, options.others);
  const flows = options.flows.map((flow) => startFlow(events, random, forth, flow, options.network[0]!));
  events.runUntil(duration);
  return flows.map((flow) => flow());
}

function disturb(events: EventQueue, link: Link, { rate, from, to }: { rate: number; from: number; to: number }): void {
  const bytes = 1200;
  const next = () => {
    if (events.now >= to) return;
    link.send(bytes, () => {});
    events.after((8 * bytes) / rate, next);
  };
  events.at(from, next);
}

function startFlow(events: EventQueue, random: () => number, forth: Link, flow: FlowOptions, { delay }: LinkConditions): () => FlowResult {
  const back = new Link(events, random, { delay });
  const codec = new CodecModel(random, { bitrate: flow.startBitrate ?? 300_000 });
  const bitrates: { time: number; bitrate: number }[] = [];
  let sender: SenderModel;
  events.at(flow.startAt ?? 0, () => {
    sender = new SenderModel(events, random, codec, forth, back, flow);
    const look = () => {
      codec.bitrate = flow.controller.look(sender.getStats(), events.now, sender.encodedBytes);
      bitrates.push({ time: events.now, bitrate: codec.bitrate });
      events.after(LOOK_INTERVAL, look);
    };
    look();
  });
  return () => resultOf(sender, bitrates);
}

function resultOf(sender: SenderModel, bitrates: FlowResult['bitrates']): FlowResult {
  const between = (from: number, to: number) => sender.deliveries.filter(({ time }) => time >= from && time < to);
  const delays = (from: number, to: number) => between(from, to).map(({ delay }) => delay).sort((a, b) => a - b);
  return {
    sender,
    bitrates,
    rate: (from, to) => (8000 * between(from, to).reduce((sum, { bytes }) => sum + bytes, 0)) / (to - from),
    worstDelay: (from, to) => delays(from, to).at(-1) ?? 0,
    delayQuantile: (q, from, to) => {
      const sorted = delays(from, to);
      return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
    },
  };
}
