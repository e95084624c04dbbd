// npm run quality [-- OPTIONS]: how good the sound is, ours and the peers' in one run; docs/quality.md explains.
//   --set score|tune      which mixtures: tune to change something, score to judge it (default)
//   --quick               twelve mixtures instead of all
//   --dist DIR            the built command and modules to measure (default dist/)
//   --levels A,B          strengths of ours (default moderate,high,max)
//   --parts A,B           of suppression, levelling (default both)
//   --keep                keeps the processed files, to listen to
// A whole run of the scoring set writes bench/results/quality.json; any run writes build/quality/last.json.
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runMain, ToolError } from '../../tools/lib/errors.mjs';
import { root } from '../../tools/lib/paths.mjs';
import { environment } from '../lib/environment.mjs';
import { findPrograms, shared } from './lib/programs.mjs';
import { copyOfDist } from './lib/systems.mjs';
import { breakdown, levelling, levellingTargets, suppressionTargets, totals, verdicts } from './lib/tables.mjs';
import { place } from './lib/work.mjs';
import { measureLevelling } from './levelling.mjs';
import { measureSuppression } from './suppression.mjs';

function readOptions() {
  const text = (value) => ({ type: 'string', default: value });
  const flag = { type: 'boolean', default: false };
  const { values } = parseArgs({ options: { set: text('score'), dist: text('dist'), levels: text('moderate,high,max'),
    parts: text('suppression,levelling'), quick: flag, keep: flag } });
  if (!['score', 'tune'].includes(values.set)) throw new ToolError('--set wants score or tune.');
  return { ...values, levels: values.levels.split(','), parts: values.parts.split(','), dist: resolve(values.dist) };
}

function printSuppression(result) {
  console.log(`\nNoise suppression, means of ${result.mixtures} mixtures (${result.set}):\n${totals(result)}\n${breakdown(result)}`);
  console.log(`\nTo reach with strength high:\n${verdicts(result.targets)}`);
}

function printLevelling(result) {
  console.log(`\nGain control, ${result.recordings} recordings (${result.set}):\n${levelling(result)}`);
  console.log(`\nTo reach, without noise suppression:\n${verdicts(result.targets)}`);
}

await runMain(async () => {
  const options = readOptions();
  if (!existsSync(join(shared, 'data/speech'))) {
    console.log(`Nothing measured: there is no data folder at ${shared} (set EARSHOT_DATA to have it elsewhere).`);
    return 0;
  }
  const programs = await findPrograms();
  for (const sentence of programs.absent) console.log(`! ${sentence}`);
  if (!programs.python) return 0;
  const whole = options.set === 'score' && !options.quick;
  const dist = copyOfDist(options.dist);
  const record = { command: 'npm run quality', date: new Date().toISOString(), environment: environment(), absent: programs.absent };
  try {
    if (options.parts.includes('suppression')) {
      const result = await measureSuppression({ ...options, dist, programs, cpu: whole });
      record.suppression = { ...result, targets: suppressionTargets(result) };
      printSuppression(record.suppression);
    }
    if (options.parts.includes('levelling')) {
      const result = await measureLevelling({ ...options, dist, programs, cpu: whole });
      record.levelling = { ...result, targets: levellingTargets(result) };
      printLevelling(record.levelling);
    }
  } finally {
    dist.remove();
  }
  const results = [place('last.json')];
  if (whole && options.parts.length === 2) results.push(join(root, 'bench/results/quality.json'));
  for (const file of results) writeFileSync(file, `${JSON.stringify(record, null, 1)}\n`);
  return 0;
});
