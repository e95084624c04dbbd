/** The capture chain as a page uses it: any rate, mono and stereo, changed while it runs. */
import assert from 'node:assert/strict';

import { COARSE_RATE_HZ, findLag } from './analysis/align.mjs';
import { clicks, envelopeDbfs, rmsDbfs, steadyToneDbfs } from './analysis/level.mjs';
import { speechQuality } from './analysis/quality.mjs';
import { resample } from './analysis/resample.mjs';
import { test } from './harness/suite.mjs';

const SPEECH = '/data/noisy-speech.opus';
/** What the suppressor may take for learning the noise, seconds. */
const LEARNING_SECONDS = 1;

/** Lag of `output` behind `input`, in samples of their rate: found at a low rate first, then around that place. */
function lagOf(input, output, sampleRate) {
  const [coarseIn, coarseOut] = [input, output].map((samples) => resample(samples, sampleRate, COARSE_RATE_HZ));
  const coarse = findLag(coarseIn, coarseOut, { max: COARSE_RATE_HZ / 10 }) * (sampleRate / COARSE_RATE_HZ);
  const reach = Math.ceil(sampleRate / COARSE_RATE_HZ) + 2;
  return findLag(input, output, { min: Math.round(coarse) - reach, max: Math.round(coarse) + reach });
}

for (const sampleRate of [16000, 44100, 48000]) {
  test(`a capture node at ${sampleRate} Hz cleans speech, both channels alike, late by what it says`, {}, async (t) => {
    const render = (gains, options) =>
      t.page.evaluate(
        async (scene) => harness.renderCapture({ Earshot: window.Earshot ?? (await harness.loadLibrary()), ...scene }),
        { url: SPEECH, sampleRate, seconds: 8, gains, options },
      );
    const clean = resample(t.speech.clean, 48000, sampleRate);
    for (const gains of [[1], [0.5, 0.125]]) {
      const { id, latency } = await render(gains, { noiseSuppression: 'high' });
      const [noisy, ...output] = t.recording(id).channels;
      const learned = (samples) => samples.subarray(LEARNING_SECONDS * sampleRate);
      const [before, after] = [noisy, output[0]].map((samples) => speechQuality(clean, learned(samples), sampleRate));
      t.note(`${gains.length} ch: SI-SDR ${before.siSdr.toFixed(1)} → ${after.siSdr.toFixed(1)} dB, STOI ${before.stoi.toFixed(2)} → ${after.stoi.toFixed(2)}`);
      assert.ok(after.siSdr > before.siSdr + 1, 'the noise is not reduced');
      assert.ok(after.stoi > before.stoi - 0.03, 'the speech is damaged');
      if (output.length === 2) {
        // One gain for both: what is left of the quieter is a constant share of the louder.
        const difference = output[1].map((x, i) => x - (gains[1] / gains[0]) * output[0][i]);
        assert.ok(rmsDbfs(difference) < rmsDbfs(output[1]) - 50, 'the channels got different gains');
      }
    }
    // With nothing changed but the time, the shape tells the delay to the sample.
    const { id, latency } = await render([0.5], { noiseSuppression: 'off', autoGainControl: false });
    const [input, output] = t.recording(id).channels;
    const lag = lagOf(input, output, sampleRate);
    t.note(`late by ${lag} samples, says ${latency.toFixed(2)}`);
    assert.ok(Math.abs(lag - latency) <= 1, `late by ${lag} samples, says ${latency}`);
  });
}

test('a capture node runs at every rate and render quantum a context has', {}, async (t) => {
  const seen = await t.page.evaluate(async (url) => {
    const Earshot = await harness.loadLibrary();
    const runs = [];
    const contexts = [8000, 22050, 24000, 32000, 88200, 96000, 192000].map((sampleRate) => ({ sampleRate }));
    contexts.push({ sampleRate: 48000, context: { renderSizeHint: 256 } });
    for (const scene of contexts) {
      const scenes = { Earshot, url, seconds: 2, gains: [1, 1], options: { autoGainControl: false }, ...scene };
      runs.push({ ...scene, ...(await harness.renderCapture(scenes)) });
    }
    return runs;
  }, SPEECH);
  for (const { sampleRate, id, latency, quantum = 128 } of seen) {
    const [input, ...output] = t.recording(id).channels;
    const what = `${sampleRate} Hz, quantum ${quantum}`;
    // Noise is taken away, speech stays: a part of the input's level, at its place.
    for (const samples of output) {
      const change = rmsDbfs(samples) - rmsDbfs(input);
      assert.ok(change < 1 && change > -12, `${what}: level changed by ${change.toFixed(1)} dB`);
    }
    const lag = lagOf(input, output[0], sampleRate);
    assert.ok(Math.abs(lag - latency) <= Math.max(2, sampleRate / 4000), `${what}: late by ${lag} samples, says ${latency}`);
    if (sampleRate === 48000) assert.ok(latency <= 0.02 * sampleRate, `${what}: ${latency} samples`);
  }
  t.note(seen.map(({ sampleRate, latency }) => `${sampleRate / 1000} kHz ${((1000 * latency) / sampleRate).toFixed(1)} ms`).join(', '));
});

