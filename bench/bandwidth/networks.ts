// Rate controllers on simulated networks: what the run in Node needs, bundled from the library and the simulation of the tests.
import { FixedRate, LossBased, OurController } from '../../tests/js/support/network/controllers.js';
import type { LinkConditions } from '../../tests/js/support/network/link.js';
import type { NativeBehaviour } from '../../tests/js/support/network/native-model.js';
import type { Browser } from '../../tests/js/support/network/sender-model.js';
import { simulate, type FlowResult, type SimulatedController } from '../../tests/js/support/network/simulation.js';

interface Network {
  readonly steps: readonly ({ readonly at: number } & LinkConditions)[];
  /** What is measured: from, to, ms; and the capacity then, kbit/s. */
  readonly window: readonly [number, number];
  readonly capacity: number;
}

const steady = (link: LinkConditions, capacity: number): Network => ({ steps: [{ at: 0, ...link }], window: [10_000, 60_000], capacity });

const networks: Record<string, Network> = {
  'cap 500 kbit/s, queue 1 s': steady({ rate: 500, queue: 1000, delay: 25 }, 500),
  'cap 500 kbit/s, queue 2 s': steady({ rate: 500, queue: 2000, delay: 25 }, 500),
  'cap 500 kbit/s, queue 50 ms': steady({ rate: 500, queue: 50, delay: 25 }, 500),
  'cap 500 kbit/s, round trip 400 ms': steady({ rate: 500, queue: 1000, delay: 200 }, 500),
  'cap 150 kbit/s, queue 1 s': steady({ rate: 150, queue: 1000, delay: 25 }, 150),
  'cap 2 Mbit/s, queue 500 ms': steady({ rate: 2000, queue: 500, delay: 25 }, 2000),
  '1 Mbit/s to 300 kbit/s, from 10 s after': {
    steps: [{ at: 0, rate: 1000, queue: 1000, delay: 25 }, { at: 30_000, rate: 300, queue: 1000, delay: 25 }], window: [40_000, 60_000], capacity: 300,
  },
  '300 kbit/s to 1 Mbit/s, from 30 s after': {
    steps: [{ at: 0, rate: 300, queue: 1000, delay: 25 }, { at: 30_000, rate: 1000, queue: 1000, delay: 25 }], window: [60_000, 80_000], capacity: 1000,
  },
  '5 % loss, no cap': { steps: [{ at: 0, delay: 25, loss: 0.05 }], window: [60_000, 90_000], capacity: 2500 },
  '5 % loss in bursts of 5, no cap': { steps: [{ at: 0, delay: 25, loss: 0.05, burst: 5 }], window: [60_000, 90_000], capacity: 2500 },
  '5 % loss, cap 500 kbit/s': steady({ rate: 500, queue: 1000, delay: 25, loss: 0.05 }, 500),
};

const browsers: Record<string, readonly [Browser, NativeBehaviour]> = {
  'chromium': ['chromium', 'gcc'],
  'chromium, stuck': ['chromium', 'stuck'],
  'firefox': ['firefox', 'gcc'],
  'firefox, unpaced': ['firefox', 'none'],
};

const controllers: Record<string, () => SimulatedController> = {
  earshot: () => new OurController(),
  lossBased: () => new LossBased(),
  fixed: () => new FixedRate(1_500_000),
};

export interface Outcome {
  readonly network: string;
  readonly browser: string;
  readonly controller: string;
  /** Mean over the seeds of what came through, over the capacity. */
  readonly utilisation: number;
  readonly leastUtilisation: number;
  /** Quantiles of the delay of all packets in queues and pacer, ms. */
  readonly delayP50: number;
  readonly delayP95: number;
  readonly delayP99: number;
  /** Of the packets, those above 300 ms. */
  readonly shareLate: number;
}

/** Every controller on every network, with as many seeds; the same each time. */
export function compare(seeds: number): Outcome[] {
  return Object.entries(networks).flatMap(([network, conditions]) => Object.entries(browsers).flatMap(([browser, kind]) =>
    Object.entries(controllers).map(([controller, create]) => ({ network, browser, controller, ...outcome(conditions, kind, create, seeds) }))));
}

function outcome({ steps, window: [from, to], capacity }: Network, [browser, native]: readonly [Browser, NativeBehaviour], create: () => SimulatedController, seeds: number) {
  const flows: FlowResult[] = [];
  for (let seed = 1; seed <= seeds; seed++) flows.push(simulate({ seed, network: steps, flows: [{ controller: create(), browser, native }] }, to)[0]!);
  const used = flows.map((flow) => flow.rate(from, to) / (1000 * capacity));
  const delays = flows.flatMap(({ sender }) => sender.deliveries.filter(({ time }) => time >= from).map(({ delay }) => delay)).sort((a, b) => a - b);
  const quantile = (q: number) => round(delays[Math.floor(q * (delays.length - 1))]!, 1);
  return {
    utilisation: round(used.reduce((sum, share) => sum + share, 0) / seeds, 1000),
    leastUtilisation: round(Math.min(...used), 1000),
    delayP50: quantile(0.5),
    delayP95: quantile(0.95),
    delayP99: quantile(0.99),
    shareLate: round(delays.filter((delay) => delay > 300).length / delays.length, 1000),
  };
}

function round(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
