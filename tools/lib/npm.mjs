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
  // Browsers come from the system; no package may download its own.
  const env = { ...process.env, PUPPETEER_SKIP_DOWNLOAD: '1', PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' };
  await step('Install the development packages (npm ci)', () => run('npm', ['ci', '--no-progress'], { log: 'npm-ci', cwd: root, env }));
}
