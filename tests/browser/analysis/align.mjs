/** Finding where one signal lies in another. */
import { fft, ifft, nextPowerOfTwo } from './fft.mjs';
import { resample } from './resample.mjs';

/**
 * Lag in samples (−limit … limit) at which `degraded` looks most like `clean`: degraded[n + lag] ≈ clean[n]. Cross-correlation
 * by FFT, each lag normalised by the energy of the part of `degraded` it compares, so that a loud place does not attract.
 */
export function findLag(clean, degraded, { min = 0, max }) {
  const size = nextPowerOfTwo(clean.length + degraded.length);
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  const cleanRe = new Float64Array(size);
  const cleanIm = new Float64Array(size);
  re.set(degraded);
  cleanRe.set(clean);
  fft(re, im);
  fft(cleanRe, cleanIm);
  for (let k = 0; k < size; ++k) {
    const real = re[k] * cleanRe[k] + im[k] * cleanIm[k];
    im[k] = im[k] * cleanRe[k] - re[k] * cleanIm[k];
    re[k] = real;
  }
  ifft(re, im);
  const energy = new Float64Array(degraded.length + 1);
  for (let i = 0; i < degraded.length; ++i) energy[i + 1] = energy[i] + degraded[i] * degraded[i];
  const clamp = (n) => Math.max(0, Math.min(degraded.length, n));
  const floor = (1e-3 * energy[degraded.length] * clean.length) / degraded.length + 1e-12;
  let best = { lag: min, score: -Infinity };
  for (let lag = min; lag <= max; ++lag) {
    const part = energy[clamp(lag + clean.length)] - energy[clamp(lag)];
    const score = re[(lag + size) % size] / Math.sqrt(part + floor);
    if (score > best.score) best = { lag, score };
  }
  return best.lag;
}

/** Places are looked for at this rate first: speech enough, and a sixth of the work. */
export const COARSE_RATE_HZ = 8000;
/** What a block is recognised by: itself and this much on either side, seconds. */
const CONTEXT_SECONDS = 0.2;
/** How far a block may lie from the one before: a jitter buffer moves by milliseconds, a stalled microphone by more. */
const REACH_SECONDS = 0.6;
/** What is left to find at the full rate. */
const FINE_REACH_SECONDS = 0.002;

/** `length` samples from `start`, zero outside. */
function cut(samples, start, length) {
  const out = new Float64Array(length);
  const from = Math.max(0, start);
  const to = Math.min(samples.length, start + length);
  if (to > from) out.set(samples.subarray(from, to), from - start);
  return out;
}

/** Lag at which the stretch of `clean` lies in `degraded`, looked for within `reach` of `near`. */
function lagNear(clean, degraded, { start, length, near, reach }) {
  const window = cut(degraded, start + near - reach, length + 2 * reach);
  return near - reach + findLag(cut(clean, start, length), window, { min: 0, max: 2 * reach });
}

/**
 * Cuts a recording of a call into the shape of `clean`, following it block by block, because a jitter buffer may stretch time,
 * two audio clocks may drift and a busy machine may lose a piece.
 *
 * @param {object} options
 * @param {number} options.sampleRate
 * @param {number} options.block       samples per block
 * @param {(index: number) => boolean} [options.usable]  blocks with enough in them to align by; others keep the last position
 * @returns {{ aligned: Float64Array, lags: number[] }}  a recording as long as `clean`, and the lag of each block in samples
 */
export function follow(clean, degraded, { sampleRate, block, usable = () => true }) {
  const [coarseClean, coarseDegraded] = [clean, degraded].map((samples) => resample(samples, sampleRate, COARSE_RATE_HZ));
  const coarse = (samples) => Math.round((samples * COARSE_RATE_HZ) / sampleRate);
  const aligned = new Float64Array(clean.length);
  const lags = [];
  let lag = 0;
  for (let at = 0; at < clean.length; at += block) {
    const length = Math.min(block, clean.length - at);
    if (usable(at / block)) {
      const context = CONTEXT_SECONDS * COARSE_RATE_HZ;
      const place = lagNear(coarseClean, coarseDegraded, {
        start: coarse(at) - context,
        length: coarse(length) + 2 * context,
        near: coarse(lag),
        reach: REACH_SECONDS * COARSE_RATE_HZ,
      });
      lag = lagNear(clean, degraded, {
        start: at,
        length,
        near: Math.round((place * sampleRate) / COARSE_RATE_HZ),
        reach: Math.round(FINE_REACH_SECONDS * sampleRate),
      });
    }
    lags.push(lag);
    aligned.set(cut(degraded, at + lag, length), at);
  }
  return { aligned, lags };
}
