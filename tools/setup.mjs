// node tools/setup.mjs [--for build|test|bench]: everything needed, from nothing; a second run has nothing to do.
// Writes build/deps.cmake, by which `cmake --preset …` finds the toolchain and the third-party libraries.
import { mkdirSync, readFileSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withCacheLock } from './lib/cache-lock.mjs';
import { ensureEmscripten } from './lib/emscripten.mjs';
import { runMain, ToolError } from './lib/errors.mjs';
import { ensureNodePackages } from './lib/npm.mjs';
import { buildDir, cacheDir } from './lib/paths.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';
import { ensureThirdParty } from './lib/third-party.mjs';

const oldestNode = [20, 19];

/** Writes only when the content changes, so that CMake does not reconfigure for nothing. */
function writeIfChanged(file, content) {
  if (existsSync(file) && readFileSync(file, 'utf8') === content) return;
  writeFileSync(`${file}.part`, content);
  renameSync(`${file}.part`, file);
}

function writeDeps({ emscripten, prefixes, versions }) {
  const lines = ['# Written by tools/setup.mjs.', `set(EARSHOT_EMSCRIPTEN_ROOT "${emscripten.root}")`];
  for (const [variant, libraries] of Object.entries(prefixes)) {
    for (const [library, prefix] of Object.entries(libraries)) lines.push(`set(EARSHOT_DEPS_${variant}_${library} "${prefix}")`);
  }
  mkdirSync(buildDir, { recursive: true });
  writeIfChanged(join(buildDir, 'deps.cmake'), `${lines.join('\n')}\n`);
  writeIfChanged(join(buildDir, 'deps.json'), `${JSON.stringify({ emscripten, versions, prefixes }, null, 2)}\n`);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    throw new ToolError(`Node ${oldestNode.join('.')} or newer is needed; this is ${process.versions.node}.`);
  }
}

/**
 * Sets up everything that `purpose` needs.
 * @param {'build' | 'test' | 'bench'} purpose 'test' adds the checkers and browsers, 'bench' Google Benchmark
 */
export async function setUp(purpose) {
  checkNode();
  mkdirSync(cacheDir(), { recursive: true });
  await ensureSystemPackages(purpose === 'build' ? ['build'] : ['build', 'test']);
  await withCacheLock(async () => {
    const emscripten = await ensureEmscripten();
    const thirdParty = await ensureThirdParty(emscripten, purpose);
    writeDeps({ emscripten, ...thirdParty });
  });
  await ensureNodePackages();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runMain(async () => {
    const purpose = process.argv[2] === '--for' ? process.argv[3] : 'bench';
    if (!['build', 'test', 'bench'].includes(purpose)) throw new ToolError('usage: node tools/setup.mjs [--for build|test|bench]');
    await setUp(purpose);
    console.log('Set-up is complete. Next: npm start, npm test, or cmake --preset native');
  });
}
