/** Telephone sound: our jitter buffer and concealment play G.711 as they play Opus. */
import assert from 'node:assert/strict';

import { clicks, steadyToneDbfs } from './analysis/level.mjs';
import { test } from './harness/suite.mjs';

/** Of `harness.tone`, whatever carries it costs some dB. */
const TONE_DBFS = -12;

function assertTone({ sampleRate, channels }, channel, present, absent) {
  const [level, other] = [present, absent].map((hertz) => steadyToneDbfs(channels[channel], sampleRate, hertz));
  const levels = `${present} Hz at ${level.toFixed(0)} dBFS, ${absent} Hz at ${other.toFixed(0)} dBFS`;
  assert.ok(Math.abs(level - TONE_DBFS) < 6 && other < level - 30, levels);
}

/** What the page does: a call with `mimeType` first whose receiver is ours, without comfort noise in place of the tone. */
async function startCall({ candidates, mimeType, ...options }) {
  const Earshot = await harness.loadLibrary();
  const context = await harness.audioContext({ sampleRate: 48000 });
  let receiver;
  const states = [];
  const call = await harness.call({
    track: harness.trackOf(harness.tone(context, 1000)),
    proxy: candidates,
    firstCodec: mimeType,
    without: ['audio/CN'],
    onReceiver: (one) => {
      receiver = Earshot.attachReceiver(one, { audioContext: context, ...options });
      receiver.addEventListener('statechange', () => states.push(receiver.state));
    },
  });
  await receiver.ready;
  const native = harness.nativeOutput(context, call.receiver.track);
  await harness.sleep(1.5);
  window.scene = { context, call, receiver, states, outputs: [receiver.node, native] };
}

for (const [mimeType, payloadType] of [['audio/PCMU', 0], ['audio/PCMA', 8]]) {
  test(`G.711: ${mimeType} is played by our jitter buffer, and what is lost is concealed`, {}, async (t) => {
    const proxy = await t.proxy({ seed: 4 });
    // With more delay to spare, which a busy machine leaves behind, the gaps are closed by that and nothing is concealed.
    await t.page.evaluate(startCall, { candidates: proxy.candidates, mimeType, maxDelay: 60 });
    const whole = t.recording(await t.page.evaluate(() => harness.record(scene.context, scene.outputs, 1)));
    const before = { ...(await t.page.evaluate(() => scene.receiver.getStats())), dropped: proxy.forth.lost };
    proxy.forth.impair({ loss: 0.1 });
    const id = await t.page.evaluate(() => harness.record(scene.context, scene.outputs, 4));
    proxy.forth.impair({});
    // The last loss shows once the packets after it have played.
    const { after, states } = await t.page.evaluate(async () => {
      await harness.sleep(1);
      return { after: await scene.receiver.getStats(), states: scene.states };
    });
    const dropped = proxy.forth.lost - before.dropped;
    const of = (name) => after[name] - before[name];
    t.note(`${dropped} lost, ${((100 * of('concealedSamples')) / of('totalSamplesReceived')).toFixed(1)} % concealed`);
    assert.deepEqual(states, ['running']);
    assert.ok(proxy.forth.packets.every((packet) => packet.payloadType === payloadType), 'another codec was sent');
    assert.ok(of('packetsReceived') > 150 && dropped > 8, `${of('packetsReceived')} packets, ${dropped} lost`);
    assert.equal(of('packetsLost'), dropped);
    assert.equal(after.decodeErrors + after.packetsRejected, 0);
    assert.ok(of('concealmentEvents') > 0 && of('concealedSamples') > 480, `${of('concealedSamples')} samples concealed`);
    for (const channel of [0, 1]) assertTone(whole, channel, 1000, 1700);
    assertTone(t.recording(id), 0, 1000, 1700);
  });
}

test('G.711: a sender that changes between Opus and G.711 is heard by our decoders all along', {}, async (t) => {
  const proxy = await t.proxy();
  await t.page.evaluate(startCall, { candidates: proxy.candidates, mimeType: 'audio/opus', nativeDecoder: 'silence' });
  const codecs = ['audio/PCMA', 'audio/opus', 'audio/PCMU'];
  const ids = [];
  const received = [];
  for (const mimeType of codecs) {
    const { id, stats } = await t.page.evaluate(async (mimeType) => {
      const recording = harness.record(scene.context, [scene.receiver.node], 3);
      await harness.sleep(0.5);
      await scene.call.prefer(mimeType);
      const id = await recording;
      return { id, stats: await scene.receiver.getStats() };
    }, mimeType);
    ids.push(id);
    received.push(stats);
  }
  const types = proxy.forth.packets.map(({ payloadType }) => payloadType);
  const changes = types.filter((type, i) => type !== types[i - 1]);
  assert.deepEqual(changes.length, 4, `payload types ${changes}`);
  assert.deepEqual([changes[1], changes[3]], [8, 0]);
  assert.deepEqual(await t.page.evaluate(() => scene.states), ['running']);
  for (const [i, id] of ids.entries()) {
    const recording = t.recording(id);
    assertTone(recording, 0, 1000, 1700);
    t.note(`${codecs[i]}: ${clicks(recording.channels[0], recording.sampleRate).length} clicks`);
  }
  const counters = ['packetsReceived', 'totalSamplesReceived', 'concealedSamples', 'jitterBufferEmittedCount', 'jitterBufferDelay'];
  for (const name of counters) {
    for (let i = 1; i < received.length; i++) assert.ok(received[i][name] >= received[i - 1][name], `${name} fell`);
  }
  assert.ok(received.at(-1).packetsReceived > 0.9 * proxy.forth.forwarded - 50, 'packets were lost to the change');
});

test('G.711: a mixer plays telephone sound beside Opus', {}, async (t) => {
  const proxies = [await t.proxy(), await t.proxy()];
  const { id, states } = await t.page.evaluate(async (candidates) => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    const mixer = Earshot.createMixer({ audioContext: context });
    const join = async (hertz, proxy, firstCodec) => {
      let input;
      const track = harness.trackOf(harness.tone(context, hertz));
      await harness.call({ track, proxy, firstCodec, without: ['audio/CN'], onReceiver: (receiver) => (input = mixer.add(receiver)) });
      await input.ready;
      return input;
    };
    const inputs = await Promise.all([join(1000, candidates[0], 'audio/PCMU'), join(1700, candidates[1], 'audio/opus')]);
    await harness.sleep(1.5);
    return { id: await harness.record(context, [mixer.node], 1), states: inputs.map(({ state }) => state) };
  }, proxies.map(({ candidates }) => candidates));
  assert.deepEqual(states, ['running', 'running']);
  const { sampleRate, channels } = t.recording(id);
  for (const hertz of [1000, 1700]) assert.ok(Math.abs(steadyToneDbfs(channels[0], sampleRate, hertz) - TONE_DBFS + 3) < 6);
});
