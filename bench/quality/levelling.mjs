// Gain control and limiter: the same recordings through ours and WebRTC's AGC2, each held against its own target.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../lib/rounds.mjs';
import { step } from '../../tools/lib/steps.mjs';
import { measureCpu } from './lib/cpu.mjs';
import { made } from './lib/made.mjs';
import { earshot, webrtc } from './lib/systems.mjs';
import { execute, hashOf, place, remembered } from './lib/work.mjs';

const script = (name) => join(import.meta.dirname, 'py', name);
const scripts = ['gain_score.py', 'loudness.py', 'metrics.py', 'signals.py'].map(script);

/** Loudness that Earshot brings speech to by default, LUFS: `targetLoudness` of docs/api.md. */
const earshotTargetLufs = -23;
/** Speech quieter than this may be out of reach of the largest gain: measured, but not counted in errors. */
const quietestCountedDbfs = -40;

function systems({ programs, dist }) {
  const off = ['--noise-suppression', 'off'];
  return [
    programs.apm && webrtc(programs.apm, 'WebRTC AGC2', ['--agc2']),
    programs.apm && webrtc(programs.apm, 'WebRTC NS high + AGC2', ['--ns', 'high', '--agc2']),
    earshot(dist, 'Earshot gain', ['--agc', ...off], { target: earshotTargetLufs, takesFloat: true }),
    earshot(dist, 'Earshot high + gain', ['--agc', '--noise-suppression', 'high'], { target: earshotTargetLufs, takesFloat: true }),
  ].filter(Boolean);
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const most = (values) => Math.max(...values);
const deviation = (values) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
const rounded = (value) => (typeof value === 'number' ? Math.round(value * 100) / 100
  : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(each)])));

/** Mean of a figure by input level. */
function byInput(rows, key) {
  const levels = [...new Set(rows.map((row) => row.input_dbfs))];
  return Object.fromEntries(levels.map((level) => [`${level} dBFS`, mean(rows.filter((row) => row.input_dbfs === level).map((row) => row[key]))]));
}

/**
 * What the recordings say of one system.
 * @param {object[]} rows of gain_score.py, with the facts of the manifest
 * @param {number | undefined} target LUFS; where none is known, the median loudness that the system itself arrived at
 */
export function summarize(rows, target) {
  const of = (kind) => rows.filter((row) => row.kind === kind);
  const counted = of('clean').filter((row) => row.input_dbfs >= quietestCountedDbfs);
  const column = (list, key) => list.map((row) => row[key]);
  const own = target ?? median(column(counted, 'loudness_lufs'));
  const errors = counted.map((row) => Math.abs(row.loudness_lufs - own));
  const overload = of('overload');
  return rounded({
    target_lufs: own,
    loudness_by_input_lufs: byInput(of('clean'), 'loudness_lufs'),
    loudness_error_lu: { mean: mean(errors), largest: most(errors) },
    farthest_after_8s_lu: most(counted.map((row) => Math.max(row.highest_lufs - own, own - row.lowest_lufs))),
    settle_s: { median: median(column(counted, 'settle_s')), largest: most(column(counted, 'settle_s')) },
    overshoot_lu: { mean: mean(column(counted, 'overshoot_lu')), largest: most(column(counted, 'overshoot_lu')) },
    gain_deviation_db: mean(column(counted, 'gain_deviation_db')),
    noise_raised_db: { ...Object.fromEntries(of('noise').map((row) => [row.name.replace('noise-', ''), row.raised_db])) },
    silence_peak_dbfs: most(column(of('silence').filter(({ name }) => name === 'silence-digital'), 'peak_dbfs')),
    shout_true_peak_dbtp: most(column(of('shout'), 'true_peak_dbtp')),
    ...(overload.length > 0 ? { overload_true_peak_dbtp: most(column(overload, 'true_peak_dbtp')) } : {}),
    true_peak_dbtp: most(column(rows, 'true_peak_dbtp')),
    in_noise: {
      level_by_input_dbfs: byInput(of('talk'), 'level_dbfs'),
      level_deviation_db: deviation(column(of('talk'), 'level_dbfs')),
      pause_drift_db: { median: median(column(of('talk'), 'pause_drift_db')), largest: most(column(of('talk'), 'pause_drift_db')) },
      pause_noise_dbfs: mean(column(of('talk'), 'pause_noise_dbfs')),
    },
  });
}

async function score(system, { folder }, list, programs, keep) {
  const output = place(`output-${system.name.replace(/\W+/g, '-')}-${system.key}-${process.pid}`);
  mkdirSync(output, { recursive: true });
  try {
    const names = list.map(({ name }) => name);
    await system.run(folder, output, names);
    return JSON.parse(await execute(programs.python, [script('gain_score.py'), folder, output, ...names])).files;
  } finally {
    if (keep) console.log(`  ${system.name}: ${output}`);
    else rmSync(output, { recursive: true });
  }
}

/**
 * @param {{set: string, keep: boolean, cpu: boolean, dist: object, programs: object}} options
 * @returns {Promise<object>} per system what summarize() says
 */
export async function measureLevelling(options) {
  const { set, keep, programs, cpu } = options;
  const corpus = await made('gain', 'gain_corpus.py', set, programs.python);
  const all = systems(options);
  const measured = await step(`Level ${corpus.list.length} recordings, ${all.length} systems`, () => Promise.all(all.map(async (system) => {
    // WebRTC's program takes 16-bit files only.
    const list = corpus.list.filter(({ kind }) => system.takesFloat || kind !== 'overload');
    const make = () => score(system, corpus, list, programs, keep);
    const files = await (keep ? make() : remembered(`${corpus.key}-${system.key}-${hashOf(...scripts)}`, make));
    return [system.name, summarize(list.map((facts) => ({ ...facts, ...files[facts.name] })), system.target)];
  })));
  const results = Object.fromEntries(measured);
  if (cpu) {
    const files = corpus.list.filter(({ kind }) => kind === 'talk').map(({ name }) => join(corpus.folder, `${name}.wav`));
    const shares = await measureCpu(all, files);
    for (const [name, percent] of Object.entries(shares)) results[name].core_percent = percent;
  }
  return { set, recordings: corpus.list.length, systems: results };
}
