/** Video through a bottleneck: our bandwidth estimation keeps its queue short, whatever the browser tells. */
import assert from 'node:assert/strict';
import { test } from './harness/suite.mjs';

/** Longest delay in the bottleneck once it has settled, ms, and how long that may take, s. */
const MAX_DELAY = 300;
const SETTLE_SECONDS = 10;

/** How much of the bottleneck is used is told, and tested on simulated networks: the pauses of a busy machine look like a queue. */
const LEAST_KBPS = 50;

const start = (t, proxy, options) => t.page.evaluate((all) => harness.videoScene.start(all), { candidates: proxy.candidates, ...options });
const sleep = (t, seconds) => t.page.evaluate((seconds) => harness.sleep(seconds), seconds);
const running = (t) => t.page.evaluate(() => harness.videoScene.until('running'));

/** What went through the bottleneck since `from` (index of a packet): bit/s, and the delays of its packets in it. */
function through(direction, from) {
  const packets = direction.packets.slice(from);
  const passed = packets.filter(({ dropped }) => !dropped);
  const seconds = (packets.at(-1).atMs - packets[0].atMs) / 1000;
  const delays = passed.map(({ atMs, releaseMs }) => Math.max(0, releaseMs - atMs)).sort((a, b) => a - b);
  return {
    kbps: (8 * passed.reduce((sum, { bytes }) => sum + bytes, 0)) / seconds / 1000,
    median: delays[delays.length >> 1],
    most: delays[Math.floor(0.99 * (delays.length - 1))],
    dropped: (packets.length - passed.length) / packets.length,
  };
}

const told = ({ kbps, median, most }) => `${kbps.toFixed(0)} kbit/s, delay ${median.toFixed(0)} ms, at most ${most.toFixed(0)} ms`;

test('at a cap of 500 kbit/s the delay settles', {}, async (t) => {
  const proxy = await t.proxy({ forth: { rateKbps: 500, queueMs: 3000, delayMs: 20 }, back: { delayMs: 20 } });
  await start(t, proxy, { picture: { motion: 6 } });
  await running(t);
  await sleep(t, SETTLE_SECONDS);
  const from = proxy.forth.packets.length;
  await sleep(t, 12);
  const settled = through(proxy.forth, from);
  t.note(told(settled));
  assert.ok(settled.most < MAX_DELAY, told(settled));
  assert.ok(settled.kbps > LEAST_KBPS, told(settled));
  const { receiver, errors } = await t.page.evaluate(() => harness.videoScene.report());
  assert.deepEqual(errors, []);
  assert.ok(receiver.framesPerSecond > 1, `${receiver.framesPerSecond} pictures a second`);
});

test('a cap that falls to 300 kbit/s and rises again is followed', { limitMs: 120_000 }, async (t) => {
  const cap = (rateKbps) => ({ rateKbps, queueMs: 3000, delayMs: 20 });
  const proxy = await t.proxy({ forth: cap(1000), back: { delayMs: 20 } });
  await start(t, proxy, { picture: { motion: 6 } });
  await running(t);
  await sleep(t, 15);
  proxy.forth.impair(cap(300));
  await sleep(t, SETTLE_SECONDS);
  const from = proxy.forth.packets.length;
  await sleep(t, 8);
  const low = through(proxy.forth, from);
  proxy.forth.impair(cap(1000));
  await sleep(t, 20);
  const after = proxy.forth.packets.length;
  await sleep(t, 5);
  const high = through(proxy.forth, after);
  t.note(`300: ${told(low)}; 1000: ${told(high)}`);
  assert.ok(low.most < MAX_DELAY, told(low));
  assert.ok(high.most < MAX_DELAY, told(high));
  assert.ok(Math.min(low.kbps, high.kbps) > LEAST_KBPS, `${told(low)}, then ${told(high)}`);
});
