import { describe, expect, it } from 'vitest';
import { FixedRate, LIMITS, LossBased, OurController } from './support/network/controllers.js';
import type { LinkConditions } from './support/network/link.js';
import type { NativeBehaviour } from './support/network/native-model.js';
import type { Browser } from './support/network/sender-model.js';
import { simulate, type FlowResult, type SimulatedController } from './support/network/simulation.js';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const DURATION = 60_000;

/** What the browsers may be: with or without an estimate of their own that lives, and one that paces without being told of. */
const browsers: readonly (readonly [Browser, NativeBehaviour])[] = [['chromium', 'gcc'], ['chromium', 'stuck'], ['firefox', 'gcc'], ['firefox', 'none']];

type Step = { at: number } & LinkConditions;

function run(seed: number, network: Step[], [browser, native]: readonly [Browser, NativeBehaviour], controller: SimulatedController = new OurController(), duration = DURATION): FlowResult {
  return simulate({ seed, network, flows: [{ controller, browser, native }] }, duration)[0]!;
}

/** Of all packets of several runs that came from `from` on, the share that waited longer than `limit`. */
function shareLate(flows: FlowResult[], limit: number, from: number, to: number): number {
  const delays = flows.flatMap(({ sender }) => sender.deliveries.filter(({ time }) => time >= from && time < to).map(({ delay }) => delay));
  return delays.filter((delay) => delay > limit).length / delays.length;
}

