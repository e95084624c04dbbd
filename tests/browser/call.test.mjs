/** Calls through Earshot: what the far end hears. */
import assert from 'node:assert/strict';

import { steadyToneDbfs } from './analysis/level.mjs';
import { speechQuality } from './analysis/quality.mjs';
import { eventually, test } from './harness/suite.mjs';

/** Level of a tone made by `harness.tone`; what carries it may cost a few dB, a codec's voice mode most. */
const TONE_DBFS = -12;
/** A tone this far down is not there: what is left is the noise of the codec. */
const ABSENT_DB = 35;

/** Asserts that a recording holds the tone at `present` and none of those at `absent` (Hz). */
function assertTones(t, { sampleRate, channels }, channel, { present, absent = [] }) {
  const level = (hertz) => steadyToneDbfs(channels[channel], sampleRate, hertz);
  const levels = [present, ...absent].map((hertz) => `${hertz} Hz ${level(hertz).toFixed(0)} dB`).join(', ');
  assert.ok(Math.abs(level(present) - TONE_DBFS) < 6, `channel ${channel}: ${levels}`);
  for (const hertz of absent) assert.ok(level(hertz) < level(present) - ABSENT_DB, `channel ${channel}: ${levels}`);
}

test('noisy speech from the microphone arrives cleaner than without us', {}, async (t) => {
  const [plain, ours] = [await t.proxy({ seed: 1 }), await t.proxy({ seed: 1 })];
  await t.page.evaluate(
    async ({ plain, ours }) => {
      const Earshot = await harness.loadLibrary();
      const stream = await harness.microphone();
      const context = await harness.audioContext({ sampleRate: 48000 });
      const enhancer = await Earshot.enhance(stream, { noiseSuppression: 'high', autoGainControl: false });
      let sender, receiver;
      const [plainCall] = await Promise.all([
        harness.call({ track: stream.getAudioTracks()[0], proxy: plain }),
        harness.call({
          track: enhancer.track,
          proxy: ours,
          onSender: (one) => (sender = Earshot.attachSender(one)),
          onReceiver: (one) => (receiver = Earshot.attachReceiver(one, { audioContext: context })),
        }),
      ]);
      await Promise.all([enhancer.ready, sender.ready, receiver.ready]);
      // The suppressor learns the noise, the jitter buffers find their delay.
      await harness.sleep(3);
      const outputs = [harness.nativeOutput(context, plainCall.receiver.track), receiver.node];
      window.scene = { context, sender, receiver, outputs, before: await sender.getStats() };
    },
    { plain: plain.candidates, ours: ours.candidates },
  );
  const cleaner = async () => {
    const { sampleRate, channels } = t.recording(await t.page.evaluate(() => harness.record(scene.context, scene.outputs, 7)));
    const [before, after] = channels.map((channel) => speechQuality(t.speech.clean, channel, sampleRate));
    t.note(`SI-SDR ${before.siSdr.toFixed(1)} → ${after.siSdr.toFixed(1)} dB, STOI ${before.stoi.toFixed(2)} → ${after.stoi.toFixed(2)}`);
    return after.siSdr > before.siSdr + 0.5 && after.stoi > 0.65;
  };
  assert.ok(await eventually(cleaner), 'the enhanced call is not closer to the clean speech, or hard to understand');
  const { encoded, native, packets } = await t.page.evaluate(async () => {
    const { sender, receiver, before } = scene;
    const after = await sender.getStats();
    return {
      encoded: after.framesEncoded - before.framesEncoded,
      native: after.framesNative - before.framesNative,
      packets: (await receiver.getStats()).packetsReceived,
    };
  });
  assert.ok(encoded > 10 * native, `our encoder made ${encoded} frames, the native one ${native}`);
  assert.ok(packets > 0);
});

test('what is heard is our payload, by either decoder, until we let go of the sender', {}, async (t) => {
  const proxy = await t.proxy();
  const ids = await t.page.evaluate(async (candidates) => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    let sender, receiver;
    const { receiver: rtpReceiver } = await harness.call({
      track: harness.trackOf(harness.tone(context, 400)),
      proxy: candidates,
      onSender: (one) => (sender = Earshot.attachSender(one, { source: harness.tone(context, 1000) })),
      onReceiver: (one) => (receiver = Earshot.attachReceiver(one, { audioContext: context })),
    });
    const native = harness.nativeOutput(context, rtpReceiver.track);
    await Promise.all([sender.ready, receiver.ready]);
    await harness.sleep(1.5);
    const replaced = await harness.record(context, [receiver.node, native], 1);
    sender.dispose();
    await harness.sleep(1.5);
    return [replaced, await harness.record(context, [receiver.node, native], 1)];
  }, proxy.candidates);
  const [replaced, released] = ids.map(t.recording);
  for (const decoder of [0, 1]) {
    assertTones(t, replaced, decoder, { present: 1000, absent: [400] });
    assertTones(t, released, decoder, { present: 400, absent: [1000] });
  }
});

