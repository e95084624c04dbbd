import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { findLag, follow } from '../analysis/align.mjs';
import { medianDelay } from '../analysis/delay.mjs';
import { fft, ifft, powerSpectrum } from '../analysis/fft.mjs';
import { handover, longestGap, steadyToneDbfs, toneDbfs } from '../analysis/level.mjs';
import { resample } from '../analysis/resample.mjs';
import { siSdr } from '../analysis/si-sdr.mjs';
import { stoi } from '../analysis/stoi.mjs';
import { readWav } from '../analysis/wav.mjs';
import { noisySpeech } from '../../data/noisy-speech.mjs';
import { seededRandom } from '../harness/network-model.mjs';

const data = (name) => fileURLToPath(new URL(`../../data/${name}`, import.meta.url));
const close = (actual, expected, tolerance) => assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);
const whiteNoise = (length, seed = 1) => Float64Array.from({ length }, seededRandom(seed)).map((x) => x - 0.5);
const sine = (length, rate, hz, amplitude = 1) => Float64Array.from({ length }, (_, n) => amplitude * Math.sin((2 * Math.PI * hz * n) / rate));

describe('fft', () => {
  it('keeps the energy (Parseval) and inverts', () => {
    const samples = whiteNoise(1024);
    const [re, im] = [samples.slice(), new Float64Array(1024)];
    fft(re, im);
    const sum = (values) => values.reduce((total, x) => total + x * x, 0);
    close((sum(re) + sum(im)) / 1024, sum(samples), 1e-9);
    ifft(re, im);
    samples.forEach((x, i) => close(re[i], x, 1e-12));
  });

  it('puts a cosine into its bin', () => {
    const power = powerSpectrum(Float64Array.from({ length: 64 }, (_, n) => Math.cos((2 * Math.PI * 5 * n) / 64)), 64);
    power.forEach((value, bin) => close(value, bin === 5 ? 32 * 32 : 0, 1e-9));
  });
});

describe('resample', () => {
  it('keeps a tone below both Nyquist rates, in phase, and removes one above', () => {
    const inner = (samples) => samples.subarray(400, samples.length - 400);
    const kept = resample(sine(24000, 24000, 1000), 24000, 16000);
    const expected = sine(16000, 16000, 1000);
    close(Math.max(...inner(kept.map((x, n) => Math.abs(x - expected[n])))), 0, 1e-3);
    assert.ok(toneDbfs(inner(resample(sine(48000, 48000, 9500), 48000, 16000)), 16000, 6500) < -70);
  });
});

// Computed with an independent NumPy/SciPy implementation (SI-SDR: Le Roux 2019; STOI: Taal 2011, polyphase resampling) from
// the same recordings at 16 kHz.
describe('metrics against the reference', () => {
  const clean = resample(readWav(data('clean-speech.wav')).channels[0], 24000, 16000);
  const noise = readWav(data('room-noise.wav')).channels[0];
  const golden = [
    ['noise', clean.map((x, i) => x + noise[i]), -0.5396, 0.76447],
    ['quiet noise', clean.map((x, i) => x + 0.25 * noise[i]), 11.5202, 0.94927],
    ['loud noise', clean.map((x, i) => x + 4 * noise[i]), -12.6558, 0.51047],
    ['clipping', clean.map((x) => Math.max(-0.02, Math.min(0.02, x))), -0.2278, 0.75585],
    ['gaps', clean.map((x, i) => (i % 3200 < 480 ? 0 : x)), 8.7182, 0.92742],
  ];
  for (const [name, degraded, expectedSiSdr, expectedStoi] of golden) {
    it(name, () => {
      close(siSdr(clean, degraded), expectedSiSdr, 1e-3);
      close(stoi(clean, degraded, 16000), expectedStoi, 1e-3);
    });
  }
});

