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

/** Resolution of a gap, seconds: one render quantum hardly more. */
const GAP_WINDOW_SECONDS = 0.002;
/** A steady sound this far below its own usual level is a gap to a listener. */
const GAP_DROP_DB = 20;
/** What a stall of the machine or the network may shift between two paths of different delay. */
const SAME_STALL_SECONDS = 0.15;

/** Which windows of a steady sound are gaps. */
function gaps(samples, sampleRate) {
  const envelope = envelopeDbfs(samples, Math.round(GAP_WINDOW_SECONDS * sampleRate));
  const median = Float64Array.from(envelope).sort()[envelope.length >> 1];
  return envelope.map((level) => level < median - GAP_DROP_DB);
}

function longestRun(flags) {
  let longest = 0;
  let run = 0;
  for (const flag of flags) {
    run = flag ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/**
 * The longest gap in a steady sound, seconds.
 * @param {Float64Array} [control]  the same sound by another path at the same time: where that has a gap as well (within a
 *   seventh of a second), the machine stalled, and the gap does not count
 */
export function longestGap(samples, sampleRate, control) {
  const own = gaps(samples, sampleRate);
  if (!control) return longestRun(own) * GAP_WINDOW_SECONDS;
  const reach = Math.round(SAME_STALL_SECONDS / GAP_WINDOW_SECONDS);
  const excused = new Array(own.length).fill(false);
  gaps(control, sampleRate).forEach((gap, at) => {
    if (gap) excused.fill(true, Math.max(0, at - reach), at + reach + 1);
  });
  return longestRun(own.map((gap, at) => gap && !excused[at])) * GAP_WINDOW_SECONDS;
}

/**
 * Time between a tone and the one that replaces it, seconds: the windows of 20 ms in which neither is heard. Infinite when one
 * of them is never heard. Tones count as heard when they are within 10 dB of `levelDbfs`.
 */
export function handover(samples, sampleRate, { from, to, levelDbfs }) {
  const length = Math.round(sampleRate / 50);
  const heard = (hertz) => {
    const list = [];
    for (let at = 0; at + length <= samples.length; at += length) {
      list.push(toneDbfs(samples.subarray(at, at + length), sampleRate, hertz) > levelDbfs - 10);
    }
    return list;
  };
  const last = heard(from).lastIndexOf(true);
  const first = heard(to).indexOf(true, Math.max(0, last));
  return last < 0 || first < 0 ? Infinity : (Math.max(0, first - last - 1) * length) / sampleRate;
}

/**
 * Where a sound below 2 kHz clicks: the windows of 5 ms, as their start in seconds, whose part above 6 kHz comes within `range` dB
 * of the sound's own level. A step or a gap is white, so it cannot hide up there.
 */
export function clicks(samples, sampleRate, rangeDb = 50) {
  const high = highPass(samples, sampleRate, 6000);
  const length = Math.round(sampleRate / 200);
  const floor = rmsDbfs(samples) - rangeDb;
  return envelopeDbfs(high, length).flatMap((level, at) => (at > 0 && level > floor ? [(at * length) / sampleRate] : []));
}

/** Four Butterworth sections of second order in a row (RBJ's cookbook), 48 dB per octave. */
function highPass(samples, sampleRate, hertz) {
  const w = (2 * Math.PI * hertz) / sampleRate;
  const alpha = Math.sin(w) / Math.SQRT2;
  const cos = Math.cos(w);
  const [b, a1, a2] = [(1 + cos) / 2 / (1 + alpha), (-2 * cos) / (1 + alpha), (1 - alpha) / (1 + alpha)];
  let out = Float64Array.from(samples);
  for (let section = 0; section < 4; ++section) {
    let [x1, x2, y1, y2] = [0, 0, 0, 0];
    out = out.map((x) => {
      const y = b * (x - 2 * x1 + x2) - a1 * y1 - a2 * y2;
      [x2, x1, y2, y1] = [x1, x, y1, y];
      return y;
    });
  }
  return out;
}
