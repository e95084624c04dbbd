/** A bad network: what is lost is counted, and speech stays intelligible. */
import assert from 'node:assert/strict';

import { speechQuality } from './analysis/quality.mjs';
import { test } from './harness/suite.mjs';

test('with 5 % random loss speech stays intelligible and every drop is counted', {}, async (t) => {
  const proxy = await t.proxy({ seed: 5 });
  await t.page.evaluate(async (candidates) => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    const source = await harness.fileSource(context, '/data/clean-speech.wav');
    let sender, receiver;
    await harness.call({
      track: harness.trackOf(source),
      proxy: candidates,
      onSender: (one) => (sender = Earshot.attachSender(one, { expectedLoss: 0.05 })),
      onReceiver: (one) => (receiver = Earshot.attachReceiver(one, { audioContext: context })),
    });
    await Promise.all([sender.ready, receiver.ready]);
    await harness.sleep(2);
    window.scene = { context, receiver, before: await receiver.getStats() };
  }, proxy.candidates);

  const dropsBefore = proxy.forth.dropped;
  proxy.forth.impair({ loss: 0.05 });
  const id = await t.page.evaluate(() => harness.record(scene.context, [scene.receiver.node], 9));
  proxy.forth.impair({});
  // The last loss shows once the packets after it have played.
  const { before, after } = await t.page.evaluate(async () => {
    await harness.sleep(1);
    return { before: scene.before, after: await scene.receiver.getStats() };
  });

  const dropped = proxy.forth.dropped - dropsBefore;
  const lost = after.packetsLost - before.packetsLost;
  const { sampleRate, channels } = t.recording(id);
  const { stoi } = speechQuality(t.speech.clean, channels[0], sampleRate);
  t.note(`${dropped} dropped, ${after.packetsRecovered - before.packetsRecovered} of them recovered, STOI ${stoi.toFixed(2)}`);
  assert.ok(dropped > 8, `the proxy dropped ${dropped} only`);
  assert.equal(lost, dropped);
  assert.ok(after.concealedSamples > before.concealedSamples || after.packetsRecovered > before.packetsRecovered);
  assert.ok(stoi > 0.75);
});