describe.each(browsers)('%s, its own congestion control: %s', (...browser) => {
  const stuck = browser[1] === 'stuck';

  it.each([
    ['a queue of 1 s', { rate: 500, queue: 1000, delay: 25 }],
    ['a queue of 2 s', { rate: 500, queue: 2000, delay: 25 }],
    ['a queue of 200 ms', { rate: 500, queue: 200, delay: 25 }],
    ['a round trip of 20 ms', { rate: 500, queue: 1000, delay: 10 }],
    ['jitter', { rate: 500, queue: 1000, delay: 10, jitter: 40 }],
  ] as const)('at 500 kbit/s and %s the delay is below 300 ms after 10 s and stays, and the network is used', (_, link) => {
    const flows = SEEDS.map((seed) => run(seed, [{ at: 0, ...link }], browser));
    expect(shareLate(flows, 300, 10_000, DURATION)).toBeLessThan(0.01);
    for (const flow of flows) {
      expect(flow.delayQuantile(0.95, 10_000, DURATION)).toBeLessThan(300);
      expect(flow.rate(20_000, DURATION)).toBeGreaterThan(0.75 * 500_000);
    }
  });

  it('keeps the delay bounded at a round trip of 400 ms, too', () => {
    const flows = SEEDS.map((seed) => run(seed, [{ at: 0, rate: 500, queue: 1000, delay: 200 }], browser));
    expect(shareLate(flows, 300, 12_000, DURATION)).toBeLessThan(0.03);
    for (const flow of flows) expect(flow.rate(20_000, DURATION)).toBeGreaterThan(0.7 * 500_000);
  });

  it.each([200, 1000, 2000])('after a fall from 1 Mbit/s to 300 kbit/s drains a queue of %s ms within 10 s, and finds the megabit again', (queue) => {
    const network = [{ at: 0, rate: 1000, queue, delay: 25 }, { at: 30_000, rate: 300, queue, delay: 25 }, { at: 60_000, rate: 1000, queue, delay: 25 }];
    const flows = SEEDS.map((seed) => run(seed, network, browser, new OurController(), 100_000));
    expect(shareLate(flows, 300, 40_000, 60_000)).toBeLessThan(0.03);
    expect(flows.reduce((sum, flow) => sum + flow.rate(45_000, 60_000), 0) / flows.length).toBeGreaterThan(0.6 * 300_000);
    for (const flow of flows) {
      expect(flow.delayQuantile(0.9, 40_000, 42_000)).toBeLessThan(300);
      expect(flow.rate(45_000, 60_000)).toBeGreaterThan(0.33 * 300_000);
      // An estimate that stays at 300 kbit/s lets no more than twice that through without waiting.
      expect(flow.rate(90_000, 100_000)).toBeGreaterThan(stuck ? 500_000 : 700_000);
    }
  });

  it('uses a queue that only shows by loss, and loses little', () => {
    for (const seed of SEEDS) {
      const flow = run(seed, [{ at: 0, rate: 500, queue: 50, delay: 25 }], browser);
      expect(flow.rate(20_000, DURATION)).toBeGreaterThan(0.7 * 500_000);
      const { packetsSent } = flow.sender.getStats().get('OT1') as { packetsSent: number };
      const { packetsLost } = flow.sender.getStats().get('RI1') as { packetsLost: number };
      expect(packetsLost / packetsSent).toBeLessThan(0.1);
    }
  });

  it('does not take 5 % of loss by chance for congestion', () => {
    const rates = SEEDS.map((seed) => run(seed, [{ at: 0, delay: 25, loss: 0.05 }], browser, new OurController(), 90_000).rate(60_000, 90_000));
    for (const rate of rates) expect(rate).toBeGreaterThan(stuck ? 450_000 : 0.8 * LIMITS.maxBitrate);
  });

  it('keeps the delay low where there is both, a cap and loss by chance', () => {
    const flows = SEEDS.map((seed) => run(seed, [{ at: 0, rate: 500, queue: 1000, delay: 25, loss: 0.05 }], browser));
    expect(shareLate(flows, 300, 12_000, DURATION)).toBeLessThan(0.05);
    for (const flow of flows) expect(flow.rate(20_000, DURATION)).toBeGreaterThan(0.6 * 500_000);
  });

  it('shares a network with its like', () => {
    for (const seed of SEEDS.slice(0, 4)) {
      const [browserName, native] = browser;
      const flow = (startAt: number) => ({ controller: new OurController(), browser: browserName, native, startAt });
      const flows = simulate({ seed, network: [{ at: 0, rate: 1000, queue: 1000, delay: 25 }], flows: [flow(0), flow(20_000)] }, 140_000);
      const rates = flows.map(({ rate }) => rate(80_000, 140_000));
      expect(Math.min(...rates)).toBeGreaterThan(100_000);
      expect(rates[0]! + rates[1]!).toBeGreaterThan(600_000);
      expect(shareLate(flows, 300, 40_000, 140_000)).toBeLessThan(0.1);
    }
  });

  it('makes room for traffic that does not give way, and takes it back', () => {
    for (const seed of SEEDS.slice(0, 4)) {
      const options = { seed, network: [{ at: 0, rate: 1000, queue: 1000, delay: 25 }], flows: [{ controller: new OurController(), browser: browser[0], native: browser[1] }] };
      const [flow] = simulate({ ...options, others: { rate: 600, from: 30_000, to: 60_000 } }, 100_000);
      expect(flow!.delayQuantile(0.9, 40_000, 60_000)).toBeLessThan(300);
      expect(flow!.rate(45_000, 60_000)).toBeGreaterThan(150_000);
      expect(flow!.rate(90_000, 100_000)).toBeGreaterThan(stuck ? 500_000 : 650_000);
    }
  });

  it('sends less and less while no report comes, and comes back with the reports', () => {
    const conditions = { controller: new OurController(), browser: browser[0], native: browser[1], reportLoss: 0 };
    const silent = simulate({ seed: 1, network: [{ at: 0, rate: 500, queue: 1000 }], flows: [{ ...conditions, reportLoss: 1 }] }, 30_000)[0]!;
    expect(silent.bitrates.at(-1)!.bitrate).toBeLessThan(100_000);
    const half = simulate({ seed: 1, network: [{ at: 0, rate: 500, queue: 1000 }], flows: [{ ...conditions, controller: new OurController(), reportLoss: 0.5 }] }, DURATION)[0]!;
    expect(half.rate(30_000, DURATION)).toBeGreaterThan(0.6 * 500_000);
    expect(half.delayQuantile(0.95, 15_000, DURATION)).toBeLessThan(400);
  });
});

it('needs what the references lack', () => {
  const network = [{ at: 0, rate: 500, queue: 1000, delay: 25 }];
  for (const controller of [new FixedRate(1_500_000), new LossBased()]) {
    const flow = run(1, network, ['chromium', 'gcc'], controller);
    expect(shareLate([flow], 300, 30_000, DURATION)).toBeGreaterThan(0.2);
  }
});
