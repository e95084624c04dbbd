/** A bad network: what is lost is counted, and speech stays intelligible. */
import assert from 'node:assert/strict';

import { speechQuality } from './analysis/quality.mjs';
import { test } from './harness/suite.mjs';

test('with 5 % random loss speech stays intelligible and every drop is counted', {}, async (t) => {
  const [proxy, nativeProxy] = [await t.proxy({ seed: 5 }), await t.proxy({ seed: 5 })];
  await t.page.evaluate(async ([candidates, nativeCandidates]) => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    const source = await harness.fileSource(context, '/data/clean-speech.wav');
    let sender, receiver;
    const track = harness.trackOf(source);
    const native = await harness.call({ track, proxy: nativeCandidates });
    await harness.call({
      track,
      proxy: candidates,
      onSender: (one) => (sender = Earshot.attachSender(one, { expectedLoss: 0.05 })),
      onReceiver: (one) => (receiver = Earshot.attachReceiver(one, { audioContext: context })),
    });
    await Promise.all([sender.ready, receiver.ready]);
    const nativeOutput = harness.nativeOutput(context, native.receiver.track);
    await harness.sleep(2);
    window.scene = { context, receiver, outputs: [receiver.node, nativeOutput], before: await receiver.getStats() };
  }, [proxy, nativeProxy].map(({ candidates }) => candidates));

  const before = { dropped: proxy.forth.dropped, lost: proxy.forth.lost };
  for (const { forth } of [proxy, nativeProxy]) forth.impair({ loss: 0.05 });
  const id = await t.page.evaluate(() => harness.record(scene.context, scene.outputs, 9));
  for (const { forth } of [proxy, nativeProxy]) forth.impair({});
  // The last loss shows once the packets after it have played.
  const stats = await t.page.evaluate(async () => {
    await harness.sleep(1);
    return { before: scene.before, after: await scene.receiver.getStats() };
  });

  const dropped = proxy.forth.dropped - before.dropped;
  const lost = stats.after.packetsLost - stats.before.packetsLost;
  const { sampleRate, channels } = t.recording(id);
  const [{ stoi }, { stoi: nativeStoi }] = channels.map((samples) => speechQuality(t.speech.clean, samples, sampleRate));
  const recovered = stats.after.packetsRecovered - stats.before.packetsRecovered;
  t.note(`${dropped} dropped, ${recovered} of them recovered, STOI ${stoi.toFixed(2)}, native ${nativeStoi.toFixed(2)}`);
  assert.ok(dropped > 8, `the proxy dropped ${dropped} only`);
  assert.equal(lost, proxy.forth.lost - before.lost);
  assert.ok(stats.after.concealedSamples > stats.before.concealedSamples || recovered > 0);
  // Without loss it is about 0.98; with noise as loud as the speech about 0.75. The native call bears the same losses in the
  // same seconds: where it does no better, the machine stalled.
  assert.ok(stoi > Math.min(0.75, nativeStoi - 0.05), `STOI ${stoi.toFixed(2)}`);
});
