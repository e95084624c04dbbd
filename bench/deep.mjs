// What the deep module costs beside the small one, as the AudioWorklet runs them, in Node: without loss, and with bursts of 200 ms that
// the deep one makes anew from deep redundancy and the small one conceals.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '../tools/lib/errors.mjs';
import { Contestant } from './lib/contestant.mjs';
import { buildPreset, bundleEngine, writeSignals } from './lib/prepare.mjs';
import { printTable, writeResult } from './lib/report.mjs';
import { race } from './lib/rounds.mjs';

const losses = { lossless: 0, bursts: 10 };
const modules = { standard: 'worklet', deep: 'playout-deep' };

export async function run({ rounds }) {
  const { clean } = writeSignals();
  const engine = await bundleEngine();
  const folder = await buildPreset('wasm');
  const module = (name) => join(folder, `dist/earshot-${name}.wasm`);
  if (!existsSync(module('playout-deep'))) throw new ToolError('This build is without the deep modules: they need libopus 1.6 or newer.');
  const contestants = Object.entries(losses).flatMap(([network, lost]) => Object.entries(modules).map(([name, file]) =>
    Contestant.node(`${name}.${network}`, join(import.meta.dirname, 'deep/bursts.mjs'), clean, engine, module(file), module('encoder-deep'), String(lost))));
  const results = (await race(contestants, ['run'], { rounds, warmUp: 3 })).run;
  const figures = Object.fromEntries(Object.entries(results).flatMap(([name, { cpuMs, audioMs, p99OfBudget, dearestOfBudget }]) => [
    [`${name}.corePercent`, 100 * cpuMs / audioMs], [`${name}.quantumP99Percent`, 100 * p99OfBudget], [`${name}.dearestQuantumPercent`, 100 * dearestOfBudget],
  ]));
  for (const network of Object.keys(losses)) {
    figures[`${network}.overStandard`] = results[`deep.${network}`].cpuMs / results[`standard.${network}`].cpuMs;
  }
  printTable('Playout of one mono stream; quanta in % of the time there is for one', ['', '% of a core', 'spread', 'p99 of the quanta', 'dearest'],
    Object.entries(results).map(([name, { spread }]) => [name, figures[`${name}.corePercent`].toFixed(2), `${(100 * spread).toFixed(0)} %`,
      `${figures[`${name}.quantumP99Percent`].toFixed(0)} %`, `${figures[`${name}.dearestQuantumPercent`].toFixed(0)} %`]));
  writeResult('deep', { rounds, results, figures });
  return figures;
}
