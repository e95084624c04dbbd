/** Finding where one signal lies in another. */
import { fft, ifft, nextPowerOfTwo } from './fft.mjs';

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

/**
 * Cuts a recording of a call into the shape of `clean`: the position is searched over the whole recording, then followed block
 * by block, because a jitter buffer may stretch time and two audio clocks may drift. Returns an array as long as `clean`.
 *
 * @param {object} options
 * @param {number} options.block   samples per block
 * @param {number} options.search  how far a block may lie from the one before, samples
 * @param {(index: number) => boolean} [options.usable]  blocks with enough in them to align by; others keep the last position
 */
export function follow(clean, degraded, { block, search, usable = () => true }) {
  let lag = findLag(clean, degraded, { min: -clean.length / 4, max: degraded.length - clean.length / 4 });
  const out = new Float64Array(clean.length);
  const lags = [];
  for (let at = 0; at < clean.length; at += block) {
    const length = Math.min(block, clean.length - at);
    const reference = clean.subarray(at, at + length);
    const from = at + lag - search;
    const window = new Float64Array(length + 2 * search);
    for (let i = 0; i < window.length; ++i) window[i] = degraded[from + i] ?? 0;
    if (usable(at / block)) lag += findLag(reference, window, { min: 0, max: 2 * search }) - search;
    lags.push(lag);
    for (let i = 0; i < length; ++i) out[at + i] = degraded[at + i + lag] ?? 0;
  }
  return { aligned: out, lags };
}
