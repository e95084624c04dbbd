/** Delay from the chirps one channel of a recording holds to the same chirps in another. */
import { findLag } from '../../tests/browser/analysis/align.mjs';

/** More than any path here, less than the distance of two chirps. */
const MAX_DELAY_SECONDS = 0.4;
/** Chirps at either end may be cut. */
const EDGE_SECONDS = 0.1;

export const CHIRP = { seconds: 0.03, fromHertz: 400, toHertz: 3200, amplitude: 0.4 };

/** Starts of the chirps within a pattern that repeats, and its length: irregular, so that no codec or buffer period matches. */
export const PATTERN = { starts: [0.1, 0.6, 1.1137, 1.6411, 2.1822, 2.737, 3.3055], seconds: 3.8877 };

export const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

/**
 * @param {{ sampleRate: number, channels: Float64Array[] }} recording  channel 0 is the source
 * @param {number} channel
 * @returns {{ medianMs: number, p90Ms: number, chirps: number }}
 */
export function delays({ sampleRate, channels: [source, ...outputs] }, channel) {
  const output = outputs[channel - 1];
  const length = Math.round(CHIRP.seconds * sampleRate);
  const max = Math.round(MAX_DELAY_SECONDS * sampleRate);
  const found = [];
  for (let at = Math.round(EDGE_SECONDS * sampleRate); at + length + max < source.length; ++at) {
    if (Math.abs(source[at]) < 1e-4) continue;
    const lag = findLag(source.subarray(at, at + length), output.subarray(at, at + length + max), { max });
    found.push((1000 * lag) / sampleRate);
    at += length;
  }
  if (!found.length) throw new Error('the recording holds no chirp');
  found.sort((a, b) => a - b);
  return { medianMs: percentile(found, 0.5), p90Ms: percentile(found, 0.9), chirps: found.length };
}