describe('alignment', () => {
  it('finds a delayed, scaled and noisy copy', () => {
    const clean = whiteNoise(4000);
    const disturbance = whiteNoise(9000, 5);
    const degraded = Float64Array.from({ length: 9000 }, (_, n) => 0.2 * (clean[n - 3210] ?? 0) + 0.1 * disturbance[n]);
    assert.equal(findLag(clean, degraded, { max: 6000 }), 3210);
  });

  it('follows a recording in which time was stretched, and a piece lost', () => {
    const { clean } = noisySpeech();
    const part = clean.subarray(14400, 14400 + 144000);
    // 5 ms put in after a second, as a jitter buffer does; 300 ms gone after two, as a stalled microphone does.
    const degraded = new Float64Array(2 * part.length);
    degraded.set(part.subarray(0, 48000), 2400);
    degraded.set(part.subarray(48000, 96000), 2400 + 48240);
    degraded.set(part.subarray(96000 + 14400), 2400 + 96240);
    const { aligned } = follow(part, degraded, { sampleRate: 48000, block: 9600 });
    const ratio = (b) => siSdr(part.subarray(9600 * b, 9600 * (b + 1)), aligned.subarray(9600 * b, 9600 * (b + 1)));
    // All but those that hold a seam or lie in the lost piece.
    const found = Array.from({ length: 15 }, (_, b) => ratio(b)).filter((dB) => dB > 40).length;
    assert.ok(found >= 11, `${found} of 15 blocks were found`);
    assert.ok(siSdr(part, degraded.subarray(2400, 2400 + part.length)) < 5);
  });
});

describe('delay', () => {
  it('is that of most of the speech, quieter and after a silence', () => {
    const { clean } = noisySpeech();
    const said = clean.subarray(0, 6 * 48000);
    const heard = new Float64Array(said.length);
    // 150 ms in the first two seconds, 230 from then on.
    for (let n = 0; n < heard.length; ++n) heard[n] = 0.5 * (said[n - (n < 96000 ? 7200 : 11040)] ?? 0);
    close(medianDelay(said, heard, 48000), 0.23, 0.001);
    close(medianDelay(said.subarray(0, 90000), heard.subarray(0, 90000), 48000), 0.15, 0.001);
  });
});

describe('levels', () => {
  it('reads the level of a tone beside another', () => {
    const mix = sine(48000, 48000, 1000, 0.5).map((x, n) => x + 0.005 * Math.sin((2 * Math.PI * 400 * n) / 48000));
    close(toneDbfs(mix, 48000, 1000), -6.02, 0.05);
    close(toneDbfs(mix, 48000, 400), -46.02, 0.05);
    assert.ok(toneDbfs(mix, 48000, 700) < -100);
  });

  it('reads a tone through jumps of its phase', () => {
    const whole = sine(48000, 48000, 1000, 0.25);
    const jumped = Float64Array.from(whole, (_, n) => whole[n < 22000 ? n : n + 24] ?? 0);
    assert.ok(toneDbfs(jumped, 48000, 1000) < -20);
    close(steadyToneDbfs(jumped, 48000, 1000), -12.04, 0.1);
    assert.ok(steadyToneDbfs(jumped, 48000, 919) < -60);
  });

  it('measures a gap within its resolution', () => {
    const tone = sine(48000, 48000, 1000);
    assert.equal(longestGap(tone, 48000), 0);
    tone.fill(0, 20000, 22400);
    close(longestGap(tone, 48000), 0.05, 0.004);
  });

  it('excuses a gap that the control has at about the same time, and no other', () => {
    const [tone, control] = [sine(48000, 48000, 1000), sine(48000, 48000, 1000)];
    tone.fill(0, 20000, 24800);
    control.fill(0, 18000, 23000);
    assert.equal(longestGap(tone, 48000, control), 0);
    close(longestGap(tone, 48000, sine(48000, 48000, 1000)), 0.1, 0.004);
    tone.fill(0, 40000, 45000);
    close(longestGap(tone, 48000, control), 5000 / 48000, 0.004);
  });

  it('times the handover from one tone to another', () => {
    const [first, second] = [sine(48000, 48000, 1000, 0.25), sine(48000, 48000, 400, 0.25)];
    const joined = (silence) => first.map((x, n) => (n < 24000 ? x : n < 24000 + silence ? 0 : second[n]));
    const tones = { from: 1000, to: 400, levelDbfs: -12 };
    assert.ok(handover(joined(0), 48000, tones) <= 0.02);
    close(handover(joined(9600), 48000, tones), 0.2, 0.021);
    assert.equal(handover(first, 48000, tones), Infinity);
    assert.equal(handover(second, 48000, tones), Infinity);
  });
});
