// Published packages to compare with: installed for the run into the cache, never part of the project.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../../tools/lib/paths.mjs';
import { run, step } from '../../tools/lib/steps.mjs';

const peers = { opusscript: '0.1.1', '@evan/opus': '1.0.3' };

const folder = () => join(cacheDir(), 'bench-peers');
const installed = (name) => {
  const file = join(folder(), 'node_modules', name, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;
};

/** Installs what is missing and returns the folder that `require` resolves from, and the versions. */
export async function ensurePeers() {
  if (Object.entries(peers).some(([name, version]) => installed(name) !== version)) {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), 'package.json'), `${JSON.stringify({ private: true, dependencies: peers }, null, 2)}\n`);
    await step('Install the peers to compare with', () => run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'],
      { log: 'bench-peers', cwd: folder() }));
  }
  return { folder: folder(), versions: { ...peers } };
}
