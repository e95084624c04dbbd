/** When our WebAssembly breaks: the dry call goes on, and the page is told once. */
import assert from 'node:assert/strict';

import { handover, longestGap, steadyToneDbfs } from './analysis/level.mjs';
import { test } from './harness/suite.mjs';

/** The dry sound must be back within this, on the sample clock of the recording. */
const MAX_GAP_SECONDS = 0.1;

/** Of what `harness.tone` makes, at the far end. */
const TONE_DBFS = -12;

function assertSoon(seconds) {
  assert.ok(seconds <= MAX_GAP_SECONDS, `silent for ${(1000 * seconds).toFixed(0)} ms`);
  return `gap ${(1000 * seconds).toFixed(0)} ms`;
}

/** Level of a tone in the last half second of a recording. */
function toneAtEnd({ sampleRate, channels: [samples] }, hertz) {
  return steadyToneDbfs(samples.subarray(samples.length - sampleRate / 2), sampleRate, hertz);
}

/** Whether any half second of a recording holds one tone without the other: a busy machine tears some of them. */
function holdsOnly({ sampleRate, channels: [samples] }, present, absent) {
  const length = sampleRate / 2;
  for (let at = 0; at + length <= samples.length; at += length) {
    const level = (hertz) => steadyToneDbfs(samples.subarray(at, at + length), sampleRate, hertz);
    if (level(present) > -20 && level(absent) < -50) return true;
  }
  return false;
}

/** How many calls of an export make about 4 s: long enough for every part to be running, and recorded, before the trap. */
const FOUR_SECONDS = { quanta: 1500, packets: 200 };
const RECORDED_SECONDS = 6;

const traps = [
  { part: 'enhancer', fault: `/faulty/capture_process/${FOUR_SECONDS.quanta}/` },
  { part: 'sender', fault: `/faulty/encoder_encode/${FOUR_SECONDS.packets}/` },
  { part: 'receiver', fault: `/faulty/playout_process/${FOUR_SECONDS.quanta}/` },
];

for (const { part, fault } of traps) {
  test(`a trap in the ${part} in mid-call leaves the dry call`, {}, async (t) => {
    const proxy = await t.proxy();
    const { id, states, errors } = await t.page.evaluate(
      async ({ candidates, part, fault, seconds }) => {
        const Earshot = await harness.loadLibrary();
        Earshot.configure({ baseUrl: fault });
        const context = await harness.audioContext({ sampleRate: 48000 });
        const dry = harness.trackOf(harness.tone(context, 400));
        const attached = {};
        const errors = { enhancer: [], sender: [], receiver: [] };
        const watch = (name, one) => {
          one.addEventListener('error', ({ error }) => errors[name].push(error.code));
          return (attached[name] = one);
        };
        // Nothing that changes the level: the recording must be steady but for the fault.
        const settings = { noiseSuppression: 'off', autoGainControl: false, audioContext: context };
        const enhancer = watch('enhancer', await Earshot.enhance(dry, settings));
        const { receiver } = await harness.call({
          track: enhancer.track,
          proxy: candidates,
          // A source of its own tells our payload (1 kHz) from the native one (400 Hz).
          onSender: (one) => watch('sender', Earshot.attachSender(one, part === 'sender' ? { source: harness.tone(context, 1000) } : {})),
          onReceiver: (one) => watch('receiver', Earshot.attachReceiver(one, { audioContext: context })),
        });
        await Promise.all(Object.values(attached).map(({ ready }) => ready));
        const node = part === 'enhancer' ? enhancer.node : attached.receiver.node;
        const native = harness.nativeOutput(context, receiver.track);
        const states = [attached[part].state];
        // The far end starts with a fade-in of its own.
        await harness.sleep(part === 'enhancer' ? 0 : 0.5);
        const id = await harness.record(context, [node, native], seconds);
        states.push(attached[part].state);
        return { id, states, errors };
      },
      { candidates: proxy.candidates, part, fault, seconds: RECORDED_SECONDS },
    );
    const recording = t.recording(id);
    assert.deepEqual(states, ['running', 'bypassed'], 'the trap did not fall into the recording');
    assert.deepEqual(errors, { enhancer: [], sender: [], receiver: [], [part]: ['wasm-fault'] });
    assert.ok(toneAtEnd(recording, 400) > -20, 'the dry sound is not there');
    const { sampleRate, channels: [heard, control] } = recording;
    if (part === 'sender') {
      t.note(assertSoon(handover(heard, sampleRate, { from: 1000, to: 400, levelDbfs: TONE_DBFS })));
      assert.ok(holdsOnly(recording, 1000, 400), 'our payload was not there');
      assert.ok(toneAtEnd(recording, 1000) < -50, 'our payload is still there');
    } else {
      // The native decoder of the same packets tells a stall of the machine from a gap of ours.
      t.note(assertSoon(longestGap(heard, sampleRate, part === 'receiver' ? control : undefined)));
    }
  });
}

test('modules that cannot be loaded leave the dry call from the start', {}, async (t) => {
  const proxy = await t.proxy();
  const { id, states, errors, rejections } = await t.page.evaluate(async (candidates) => {
    const Earshot = await harness.loadLibrary();
    Earshot.configure({ wasmUrl: { worklet: '/missing.wasm', audio: '/missing.wasm' } });
    const context = await harness.audioContext({ sampleRate: 48000 });
    const attached = {};
    const errors = { enhancer: [], sender: [], receiver: [] };
    const watch = (name, one) => {
      one.addEventListener('error', ({ error }) => errors[name].push(error.code));
      return (attached[name] = one);
    };
    const enhancer = watch('enhancer', await Earshot.enhance(harness.trackOf(harness.tone(context, 400)), { audioContext: context }));
    const { receiver } = await harness.call({
      track: enhancer.track,
      proxy: candidates,
      onSender: (one) => watch('sender', Earshot.attachSender(one, { source: harness.tone(context, 1000) })),
      onReceiver: (one) => watch('receiver', Earshot.attachReceiver(one, { audioContext: context })),
    });
    const settled = Promise.allSettled(Object.values(attached).map(({ ready }) => ready));
    await harness.sleep(0.5);
    // Spans the attempts to load and their failure.
    const id = await harness.record(context, [attached.receiver.node, harness.nativeOutput(context, receiver.track)], 5);
    const rejections = (await settled).map(({ reason }) => reason?.code);
    return { id, rejections, errors, states: Object.values(attached).map(({ state }) => state) };
  }, proxy.candidates);
  assert.deepEqual(rejections, ['asset-load', 'asset-load', 'asset-load']);
  assert.deepEqual(errors, { enhancer: ['asset-load'], sender: ['asset-load'], receiver: ['asset-load'] });
  assert.deepEqual(states, ['bypassed', 'bypassed', 'bypassed']);
  const recording = t.recording(id);
  t.note(assertSoon(longestGap(recording.channels[0], recording.sampleRate, recording.channels[1])));
  assert.ok(toneAtEnd(recording, 400) > -20 && toneAtEnd(recording, 1000) < -50);
});
