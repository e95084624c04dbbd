// The chains of earshot-worklet.wasm as the AudioWorklet runs them, 128 samples at a time, in Node: one stream each, and a conference.
import { join } from 'node:path';
import { Contestant } from './lib/contestant.mjs';
import { buildPreset, bundleEngine, writeSignals } from './lib/prepare.mjs';
import { printTable, writeResult } from './lib/report.mjs';
import { race } from './lib/rounds.mjs';

export async function run({ rounds }) {
  const { clean, noisy } = writeSignals();
  const engine = await bundleEngine();
  const folders = { simd: await buildPreset('wasm'), scalar: await buildPreset('wasm-scalar') };
  const script = (name) => join(import.meta.dirname, 'chains', name);
  const contestants = Object.entries(folders).flatMap(([variant, folder]) => {
    const suffix = variant === 'simd' ? '' : '-scalar';
    const module = (name) => join(folder, `dist/earshot-${name}${suffix}.wasm`);
    return [
      Contestant.node(`capture.48000.${variant}`, script('capture.mjs'), noisy, engine, module('worklet'), '48000'),
      Contestant.node(`capture.44100.${variant}`, script('capture.mjs'), noisy, engine, module('worklet'), '44100'),
      Contestant.node(`playout.48000.${variant}`, script('playout.mjs'), clean, engine, module('worklet'), module('audio')),
      Contestant.node(`mixer.25.5talking.${variant}`, script('mixer.mjs'), clean, engine, module('worklet'), module('audio'), '25', '5'),
    ];
  });
  const results = (await race(contestants, ['run'], { rounds, warmUp: 4 })).run;

  const figures = Object.fromEntries(Object.entries(results).map(([name, { cpuMs, audioMs }]) =>
    [`${name}.corePercent`, 100 * cpuMs / audioMs]));
  // Of the budget of a render quantum, the dearest thousandth left out. Only where passes meet the frames of the chain (two
  // quanta) alike is the least time of a quantum its own.
  for (const [name, { p999OfBudget }] of Object.entries(results)) {
    if (name.startsWith('capture.48000.')) figures[`${name}.quantumP999Percent`] = 100 * p999OfBudget;
  }
  printTable('Chains of one mono stream, and a mix of 25 of which 5 talk', ['', '% of a core', 'spread'], Object.entries(results).map(([name, { spread }]) =>
    [name, figures[`${name}.corePercent`].toFixed(2), `${(100 * spread).toFixed(0)} %`]));
  writeResult('chains', { rounds, results, figures });
  return figures;
}