test('strength and parameters change while it runs, without a click', {}, async (t) => {
  const id = await t.page.evaluate(async () => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    // Noise below 2 kHz: whatever is heard above is not the sound but what was done to it.
    const buffer = new AudioBuffer({ length: 96000, sampleRate: 48000 });
    buffer.copyToChannel(Float32Array.from({ length: buffer.length }, () => 0.5 * Math.random() - 0.25), 0);
    let source = new AudioBufferSourceNode(context, { buffer, loop: true });
    source.start();
    const noise = source;
    for (let section = 0; section < 8; section++) {
      source = source.connect(new BiquadFilterNode(context, { type: 'lowpass', frequency: 1000 }));
    }
    context.references.push(noise, source);
    const node = await Earshot.createCaptureNode(context, { noiseSuppression: 'off', autoGainControl: false });
    source.connect(node).connect(new GainNode(context, { gain: 0 })).connect(context.destination);
    await node.ready;
    await harness.sleep(0.5);
    const recording = harness.record(context, [node, source], 4);
    const changes = [
      { noiseSuppression: 1 }, { noiseSuppression: 0.4 }, { noiseSuppression: 'max' }, { noiseSuppression: 'off' },
      { autoGainControl: { targetLoudness: -30, maxGain: 10 } }, { bypass: true }, { bypass: false }, { limiter: false },
      { autoGainControl: { maxGain: 40, targetLoudness: -10 } }, { noiseSuppression: 'low', limiter: true },
    ];
    for (const change of changes) {
      node.update(change);
      await harness.sleep(0.3);
    }
    return recording;
  });
  const { sampleRate, channels: [output, input] } = t.recording(id);
  assert.deepEqual(clicks(input, sampleRate), [], 'the source itself clicks');
  assert.deepEqual(clicks(output, sampleRate), [], 'clicks, at seconds');
  const levels = [0, 1, 2, 3].map((second) => rmsDbfs(output.subarray(second * sampleRate, (second + 1) * sampleRate)).toFixed(0));
  t.note(`levels ${levels.join(', ')} dBFS`);
  assert.ok(new Set(levels).size > 1, 'nothing changed');
});

test('the microphone is changed without a gap or a click, whatever its channels and rate', {}, async (t) => {
  const { id, rate, states, tracks } = await t.page.evaluate(async () => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    const other = await harness.audioContext({ sampleRate: 44100 });
    const [mono, stereo] = [harness.trackOf(harness.tone(context, 500)), harness.trackOf(harness.tone(other, 900), 2)];
    const enhancer = await Earshot.enhance(mono, { noiseSuppression: 'off', autoGainControl: false, audioContext: context });
    await enhancer.ready;
    const { track } = enhancer;
    const control = harness.nativeOutput(context, stereo);
    await harness.sleep(0.5);
    const recording = harness.record(context, [enhancer.node, control], 4);
    await harness.sleep(1.5);
    await enhancer.setInput(stereo);
    const states = [enhancer.state, mono.readyState, stereo.readyState];
    return { id: await recording, rate: context.sampleRate, states, tracks: [enhancer.track === track, track.readyState] };
  });
  assert.deepEqual([rate, ...states, ...tracks], [48000, 'running', 'live', 'live', true, 'live']);
  const { sampleRate, channels: [heard, control] } = t.recording(id);
  const half = sampleRate / 2;
  const [start, end] = [heard.subarray(0, half), heard.subarray(heard.length - half)];
  assert.ok(steadyToneDbfs(start, sampleRate, 500) > -18 && steadyToneDbfs(start, sampleRate, 900) < -50, 'the first microphone is not heard');
  assert.ok(steadyToneDbfs(end, sampleRate, 900) > -18 && steadyToneDbfs(end, sampleRate, 500) < -50, 'the second microphone is not heard');
  // A track on its way from another context tears when the machine stalls; a control that tore at the time says so.
  const torn = clicks(control, sampleRate);
  const ours = clicks(heard, sampleRate).filter((at) => !torn.some((other) => Math.abs(other - at) < 0.15));
  assert.deepEqual(ours, [], 'clicks, at seconds');
});

test('a microphone that stops gives silence without a click, and another takes its place', {}, async (t) => {
  const { id, state, ended } = await t.page.evaluate(async () => {
    const Earshot = await harness.loadLibrary();
    const context = await harness.audioContext({ sampleRate: 48000 });
    const dying = harness.trackOf(harness.tone(context, 500));
    const enhancer = await Earshot.enhance(dying, { noiseSuppression: 'off', autoGainControl: false, audioContext: context });
    await enhancer.ready;
    await harness.sleep(0.5);
    const recording = harness.record(context, [enhancer.node], 3);
    await harness.sleep(1);
    dying.stop();
    await harness.sleep(0.7);
    await enhancer.setInput(await harness.microphone());
    return { id: await recording, state: enhancer.state, ended: enhancer.track.readyState };
  });
  assert.deepEqual([state, ended], ['running', 'live']);
  const { sampleRate, channels: [heard] } = t.recording(id);
  const stretch = (from, to) => heard.subarray(from * sampleRate, to * sampleRate);
  assert.ok(steadyToneDbfs(stretch(0, 0.5), sampleRate, 500) > -18);
  assert.ok(rmsDbfs(stretch(2.5, 3)) > -60, 'the new microphone is not heard');
  const quiet = envelopeDbfs(heard, sampleRate / 100).map((level) => level < -80);
  const silent = quiet.findIndex((_, at) => quiet.slice(at, at + 10).every(Boolean));
  assert.ok(silent > 0, 'the tone does not end');
  // Up to the end of that silence: speech has sound up there itself.
  const end = silent + quiet.slice(silent).indexOf(false);
  assert.deepEqual(clicks(heard.subarray(0, (end * sampleRate) / 100), sampleRate), [], 'clicks, at seconds');
});
