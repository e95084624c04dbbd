/** The ground the other tests stand on: a call of the browser with itself, without Earshot, through the proxy. */
import assert from 'node:assert/strict';

import { speechQuality } from './analysis/quality.mjs';
import { eventually, test } from './harness/suite.mjs';

test('a native call carries the microphone, and loses what the proxy drops', {}, async (t) => {
  const proxy = await t.proxy({ seed: 11 });
  await t.page.evaluate(async (candidates) => {
    const stream = await harness.microphone();
    const context = await harness.audioContext({ sampleRate: 48000 });
    window.connection = await harness.call({ track: stream.getAudioTracks()[0], proxy: candidates });
    window.farEnd = harness.nativeOutput(context, connection.receiver.track);
    await harness.sleep(2);
  }, proxy.candidates);
  const heard = async () => {
    const { sampleRate, channels } = t.recording(await t.page.evaluate(() => harness.record(farEnd.context, [farEnd], 5)));
    const { siSdr, stoi } = speechQuality(t.speech.clean, channels[0], sampleRate);
    t.note(`SI-SDR ${siSdr.toFixed(1)} dB, STOI ${stoi.toFixed(2)}`);
    return siSdr > -2 && stoi > 0.7;
  };
  assert.ok(await eventually(heard), 'the far end does not hear the microphone');

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