for (const side of ['sender', 'receiver']) {
  test(`our ${side} talks to a peer without us`, {}, async (t) => {
    const proxy = await t.proxy();
    const { id, stats } = await t.page.evaluate(
      async ({ candidates, side }) => {
        const Earshot = await harness.loadLibrary();
        const context = await harness.audioContext({ sampleRate: 48000 });
        let ours;
        const attach = {
          sender: { onSender: (one) => (ours = Earshot.attachSender(one, { source: harness.tone(context, 1000) })) },
          receiver: { onReceiver: (one) => (ours = Earshot.attachReceiver(one, { audioContext: context })) },
        };
        const { receiver } = await harness.call({
          track: harness.trackOf(harness.tone(context, 400)),
          proxy: candidates,
          ...attach[side],
        });
        const output = side === 'sender' ? harness.nativeOutput(context, receiver.track) : ours.node;
        await ours.ready;
        await harness.sleep(1.5);
        return { id: await harness.record(context, [output], 1), stats: await ours.getStats() };
      },
      { candidates: proxy.candidates, side },
    );
    if (side === 'sender') {
      assertTones(t, t.recording(id), 0, { present: 1000, absent: [400] });
      assert.ok(stats.framesEncoded > 50);
    } else {
      assertTones(t, t.recording(id), 0, { present: 400, absent: [1000] });
      assert.ok(stats.packetsReceived > 50 && stats.decodeErrors === 0);
    }
  });
}

test('legacy encoded streams carry our payload too', { browsers: ['chromium'] }, async (t) => {
  const proxy = await t.proxy();
  const id = await t.page.evaluate(async (candidates) => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    let sender, receiver;
    await harness.call({
      track: harness.trackOf(harness.tone(context, 400)),
      proxy: candidates,
      configuration: { encodedInsertableStreams: true },
      onSender: (one) => (sender = Earshot.attachSender(one, { source: harness.tone(context, 1000), transform: 'legacy' })),
      onReceiver: (one) => (receiver = Earshot.attachReceiver(one, { audioContext: context, transform: 'legacy' })),
    });
    await Promise.all([sender.ready, receiver.ready]);
    await harness.sleep(1.5);
    return harness.record(context, [receiver.node], 1);
  }, proxy.candidates);
  assertTones(t, t.recording(id), 0, { present: 1000, absent: [400] });
});

test('a page at 44.1 kHz hears the right pitch through the whole path', {}, async (t) => {
  const proxy = await t.proxy();
  const { id, rate } = await t.page.evaluate(async (candidates) => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 44100 });
    const off = { noiseSuppression: 'off', autoGainControl: false };
    const enhancer = await Earshot.enhance(harness.trackOf(harness.tone(context, 1000)), { ...off, audioContext: context });
    let sender, receiver;
    await harness.call({
      track: enhancer.track,
      proxy: candidates,
      onSender: (one) => (sender = Earshot.attachSender(one)),
      onReceiver: (one) => (receiver = Earshot.attachReceiver(one, { audioContext: context })),
    });
    await Promise.all([enhancer.ready, sender.ready, receiver.ready]);
    await harness.sleep(1.5);
    return { id: await harness.record(context, [enhancer.node, receiver.node], 1), rate: context.sampleRate };
  }, proxy.candidates);
  assert.equal(rate, 44100);
  // 1000 Hz played at the wrong rate would be 919 or 1088 Hz.
  for (const point of [0, 1]) assertTones(t, t.recording(id), point, { present: 1000, absent: [919, 1088] });
});

test('stereo stays stereo', {}, async (t) => {
  const proxy = await t.proxy();
  const id = await t.page.evaluate(async (candidates) => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    const sides = new ChannelMergerNode(context, { numberOfInputs: 2 });
    harness.tone(context, 500).connect(sides, 0, 0);
    harness.tone(context, 900).connect(sides, 0, 1);
    let sender, receiver;
    await harness.call({
      track: harness.trackOf(sides, 2),
      proxy: candidates,
      munge: (sdp) => sdp.replace(/^(a=fmtp:\d+ .*useinbandfec=1.*)$/gm, '$1;stereo=1;sprop-stereo=1'),
      onSender: (one) => (sender = Earshot.attachSender(one, { channelCount: 2, bitrate: 64000, application: 'audio' })),
      onReceiver: (one) => (receiver = Earshot.attachReceiver(one, { channelCount: 2, audioContext: context })),
    });
    await Promise.all([sender.ready, receiver.ready]);
    const split = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    receiver.node.connect(split);
    const [left, right] = [0, 1].map((channel) => {
      const gain = new GainNode(context);
      split.connect(gain, channel);
      return gain;
    });
    await harness.sleep(1.5);
    return harness.record(context, [left, right], 1);
  }, proxy.candidates);
  assertTones(t, t.recording(id), 0, { present: 500, absent: [900] });
  assertTones(t, t.recording(id), 1, { present: 900, absent: [500] });
});

test('a cross-origin isolated page works as well', {}, async (t) => {
  const proxy = await t.proxy();
  assert.equal(await t.page.evaluate(() => crossOriginIsolated), false, 'the other tests are to run without isolation');
  const page = await t.open('/call.html', { isolated: true });
  const { id, isolated } = await page.evaluate(async (candidates) => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    let sender, receiver;
    await harness.call({
      track: harness.trackOf(harness.tone(context, 400)),
      proxy: candidates,
      onSender: (one) => (sender = Earshot.attachSender(one, { source: harness.tone(context, 1000) })),
      onReceiver: (one) => (receiver = Earshot.attachReceiver(one, { audioContext: context })),
    });
    await Promise.all([sender.ready, receiver.ready]);
    await harness.sleep(1.5);
    return { id: await harness.record(context, [receiver.node], 1), isolated: crossOriginIsolated };
  }, proxy.candidates);
  assert.equal(isolated, true);
  assertTones(t, t.recording(id), 0, { present: 1000, absent: [400] });
});
