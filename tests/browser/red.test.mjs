/** Redundant audio data (RFC 2198), where the browser has it. */
import assert from 'node:assert/strict';

import { steadyToneDbfs } from './analysis/level.mjs';
import { test } from './harness/suite.mjs';

const LOSS = 0.1;

test('our payload travels with redundant copies, which our decoder and the native one play', { browsers: ['chromium'] }, async (t) => {
  const proxy = await t.proxy({ seed: 3 });
  await t.page.evaluate(async (candidates) => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    let sender, receiver;
    // Without the codec's own redundancy, so that what is recovered comes from the copies.
    const { receiver: rtpReceiver } = await harness.call({
      track: harness.trackOf(harness.tone(context, 400)),
      proxy: candidates,
      firstCodec: 'audio/red',
      onSender: (one) => (sender = Earshot.attachSender(one, { source: harness.tone(context, 1000), fec: false })),
      onReceiver: (one) => (receiver = Earshot.attachReceiver(one, { audioContext: context })),
    });
    const native = harness.nativeOutput(context, rtpReceiver.track);
    await Promise.all([sender.ready, receiver.ready]);
    await harness.sleep(1.5);
    window.scene = { context, sender, receiver, outputs: [receiver.node, native], before: await receiver.getStats() };
  }, proxy.candidates);
  const before = proxy.forth.dropped;
  proxy.forth.impair({ loss: LOSS });
  const id = await t.page.evaluate(() => harness.record(scene.context, scene.outputs, 5));
  proxy.forth.impair({});
  const { stats, encoded } = await t.page.evaluate(async () => {
    await harness.sleep(1);
    return { stats: { before: scene.before, after: await scene.receiver.getStats() }, encoded: (await scene.sender.getStats()).framesEncoded };
  });
  const { sampleRate, channels } = t.recording(id);
  for (const samples of channels) {
    const [ours, native] = [1000, 400].map((hertz) => steadyToneDbfs(samples, sampleRate, hertz));
    assert.ok(ours > -18 && native < -45, `1000 Hz at ${ours.toFixed(0)} dBFS, 400 Hz at ${native.toFixed(0)} dBFS`);
  }
  const dropped = proxy.forth.dropped - before;
  const of = (name) => stats.after[name] - stats.before[name];
  t.note(`${dropped} dropped, ${of('packetsRecovered')} of them recovered, ${of('fecPacketsReceived')} copies`);
  assert.ok(encoded > 100 && dropped > 8, `${encoded} frames of ours, ${dropped} dropped`);
  assert.ok(of('fecPacketsReceived') > 100, 'no copies came');
  // A copy is of no use only where the packet after is lost as well.
  assert.ok(of('packetsRecovered') > 0.6 * dropped, 'the copies were not used');
});
