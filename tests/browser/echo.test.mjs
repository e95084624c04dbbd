/**
 * Whether the browsers' echo cancellers know what we play: the microphone hears nothing but the loudspeaker, and how much of that
 * is left in its track when echo cancellation is on?
 */
import assert from 'node:assert/strict';

import { findLag } from './analysis/align.mjs';
import { rmsDbfs } from './analysis/level.mjs';
import { eventually, test } from './harness/suite.mjs';

/** Not the 48 kHz of our codec: a canceller may know only what is played at the device's rate. */
const DEVICE_RATE = 44100;
/** A canceller that knows the sound takes 20 to 65 dB away once it has settled; one that does not, less than 1 dB. */
const CANCELLED_DB = 10;
const NOT_CANCELLED_DB = 4;

/** In the page: a call brings speech, which is played by an element, or by us as `options` say. */
async function begin({ candidates, player, options, ownContext }) {
  const Earshot = await harness.loadLibrary();
  const context = await harness.audioContext({ sampleRate: 48000 });
  const speech = await harness.fileSource(context, '/data/clean-speech.wav');
  let attachment;
  await harness.call({
    track: harness.trackOf(speech),
    proxy: candidates,
    onReceiver(receiver) {
      if (player === 'element') {
        const element = new Audio();
        element.srcObject = new MediaStream([receiver.track]);
        element.play();
        window.element = element;
      } else {
        attachment = Earshot.attachReceiver(receiver, { ...options, ...(!ownContext && { audioContext: context }) });
        attachment.connect();
      }
    },
  });
  await attachment?.ready;
  window.scene = { Earshot, context, speech, attachment };
}

/** In the page: opens the microphone, which hears what is played until another is opened. */
async function listen(echoCancellation) {
  const { Earshot, context } = scene;
  scene.microphone?.getTracks().forEach((track) => track.stop());
  scene.enhancer?.dispose();
  scene.microphone = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation, noiseSuppression: false, autoGainControl: false } });
  scene.enhancer = await Earshot.enhance(scene.microphone);
  scene.heard = new MediaStreamAudioSourceNode(context, { mediaStream: scene.microphone });
  context.references.push(scene.heard);
}

/** In the page: records the speech, what the microphone gives, and what was to be played. */
async function record() {
  const { context, speech, heard, attachment } = scene;
  await harness.sleep(2);
  const played = attachment && attachment.node.context === context ? [attachment.node] : [];
  const id = await harness.record(context, [speech, heard, ...played], 4);
  return { id, latency: (await attachment?.getStats())?.echoSafeLatency };
}

/** Plays a call as `scene` says; resolves with what tells how much of the echo is gone, in dB. */
async function echoScene(t, scene) {
  const page = await t.open('/call.html', { echoAtRate: DEVICE_RATE });
  await page.evaluate(begin, { candidates: (await t.proxy()).candidates, ...scene });
  // The speech is a loop; what is recorded of it is the measure of the echo.
  const echo = async () => {
    const { id, latency } = await page.evaluate(record);
    const { sampleRate, channels: [speech, heard, played] } = t.recording(id);
    return { level: rmsDbfs(heard) - rmsDbfs(speech), heard, played, sampleRate, latency };
  };
  await page.evaluate(listen, false);
  const whole = await echo();
  // The tests hear something, or everything would count as cancelled.
  assert.ok(whole.level > -12, `the microphone hears ${whole.level.toFixed(0)} dB of what is played`);
  return {
    listen: (echoCancellation) => page.evaluate(listen, echoCancellation),
    async loss() {
      const { level, latency } = await echo();
      return { db: whole.level - level, latency };
    },
    /** From our node to the microphone, seconds. */
    delay() {
      const { heard, played, sampleRate } = whole;
      return findLag(played.subarray(0, 3 * sampleRate), heard, { max: sampleRate / 2 }) / sampleRate;
    },
  };
}

/** Whether the echo is gone, at once or a little later: cancellers settle in some seconds, later on a busy machine. */
async function assertCancelled(t, scene) {
  let loss;
  const cancelled = await eventually(async () => (loss = await scene.loss()).db > CANCELLED_DB);
  assert.ok(cancelled, `the echo is weaker by ${loss.db.toFixed(1)} dB only`);
  t.note(`${loss.db.toFixed(0)} dB`);
  return loss;
}

const milliseconds = (seconds) => `${Math.round(1000 * seconds)} ms`;

test('the echo of a call played by an element is cancelled', {}, async (t) => {
  const scene = await echoScene(t, { player: 'element' });
  await scene.listen(true);
  await assertCancelled(t, scene);
});

test('the echo of a call that attachReceiver() plays is cancelled', {}, async (t) => {
  const scene = await echoScene(t, { player: 'ours', ownContext: true });
  await scene.listen(true);
  const { latency } = await assertCancelled(t, scene);
  assert.equal(latency, 0);
});

/** A canceller that does not know our context: one for remote sound alone, or Firefox's where the context has a rate of its own. */
const HARD = { chromium: 'remote-only', firefox: true };

test('the echo stays where the canceller does not know our context', {}, async (t) => {
  const scene = await echoScene(t, { player: 'ours', options: { echoSafe: false } });
  t.note(`heard after ${milliseconds(scene.delay())}`);
  await scene.listen(HARD[t.browser]);
  const { db } = await scene.loss();
  assert.ok(db < NOT_CANCELLED_DB, `the echo is weaker by ${db.toFixed(1)} dB`);
});

test('with echoSafe the echo is cancelled there as well', {}, async (t) => {
  const scene = await echoScene(t, { player: 'ours', options: { echoSafe: true } });
  t.note(`heard after ${milliseconds(scene.delay())}`);
  await scene.listen(HARD[t.browser]);
  const { latency } = await assertCancelled(t, scene);
  t.note(`of which echoSafeLatency ${milliseconds(latency)}`);
  assert.ok(latency > 0.015 && latency < 1, `echoSafeLatency ${latency}`);
});

test('a microphone that cancels remote sound alone makes the way to the loudspeaker echo-safe by itself', { browsers: ['chromium'] }, async (t) => {
  const scene = await echoScene(t, { player: 'ours', ownContext: true });
  await scene.listen('remote-only');
  assert.ok((await assertCancelled(t, scene)).latency > 0);
  await scene.listen(true);
  assert.equal((await assertCancelled(t, scene)).latency, 0);
});
