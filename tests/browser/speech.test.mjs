/** What is said of speech: events, and the loudness of remote participants. */
import assert from 'node:assert/strict';

import { envelopeDbfs } from './analysis/level.mjs';
import { test } from './harness/suite.mjs';

test('speech is told as it starts and ends, and while muted', {}, async (t) => {
  const { seen, muted, probabilities, quiet, watchedSeconds } = await t.page.evaluate(async () => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    const voice = new GainNode(context, { gain: 0 });
    (await harness.fileSource(context, '/data/clean-speech.wav')).connect(voice);
    const enhancer = await Earshot.enhance(harness.trackOf(voice), { audioContext: context });
    const seen = [];
    for (const type of ['speechstart', 'speechend', 'speakingwhilemuted']) enhancer.addEventListener(type, () => seen.push(type));
    const next = (type) => new Promise((resolve) => enhancer.addEventListener(type, resolve, { once: true }));
    await enhancer.ready;
    await harness.sleep(1);
    const quiet = [...seen];

    const started = next('speechstart');
    const probabilities = [];
    const onVoice = ({ probability, active }) => probabilities.push({ probability, active });
    enhancer.addEventListener('voiceactivity', onVoice);
    const from = context.currentTime;
    voice.gain.value = 1;
    await started;
    await harness.sleep(1);
    enhancer.removeEventListener('voiceactivity', onVoice);
    const watchedSeconds = context.currentTime - from;
    // A report that was on its way still comes; after that none.
    await harness.sleep(0.3);
    const ended = enhancer.speaking ? next('speechend') : null;
    voice.gain.value = 0;
    await ended;

    const before = seen.length;
    enhancer.track.enabled = false;
    const told = next('speakingwhilemuted');
    voice.gain.value = 1;
    await told;
    return { seen: seen.slice(0, before), muted: seen.slice(before), probabilities, quiet, watchedSeconds };
  });
  assert.deepEqual(quiet, []);
  assert.deepEqual([seen[0], seen.at(-1)], ['speechstart', 'speechend']);
  assert.ok(!seen.includes('speakingwhilemuted'), 'told of speaking while muted without being muted');
  assert.deepEqual(muted.slice(0, 2).sort(), ['speakingwhilemuted', 'speechstart']);
  const perSecond = probabilities.length / watchedSeconds;
  assert.ok(perSecond > 5 && perSecond < 12, `${perSecond.toFixed(1)} reports in a second`);
  assert.ok(probabilities.some(({ probability, active }) => active && probability > 0.5));
});

/** The level of the loud half of what is said, dBFS. */
function spokenDbfs(samples, sampleRate) {
  const levels = envelopeDbfs(samples, sampleRate / 10).sort((a, b) => b - a);
  return levels[Math.floor(levels.length / 4)];
}

test('loud and quiet participants of a call come out alike', {}, async (t) => {
  const proxies = [await t.proxy({ seed: 1 }), await t.proxy({ seed: 1 })];
  const id = await t.page.evaluate(async (candidates) => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    const speech = await harness.fileSource(context, '/data/clean-speech.wav');
    const participants = await Promise.all(
      [0.06, 0.8].map(async (gain, index) => {
        const voice = speech.connect(new GainNode(context, { gain }));
        context.references.push(voice);
        const { receiver } = await harness.call({ track: harness.trackOf(voice), proxy: candidates[index] });
        const leveler = await Earshot.level(receiver.track, { audioContext: context });
        await leveler.ready;
        context.references.push(leveler);
        const outputs = [new MediaStreamAudioSourceNode(context, { mediaStream: leveler.stream }), harness.nativeOutput(context, receiver.track)];
        return { leveler, outputs };
      }),
    );
    // How long the gain takes is the benchmark's to say: here it has found a difference between the two and then stands still.
    const gains = () => Promise.all(participants.map(async ({ leveler }) => (await leveler.getStats()).gain));
    const moved = (before, after) => Math.max(...after.map((gain, index) => Math.abs(gain - before[index])));
    await harness.until(async () => {
      const [quiet, loud] = await gains();
      return quiet - loud > 10;
    });
    await harness.until(async () => {
      const before = await gains();
      await harness.sleep(2);
      return moved(before, await gains()) < 0.5;
    });
    return harness.record(context, participants.flatMap(({ outputs }) => outputs), 6);
  }, proxies.map(({ candidates }) => candidates));
  const { sampleRate, channels } = t.recording(id);
  const [quiet, quietBefore, loud, loudBefore] = channels.map((samples) => spokenDbfs(samples, sampleRate));
  t.note(`${quietBefore.toFixed(0)} and ${loudBefore.toFixed(0)} dBFS → ${quiet.toFixed(0)} and ${loud.toFixed(0)} dBFS`);
  assert.ok(loudBefore - quietBefore > 15, 'the participants were alike before');
  assert.ok(Math.abs(loud - quiet) < 4, 'the participants are not alike');
});
