// Published packages to compare with: installed for the run into the cache, never part of the project.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../../tools/lib/paths.mjs';
import { run, step } from '../../tools/lib/steps.mjs';

const codecs = { opusscript: '0.1.1', '@evan/opus': '1.0.3' };

function installedVersion(folder, name) {
  const file = join(folder, 'node_modules', name, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;
}

/**
 * Installs what is missing of `packages` (name → version) into the cache's folder `name`.
 * @returns {Promise<{folder: string, versions: Record<string, string>}>} folder: what `require` resolves from
 */
export async function ensurePackages(name, packages) {
  const folder = join(cacheDir(), name);
  if (Object.entries(packages).some(([each, version]) => installedVersion(folder, each) !== version)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ private: true, dependencies: packages }, null, 2)}\n`);
    await step('Install the peers to compare with', () => run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'],
      { log: name, cwd: folder }));
  }
  return { folder, versions: { ...packages } };
}

/** The codecs of other packages. */
export const ensurePeers = () => ensurePackages('bench-peers', codecs);
