/** The ground the other tests stand on: a call of the browser with itself, without Earshot, through the proxy. */
import assert from 'node:assert/strict';

import { speechQuality } from './analysis/quality.mjs';
import { test } from './harness/suite.mjs';

test('a native call carries the microphone, and loses what the proxy drops', {}, async (t) => {
  const proxy = await t.proxy({ seed: 11 });
  const id = await t.page.evaluate(async (candidates) => {
    const stream = await harness.microphone();
    const context = await harness.audioContext({ sampleRate: 48000 });
    window.connection = await harness.call({ track: stream.getAudioTracks()[0], proxy: candidates });
    await harness.sleep(2);
    return harness.record(context, [harness.nativeOutput(context, connection.receiver.track)], 5);
  }, proxy.candidates);
  const { sampleRate, channels } = t.recording(id);
  const { siSdr, stoi } = speechQuality(t.speech.clean, channels[0], sampleRate);
  t.note(`SI-SDR ${siSdr.toFixed(1)} dB, STOI ${stoi.toFixed(2)}`);
  assert.ok(siSdr > -2 && stoi > 0.7, 'the far end does not hear the microphone');

  proxy.forth.impair({ loss: 0.2 });
  await t.page.evaluate(() => harness.sleep(2));
  proxy.forth.impair({});
  // A loss shows once a later packet arrives.
  const { packetsLost } = await t.page.evaluate(async () => {
    await harness.sleep(0.5);
    return harness.statistics(connection.callee, 'inbound-rtp');
  });
  assert.ok(proxy.forth.dropped > 5);
  assert.equal(packetsLost, proxy.forth.lost);
});
