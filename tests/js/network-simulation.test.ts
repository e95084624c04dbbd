import { expect, it } from 'vitest';
import { EventQueue } from './support/network/event-queue.js';
import { Link } from './support/network/link.js';
import { FixedRate } from './support/network/controllers.js';
import { simulate } from './support/network/simulation.js';
import { seededRandom } from './support/random.js';

it('runs events in the order of their times, and of their scheduling at the same time', () => {
  const events = new EventQueue();
  const random = seededRandom(1);
  const times = Array.from({ length: 500 }, () => Math.floor(50 * random()));
  const seen: [number, number][] = [];
  times.forEach((time, i) => events.at(time, () => seen.push([events.now, i])));
  events.runUntil(100);
  expect(seen).toEqual(times.map((time, i): [number, number] => [time, i]).sort((a, b) => a[0] - b[0] || a[1] - b[1]));
  expect(events.now).toBe(100);
});

it('lets out what its rate allows, drops what its queue cannot hold, and keeps what waits when the rate changes', () => {
  const events = new EventQueue();
  const link = new Link(events, seededRandom(1), { rate: 800, queue: 500, delay: 0, jitter: 0 });
  let lost = 0;
  const arrivals: { time: number; waited: number }[] = [];
  // 1000 bytes each 5 ms are 1600 kbit/s.
  for (let i = 0; i < 2000; i++) events.at(5 * i, () => link.send(1000, (waited) => arrivals.push({ time: events.now, waited }), () => (lost += 1)));
  events.at(10_000, () => link.change({ rate: 400, queue: 500, delay: 0, jitter: 0 }));
  events.runUntil(20_000);
  const before = arrivals.filter(({ time }) => time <= 10_000);
  expect(before.length).toBeGreaterThan(998);
  expect(before.length).toBeLessThan(1002);
  expect(Math.max(...before.map(({ waited }) => waited))).toBeCloseTo(510, -1);
  expect(arrivals.length + lost).toBe(2000);
  // The half second at 800 kbit/s that waits takes one at 400.
  expect(arrivals.at(-1)!.time).toBeGreaterThan(10_950);
  expect(arrivals.at(-1)!.time).toBeLessThan(11_100);
});

it('gives more than a network takes to a queue that grows as arithmetic says, and reports the loss that follows', () => {
  const [flow] = simulate({ seed: 3, network: [{ at: 0, rate: 500, queue: 1000 }], flows: [{ controller: new FixedRate(900_000), native: 'none' }] }, 30_000);
  expect(flow!.rate(10_000, 30_000)).toBeGreaterThan(490_000);
  expect(flow!.rate(10_000, 30_000)).toBeLessThan(505_000);
  expect(flow!.worstDelay(10_000, 30_000)).toBeGreaterThan(990);
  const report = flow!.sender.getStats().get('RI1')!;
  expect(report.fractionLost).toBeGreaterThan(0.3);
  expect(report.roundTripTime).toBeGreaterThan(1);
});
