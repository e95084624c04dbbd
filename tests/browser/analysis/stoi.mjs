/**
 * Short-time objective intelligibility. Source: Taal, Hendriks, Heusdens, Jensen, "An Algorithm for Intelligibility Prediction
 * of Time–Frequency Weighted Noisy Speech", IEEE TASLP 19(7), 2011: 10 kHz, 256-sample Hann frames, fifteen third-octave bands
 * from 150 Hz, 384 ms segments, clipping at −15 dB.
 */
import { powerSpectrum } from './fft.mjs';
import { resample } from './resample.mjs';

const RATE_HZ = 10000;
const FRAME = 256;
const HOP = 128;
const FFT_SIZE = 512;
const NUM_BANDS = 15;
const LOWEST_BAND_HZ = 150;
const SEGMENT_FRAMES = 30;
const CLIP = 1 + 10 ** (15 / 20);
const SILENCE_RANGE_DB = 40;
const EPSILON = 1e-12;

// Hann without its zero end points, as in the authors' Matlab code: hanning(256).
const WINDOW = Float64Array.from({ length: FRAME }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 1)) / (FRAME + 1)));

const BANDS = Array.from({ length: NUM_BANDS }, (_, k) => {
  const nearestBin = (hz) => Math.round((hz * FFT_SIZE) / RATE_HZ);
  const edge = (sixths) => LOWEST_BAND_HZ * 2 ** (sixths / 6);
  return [nearestBin(edge(2 * k - 1)), nearestBin(edge(2 * k + 1))];
});

function frames(samples) {
  const list = [];
  for (let at = 0; at + FRAME <= samples.length; at += HOP) list.push(WINDOW.map((w, i) => w * samples[at + i]));
  return list;
}

function overlapAdd(list) {
  const out = new Float64Array((list.length - 1) * HOP + FRAME);
  list.forEach((frame, m) => frame.forEach((x, i) => (out[m * HOP + i] += x)));
  return out;
}

const norm = (values) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));

/** Band × frame matrix of magnitudes. */
function thirdOctaves(samples) {
  const spectra = frames(samples).map((frame) => powerSpectrum(frame, FFT_SIZE));
  return BANDS.map(([low, high]) =>
    Float64Array.from(spectra, (power) => Math.sqrt(power.subarray(low, high).reduce((sum, x) => sum + x, 0))),
  );
}

function correlation(clean, degraded) {
  const gain = norm(clean) / (norm(degraded) + EPSILON);
  const limited = degraded.map((y, i) => Math.min(y * gain, clean[i] * CLIP));
  const mean = (v) => v.reduce((sum, x) => sum + x, 0) / v.length;
  const [meanX, meanY] = [mean(clean), mean(limited)];
  const x = clean.map((value) => value - meanX);
  const y = limited.map((value) => value - meanY);
  return x.reduce((sum, value, i) => sum + value * y[i], 0) / (norm(x) * norm(y) + EPSILON);
}

/** 0–1 (in practice; higher is more intelligible); both signals aligned and at `sampleRate` Hz. NaN when too short. */
export function stoi(clean, degraded, sampleRate) {
  const x = frames(resample(clean, sampleRate, RATE_HZ));
  const y = frames(resample(degraded, sampleRate, RATE_HZ));
  const level = x.map((frame) => 20 * Math.log10(norm(frame) + EPSILON));
  const floor = level.reduce((max, db) => Math.max(max, db), -Infinity) - SILENCE_RANGE_DB;
  const keep = (list) => overlapAdd(list.filter((_, m) => level[m] > floor));
  const [bandsX, bandsY] = [thirdOctaves(keep(x)), thirdOctaves(keep(y))];
  let sum = 0;
  let count = 0;
  for (let end = SEGMENT_FRAMES; end <= bandsX[0].length; ++end) {
    for (let band = 0; band < NUM_BANDS; ++band) {
      sum += correlation(bandsX[band].subarray(end - SEGMENT_FRAMES, end), bandsY[band].subarray(end - SEGMENT_FRAMES, end));
      ++count;
    }
  }
  return count ? sum / count : NaN;
}
