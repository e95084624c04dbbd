// Noise suppression: every system on the same noisy mixtures, scored against the clean speech in them.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '../../tools/lib/errors.mjs';
import { step } from '../../tools/lib/steps.mjs';
import { measureCpu } from './lib/cpu.mjs';
import { made } from './lib/made.mjs';
import { average, groupMeans } from './lib/means.mjs';
import { shared } from './lib/programs.mjs';
import { earshot, packaged, webrtc } from './lib/systems.mjs';
import { execute, hashOf, place, remembered } from './lib/work.mjs';

const script = (name) => join(import.meta.dirname, 'py', name);
const strengths = ['low', 'moderate', 'high', 'max'];

function systems({ programs, dist, levels }) {
  const unknown = levels.find((level) => !strengths.includes(level));
  if (unknown) throw new ToolError(`There is no strength "${unknown}"; there are ${strengths.join(', ')}.`);
  return [
    programs.apm && webrtc(programs.apm, 'WebRTC NS high', ['--ns', 'high']),
    programs.packages && packaged(programs.packages, 'RNNoise', 'rnnoise', 480),
    programs.packages && packaged(programs.packages, 'GTCRN', 'gtcrn', 768),
    ...levels.map((level) => earshot(dist, `Earshot ${level}`, ['--noise-suppression', level])),
  ].filter(Boolean);
}

/** The input as it is: what every system has to improve on. */
const noisy = {
  name: 'noisy', key: 'noisy', framingMs: 0,
  run: async (input, output, names) => {
    for (const name of names) symlinkSync(join(input, `${name}.wav`), join(output, `${name}.wav`));
    return {};
  },
};

/** DNSMOS P.835 by file. */
async function dnsmos(folder, packages) {
  const text = await execute(process.execPath, [join(shared, 'metrics/dnsmos.mjs'), '--no808', folder], { ORT_FROM: packages });
  const [header, ...rows] = text.trim().split('\n').map((line) => line.split(','));
  return Object.fromEntries(rows.filter(([file]) => file !== 'MEAN').map((row) => [row[0].replace(/\.wav$/, ''),
    Object.fromEntries(['SIG', 'BAK', 'OVRL'].map((column) => [column.toLowerCase(), Number(row[header.indexOf(column)])]))]));
}

/** Runs one system over the mixtures and scores what comes out. */
async function score(system, { folder }, names, programs, keep) {
  const output = place(`output-${system.name.replace(/\W+/g, '-')}-${system.key}-${process.pid}`);
  mkdirSync(output, { recursive: true });
  try {
    const { latencyMs } = await system.run(join(folder, 'noisy'), output, names);
    const [text, mos] = await Promise.all([
      execute(programs.python, [script('score.py'), shared, join(folder, 'clean'), output, ...names]),
      programs.packages ? dnsmos(output, programs.packages) : {},
    ]);
    const { delay_samples: delay, files } = JSON.parse(text);
    for (const [name, scores] of Object.entries(mos)) Object.assign(files[name], scores);
    return { files, delayMs: latencyMs ?? delay / 48 + system.framingMs };
  } finally {
    if (keep) console.log(`  ${system.name}: ${output}`);
    else rmSync(output, { recursive: true });
  }
}

/**
 * @param {{set: string, quick: boolean, keep: boolean, levels: string[], cpu: boolean, dist: object, programs: object}} options
 * @returns {Promise<object>} per system: means of all files, by kind of noise and by SNR, delay, share of a core
 */
export async function measureSuppression(options) {
  const { set, quick, keep, programs } = options;
  const mixtures = await made('mixtures', 'corpus.py', set, programs.python);
  const list = mixtures.list.filter((mixture) => !quick || mixture.quick);
  const names = list.map(({ name }) => name);
  const bySnr = list.map((mixture) => ({ ...mixture, snr: `${mixture.snr_db} dB` })).sort((a, b) => a.snr_db - b.snr_db);
  const all = [noisy, ...systems(options)];
  const scorers = hashOf(script('score.py'), script('metrics.py'), script('signals.py'), programs.pesq, programs.packages !== null, names);
  const measured = await step(`Suppress and score ${list.length} mixtures, ${all.length} systems`, () => Promise.all(all.map(async (system) => {
    const make = () => score(system, mixtures, names, programs, keep);
    const { files, delayMs } = await (keep ? make() : remembered(`${mixtures.key}-${system.key}-${scorers}`, make));
    return [system.name, {
      all: average(Object.values(files)),
      kinds: groupMeans(list, files, 'kind'),
      snrs: groupMeans(bySnr, files, 'snr'),
      delay_ms: system === noisy ? undefined : Math.round(delayMs * 10) / 10,
    }];
  })));
  const results = Object.fromEntries(measured);
  if (options.cpu) {
    const shares = await measureCpu(all.filter((system) => system !== noisy), names.map((name) => join(mixtures.folder, 'noisy', `${name}.wav`)));
    for (const [name, percent] of Object.entries(shares)) results[name].core_percent = percent;
  }
  return { set, mixtures: list.length, systems: results };
}
