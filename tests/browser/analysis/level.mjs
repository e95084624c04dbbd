/** Levels of tones and of short stretches of a recording. */

/** Level of the tone at `frequency` in dBFS (a full-scale sine is 0), over whole Hann-windowed samples. */
export function toneDbfs(samples, sampleRate, frequency) {
  let re = 0;
  let im = 0;
  let gain = 0;
  const step = (2 * Math.PI * frequency) / sampleRate;
  for (let n = 0; n < samples.length; ++n) {
    const w = 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / samples.length);
    re += w * samples[n] * Math.cos(step * n);
    im -= w * samples[n] * Math.sin(step * n);
    gain += w;
  }
  return 20 * Math.log10((2 * Math.hypot(re, im)) / gain + 1e-9);
}

/**
 * Level of a tone over a recording of a call: the median over stretches of 100 ms. A jitter buffer that takes out or puts in a
 * period shifts the phase, which over one long stretch would look like a weaker tone.
 */
export function steadyToneDbfs(samples, sampleRate, frequency) {
  const length = Math.round(sampleRate / 10);
  const levels = [];
  for (let at = 0; at + length <= samples.length; at += length) {
    levels.push(toneDbfs(samples.subarray(at, at + length), sampleRate, frequency));
  }
  return levels.sort((a, b) => a - b)[levels.length >> 1];
}

/** Root mean square in dBFS, where a full-scale square wave is 0. */
export function rmsDbfs(samples) {
  return 10 * Math.log10(samples.reduce((sum, x) => sum + x * x, 0) / samples.length + 1e-18);
}

/** Levels of consecutive stretches of `length` samples, dBFS. */
export function envelopeDbfs(samples, length) {
  const out = [];
  for (let at = 0; at + length <= samples.length; at += length) out.push(rmsDbfs(samples.subarray(at, at + length)));
  return out;
}

/**
 * The longest stretch, in samples, in which a steady sound stays more than `dropDb` below its own median level: what a listener
 * hears as a gap. Measured in windows of `resolution` samples.
 */
export function longestGap(samples, { dropDb = 20, resolution = 96 } = {}) {
  const envelope = envelopeDbfs(samples, resolution);
  const median = Float64Array.from(envelope).sort()[envelope.length >> 1];
  let longest = 0;
  let run = 0;
  for (const level of envelope) {
    run = level < median - dropDb ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest * resolution;
}
