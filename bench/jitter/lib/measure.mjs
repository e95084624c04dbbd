// One packet trace through one jitter buffer, and what is heard of it.
import { join } from 'node:path';
import { execute } from '../../quality/lib/work.mjs';
import { shared } from './programs.mjs';

/** A replay program: takes SPEECH.wav TRACE.txt OUT.wav and options, writes OUT.wav, prints one line of JSON. */
export const native = (program, args = ['--fec']) => (speech, trace, output) => execute(program, [speech, trace, output, ...args]);

/** The product: `earshot replay`, the WebAssembly that pages load. */
export const earshot = (dist, args = ['--fec']) => (speech, trace, output) =>
  execute(process.execPath, [join(dist.folder, 'cli.mjs'), 'replay', speech, trace, output, '--json', ...args]);

/** The longest time in which nothing of what was said is recognised, pauses of the speech included, in ms. */
function longestGap(points, windowSeconds = 0.4) {
  let gap = 0;
  for (let i = 1; i < points.length; i++) gap = Math.max(gap, points[i][0] - points[i - 1][0] - windowSeconds);
  return Math.round(gap * 1000);
}

/**
 * Delay from mouth to ear, from the sound itself: where each stretch of the played file lies in the spoken one.
 * @returns {Promise<{mean_ms: number, median_ms: number, p95_ms: number, windows: number, longest_gap_ms: number, points: [number, number][]}>}
 *   points: time in s, delay in ms
 */
async function delayOf(python, speech, output) {
  const lines = (await execute(python, [join(shared, 'metrics/playout_delay.py'), speech, output, '--csv'])).trim().split('\n');
  const points = lines.slice(0, -1).filter(Boolean).map((line) => line.split(',').map(Number));
  return { ...JSON.parse(lines.at(-1)), longest_gap_ms: longestGap(points), points };
}

/** Plays `trace` and measures; `replay` as returned by `native` or `earshot`. */
export async function measure(replay, { speech, trace, output, python }) {
  const figures = JSON.parse(await replay(speech, trace, output));
  if (python) figures.measured_delay = await delayOf(python, speech, output);
  return figures;
}

/** PLCMOS of every file, in one process since loading the model takes longest. @returns {Promise<Map<string, number>>} by file name */
export async function plcmos(folder, files) {
  const text = await execute(process.execPath, [join(shared, 'metrics/plcmos.mjs'), ...files], { ORT_FROM: folder });
  return new Map(text.trim().split('\n').slice(1, -1).map((line) => line.split(',')).map(([name, score]) => [name, Number(score)]));
}
