// npm run bench [-- SUITE …] [--rounds N] [--check]: measures speed side by side and writes bench/results/SUITE.json.
//   opus     codec in WebAssembly against native libopus and published packages
//   chains   capture and playout chain as the worklet runs them, in % of a core
//   deep     playout with the deep module beside the small one
//   vp8      video codec in WebAssembly against native libvpx
//   vp8-soak half an hour of video: what memory encoder and decoder take
//   bandwidth  the video's rate controller on simulated networks, against simpler ones
//   kernels  Google Benchmark programs, native against WebAssembly with and without SIMD
// --check holds the figures against "speeds" of bench/budget.json and fails when one is missed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runMain, ToolError } from '../tools/lib/errors.mjs';
import { root } from '../tools/lib/paths.mjs';
import { setUp } from '../tools/setup.mjs';
import { findMissed } from './lib/report.mjs';

const suites = ['opus', 'chains', 'deep', 'vp8', 'vp8-soak', 'bandwidth', 'kernels'];

await runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string', default: '15' }, check: { type: 'boolean', default: false } },
  });
  const unknown = positionals.find((name) => !suites.includes(name));
  if (unknown) throw new ToolError(`There is no suite "${unknown}"; there are ${suites.join(', ')}.`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new ToolError('--rounds wants a whole number of at least 1.');

  await setUp('bench');
  const { speeds } = JSON.parse(readFileSync(join(root, 'bench/budget.json'), 'utf8'));
  const missed = [];
  for (const suite of positionals.length > 0 ? positionals : suites) {
    const { run } = await import(`./${suite}.mjs`);
    const figures = await run({ rounds });
    missed.push(...findMissed(figures, speeds[suite] ?? {}));
  }
  for (const line of missed) console.log(`${values.check ? '✗' : '!'} ${line}`);
  if (missed.length === 0) console.log('\nAll figures are within bench/budget.json.');
  return values.check && missed.length > 0 ? 1 : 0;
});
