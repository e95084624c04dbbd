/** The deep modules in a call: what a burst of loss takes away comes back from the deep redundancy of the packet after it. */
import assert from 'node:assert/strict';

import { steadyToneDbfs } from './analysis/level.mjs';
import { speechQuality } from './analysis/quality.mjs';
import { test } from './harness/suite.mjs';

test('bursts of loss are recovered from deep redundancy', {}, async (t) => {
  const proxy = await t.proxy({ seed: 7 });
  await t.page.evaluate(async (candidates) => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    let sender, receiver;
    // Without the other kinds of redundancy, so that what is recovered is recovered by this one.
    await harness.call({
      track: harness.trackOf(await harness.fileSource(context, '/data/clean-speech.wav')),
      proxy: candidates,
      onSender: (one) => (sender = Earshot.attachSender(one, { dred: 400, fec: false, expectedLoss: 0.2, bitrate: 40000 })),
      // Long enough to be there when the packet comes that describes the burst.
      onReceiver: (one) => (receiver = Earshot.attachReceiver(one, { audioContext: context, concealment: 'deep', minDelay: 250 })),
    });
    await Promise.all([sender.ready, receiver.ready]);
    await harness.sleep(2);
    window.scene = { context, sender, receiver, before: await receiver.getStats() };
  }, proxy.candidates);
  const before = proxy.forth.lost;
  proxy.forth.impair({ loss: 0.15, burst: 3 });
  const id = await t.page.evaluate(() => harness.record(scene.context, [scene.receiver.node], 9));
  proxy.forth.impair({});
  const { concealment, dred, state, stats } = await t.page.evaluate(async () => {
    await harness.sleep(1);
    const { sender, receiver } = scene;
    return { concealment: receiver.concealment, dred: sender.dred, state: receiver.state, stats: { before: scene.before, after: await receiver.getStats() } };
  });
  const of = (name) => stats.after[name] - stats.before[name];
  const lost = proxy.forth.lost - before;
  const { sampleRate, channels } = t.recording(id);
  const { stoi } = speechQuality(t.speech.clean, channels[0], sampleRate);
  const concealed = (100 * of('concealedSamples')) / of('totalSamplesReceived');
  t.note(`${lost} lost, ${of('packetsRecovered')} of them recovered, ${concealed.toFixed(1)} % concealed, STOI ${stoi.toFixed(2)}`);
  assert.deepEqual([concealment, dred, state], ['deep', 400, 'running']);
  assert.ok(lost > 25, `${lost} packets lost only`);
  assert.equal(of('packetsLost'), lost);
  // But for what a starved encoder of ours left to the browser's, which sends in-band FEC.
  assert.ok(of('fecPacketsReceived') <= 3, `${of('fecPacketsReceived')} packets with in-band FEC`);
  // Where nobody spoke there is nothing to describe.
  assert.ok(of('packetsRecovered') > 0.3 * lost, `${of('packetsRecovered')} of ${lost}`);
  assert.ok(stoi > 0.6, `STOI ${stoi.toFixed(2)}`);
});

test('where the deep modules are missing the small ones carry the call', {}, async (t) => {
  const proxy = await t.proxy();
  const result = await t.page.evaluate(async (candidates) => {
    const Earshot = await harness.loadLibrary();
    Earshot.configure({ wasmUrl: { playoutDeep: '/missing.wasm', encoderDeep: '/missing.wasm' } });
    const context = await harness.audioContext({ sampleRate: 48000 });
    const errors = [];
    let sender, receiver;
    await harness.call({
      track: harness.trackOf(harness.tone(context, 400)),
      proxy: candidates,
      onSender: (one) => (sender = Earshot.attachSender(one, { dred: 400, source: harness.tone(context, 1000) })),
      onReceiver: (one) => (receiver = Earshot.attachReceiver(one, { audioContext: context, concealment: 'deep' })),
    });
    for (const end of [sender, receiver]) end.addEventListener('error', ({ error }) => errors.push(error.message));
    await Promise.all([sender.ready, receiver.ready]);
    // A change of the settings comes to the small encoder too.
    sender.update({ bitrate: 24000 });
    await harness.sleep(1);
    const id = await harness.record(context, [receiver.node], 1);
    const { framesEncoded } = await sender.getStats();
    return { id, errors, framesEncoded, concealment: receiver.concealment, dred: sender.dred, states: [sender.state, receiver.state] };
  }, proxy.candidates);
  const { id, errors, framesEncoded, ...rest } = result;
  assert.deepEqual(errors, []);
  assert.deepEqual(rest, { concealment: 'standard', dred: 0, states: ['running', 'running'] });
  assert.ok(framesEncoded > 50, `${framesEncoded} frames of ours`);
  const { sampleRate, channels } = t.recording(id);
  assert.ok(steadyToneDbfs(channels[0], sampleRate, 1000) > -18, 'our tone is not heard');
});
