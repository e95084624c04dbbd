// The rate controller on simulated networks, beside a fixed rate and the loss-based half of GCC alone. Everything comes from seeds, as
// many as there are rounds: the figures are the same on every machine.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildDir, root } from '../tools/lib/paths.mjs';
import { generateAbi } from '../tools/generate-abi.mjs';
import { printTable, writeResult } from './lib/report.mjs';

async function bundleNetworks() {
  generateAbi();
  const { build } = await import('esbuild');
  const outfile = join(buildDir, 'bench/networks.mjs');
  await build({ entryPoints: [join(root, 'bench/bandwidth/networks.ts')], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20' });
  return import(pathToFileURL(outfile).href);
}

export async function run({ rounds }) {
  const { compare } = await bundleNetworks();
  const results = compare(rounds);
  const ours = results.filter(({ controller, browser }) => controller === 'earshot' && !browser.includes('stuck'));
  const capped = ours.filter(({ network }) => network.startsWith('cap 500 kbit/s, queue'));
  const lossy = ours.filter(({ network }) => network === '5 % loss, no cap');
  const figures = {
    'cap500.shareLate': Math.max(...capped.map(({ shareLate }) => shareLate)),
    'cap500.utilisation': Math.min(...capped.map(({ utilisation }) => utilisation)),
    'loss5.utilisation': Math.min(...lossy.map(({ utilisation }) => utilisation)),
  };
  const percent = (share) => `${(100 * share).toFixed(0)} %`;
  printTable(`${rounds} runs each: share of the capacity used (least of a run), delay in queues, packets above 300 ms`,
    ['network, browser', 'controller', 'used', 'least', 'p50 ms', 'p95 ms', 'p99 ms', '> 300 ms'],
    results.map(({ network, browser, controller, utilisation, leastUtilisation, delayP50, delayP95, delayP99, shareLate }) => [
      `${network}; ${browser}`, controller, percent(utilisation), percent(leastUtilisation), delayP50, delayP95, delayP99, `${(100 * shareLate).toFixed(1)} %`]));
  writeResult('bandwidth', { rounds, results, figures });
  return figures;
}
