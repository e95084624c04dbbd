/** The browser's own path and ours through the same bad network at the same time: delay, concealment, and the count of what was lost. */
import assert from 'node:assert/strict';

import { medianDelay } from './analysis/delay.mjs';
import { test } from './harness/suite.mjs';

/** Hardly more than five packets of 20 ms on their way at once; one in twenty lost. */
const NETWORK = { loss: 0.05, jitterMs: 80 };
const SECONDS = 10;

/** The counters of both receivers, under the names they share. */
const counters = () =>
  Promise.all([scene.receiver.getStats(), harness.statistics(scene.native, 'inbound-rtp')]).then((all) => {
    const names = ['packetsReceived', 'packetsLost', 'concealedSamples', 'totalSamplesReceived', 'jitterBufferDelay', 'jitterBufferEmittedCount'];
    return all.map((stats) => Object.fromEntries(names.map((name) => [name, stats[name]])));
  });

test('proof: on the same network ours keeps up with the native path in delay and concealment, and both count every drop', {}, async (t) => {
  const proxies = [await t.proxy({ seed: 8 }), await t.proxy({ seed: 8 })];
  const directions = proxies.map(({ forth }) => forth);
  await t.page.evaluate(async ([candidates, nativeCandidates]) => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    const source = await harness.fileSource(context, '/data/clean-speech.wav');
    const track = harness.trackOf(source);
    let sender, receiver;
    const native = await harness.call({ track, proxy: nativeCandidates });
    await harness.call({
      track,
      proxy: candidates,
      onSender: (one) => (sender = Earshot.attachSender(one)),
      onReceiver: (one) => (receiver = Earshot.attachReceiver(one, { audioContext: context })),
    });
    await Promise.all([sender.ready, receiver.ready]);
    const outputs = [source, receiver.node, harness.nativeOutput(context, native.receiver.track)];
    await harness.sleep(2);
    window.scene = { context, receiver, native: native.callee, outputs };
  }, proxies.map(({ candidates }) => candidates));

  const before = { stats: await t.page.evaluate(counters), lost: directions.map(({ lost }) => lost) };
  for (const direction of directions) direction.impair(NETWORK);
  // The buffers learn what network they are on.
  await t.page.evaluate(() => harness.sleep(3));
  const id = await t.page.evaluate((seconds) => harness.record(scene.context, scene.outputs, seconds), SECONDS);
  for (const direction of directions) direction.impair({});
  // The last loss shows once the packets after it have come, and with us have played.
  await t.page.evaluate(() => harness.sleep(1.5));
  const after = await t.page.evaluate(counters);

  const { sampleRate, channels } = t.recording(id);
  const [ours, native] = [0, 1].map((path) => {
    const of = (name) => after[path][name] - before.stats[path][name];
    return {
      delay: medianDelay(channels[0], channels[1 + path], sampleRate),
      concealed: of('concealedSamples') / of('totalSamplesReceived'),
      buffered: of('jitterBufferDelay') / of('jitterBufferEmittedCount'),
      received: of('packetsReceived'),
      lost: of('packetsLost'),
      dropped: directions[path].lost - before.lost[path],
    };
  });
  for (const [name, path] of Object.entries({ ours, native })) {
    const { delay, buffered, concealed, lost, dropped } = path;
    t.note(`${name}: ${(1000 * delay).toFixed(0)} ms, of it ${(1000 * buffered).toFixed(0)} in the buffer, ${(100 * concealed).toFixed(1)} % concealed, ${lost} of ${dropped} drops counted`);
  }
  assert.ok(ours.dropped > 15 && ours.received > 500, `${ours.dropped} dropped, ${ours.received} received`);
  for (const path of [ours, native]) {
    assert.equal(path.lost, path.dropped);
    // The buffer is part of the way, and what a path says of itself is on one scale with what is measured.
    assert.ok(path.buffered > 0.01 && path.buffered < path.delay + 0.05, `${path.buffered} s in the buffer of ${path.delay} s`);
  }
  // A busy machine delays both.
  assert.ok(ours.delay > 0.02 && ours.delay < native.delay + 0.12, `${ours.delay} s, native ${native.delay} s`);
  assert.ok(ours.concealed < native.concealed + 0.05, `${ours.concealed} concealed, native ${native.concealed}`);
});
