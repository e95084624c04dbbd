/**
 * The test signal: 10 s of clean speech and the same speech in a room with an exercise bike, 48 kHz mono, sample-aligned.
 * The mix is made here rather than committed, so the repository holds each recording once.
 */
import { fileURLToPath } from 'node:url';

import { resample } from '../browser/analysis/resample.mjs';
import { readWav } from '../browser/analysis/wav.mjs';

export const SAMPLE_RATE_HZ = 48000;
/** Ratio of the level of active speech to that of the noise. */
export const SNR_DB = 5;

const FRAME = SAMPLE_RATE_HZ / 100;
/** Frames further below the loudest one than this are pauses and do not count towards the speech level. */
const ACTIVE_RANGE_DB = 40;

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

function load(name) {
  const { sampleRate, channels } = readWav(path(name));
  return resample(channels[0], sampleRate, SAMPLE_RATE_HZ);
}

function activePower(samples) {
  const frames = [];
  for (let at = 0; at + FRAME <= samples.length; at += FRAME) {
    frames.push(samples.subarray(at, at + FRAME).reduce((sum, x) => sum + x * x, 0) / FRAME);
  }
  const floor = Math.max(...frames) * 10 ** (-ACTIVE_RANGE_DB / 10);
  const active = frames.filter((power) => power > floor);
  return active.reduce((sum, power) => sum + power, 0) / active.length;
}

/** → `{ clean, noisy }`: Float64Arrays of equal length; the level of `clean` inside `noisy` is that of `clean`. */
export function noisySpeech(snrDb = SNR_DB) {
  const clean = load('clean-speech.wav');
  const noise = load('room-noise.wav').subarray(0, clean.length);
  const gain = Math.sqrt(activePower(clean) / activePower(noise) / 10 ** (snrDb / 10));
  return { clean, noisy: clean.map((x, i) => x + gain * noise[i]) };
}
