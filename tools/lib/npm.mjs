// The development packages: `npm ci` when node_modules is not what package-lock.json says.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { run, step } from './steps.mjs';

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/** Whether npm's own record of node_modules, written last of all, matches the lock file. */
export function isInstalled(folder) {
  const record = join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = packagesOf(record);
  return Object.entries(packagesOf(join(folder, 'package-lock.json'))).every(([path, wanted]) =>
    path === '' || wanted.optional || (installed[path]?.version === wanted.version && installed[path]?.integrity === wanted.integrity));
}

export async function ensureNodePackages() {
  if (isInstalled(root)) return;
  // Without a network, npm's own patience (a minute a package) would look like a hang.
  const args = ['ci', '--no-progress', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];
  await step('Install the development packages (npm ci)', () => run('npm', args, { log: 'npm-ci', cwd: root }));
}
