/**
 * Rational resampling by a Kaiser-windowed sinc (stop band below −80 dB), zero delay: sample 0 stays sample 0. Offline, for
 * test signals and metrics only.
 */

const ZERO_CROSSINGS = 24;
const KAISER_BETA = 8.0;

function besselI0(x) {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-12 * sum; ++k) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a, b) {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** `samples` at `fromRate` → Float64Array at `toRate`; both in Hz, whole numbers. */
export function resample(samples, fromRate, toRate) {
  if (fromRate === toRate) return Float64Array.from(samples);
  const divisor = greatestCommonDivisor(fromRate, toRate);
  const up = toRate / divisor;
  const down = fromRate / divisor;
  // Cut-off as a fraction of the input's Nyquist, with room for the transition band of the window.
  const cutoff = Math.min(1, up / down) * 0.96;
  const halfWidth = ZERO_CROSSINGS / cutoff;
  const taps = Math.ceil(halfWidth);
  const phases = [];
  for (let phase = 0; phase < up; ++phase) {
    const row = new Float64Array(2 * taps + 1);
    for (let k = -taps; k <= taps; ++k) {
      const t = k - phase / up;
      const x = Math.PI * cutoff * t;
      const sinc = x === 0 ? 1 : Math.sin(x) / x;
      const inside = 1 - (t / halfWidth) ** 2;
      const window = inside > 0 ? besselI0(KAISER_BETA * Math.sqrt(inside)) / besselI0(KAISER_BETA) : 0;
      row[k + taps] = cutoff * sinc * window;
    }
    phases.push(row);
  }
  const output = new Float64Array(Math.floor((samples.length * up) / down));
  for (let n = 0; n < output.length; ++n) {
    const position = n * down;
    const base = Math.floor(position / up);
    const row = phases[position % up];
    const from = Math.max(-taps, -base);
    const to = Math.min(taps, samples.length - 1 - base);
    let sum = 0;
    for (let k = from; k <= to; ++k) sum += samples[base + k] * row[k + taps];
    output[n] = sum;
  }
  return output;
}
