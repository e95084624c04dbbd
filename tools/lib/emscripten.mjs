// The WebAssembly compiler: the one on PATH when it is new enough, else one of our own in the cache.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, root } from './paths.mjs';
import { run, step } from './steps.mjs';

const oldestVersion = [3, 1, 69];

/** Numeric parts of "emcc (Emscripten …) 3.1.69 (…)". */
export function parseEmccVersion(text) {
  const match = /\) (\d+)\.(\d+)\.(\d+)/.exec(text);
  return match ? match.slice(1).map(Number) : null;
}

/** Whether `version` is at least the oldest one that builds the project. */
export function isNewEnough(version) {
  for (let part = 0; part < oldestVersion.length; part += 1) {
    if (version[part] !== oldestVersion[part]) return version[part] > oldestVersion[part];
  }
  return true;
}

function describe(emscriptenRoot) {
  const version = parseEmccVersion(execFileSync(join(emscriptenRoot, 'emcc'), ['--version'], { encoding: 'utf8' }));
  return { root: emscriptenRoot, version: version.join('.') };
}

function onPath() {
  let text;
  try {
    text = execFileSync('emcc', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return null;
  }
  const version = parseEmccVersion(text);
  if (!version || !isNewEnough(version)) {
    console.log(`  emcc ${version?.join('.') ?? 'of unknown version'} on PATH is older than ${oldestVersion.join('.')} and left alone`);
    return null;
  }
  const emscriptenRoot = execFileSync('em-config', ['EMSCRIPTEN_ROOT'], { encoding: 'utf8' }).trim();
  return { root: emscriptenRoot, version: version.join('.') };
}

/**
 * Finds or installs Emscripten.
 * @returns {Promise<{root: string, version: string}>} root holds emcc and cmake/Modules/Platform/Emscripten.cmake
 */
export async function ensureEmscripten() {
  const present = onPath();
  if (present) return present;
  const script = join(root, 'tools/get-emscripten.sh');
  const key = createHash('sha256').update(readFileSync(script)).digest('hex').slice(0, 12);
  const prefix = join(cacheDir(), `emscripten-${oldestVersion.join('.')}-${key}`);
  if (!existsSync(prefix)) {
    await step('Install Emscripten 3.1.69 into the cache (1.2 GB)', () => run('bash', [script, prefix], { log: 'get-emscripten' }));
  }
  return describe(join(prefix, 'root/usr/share/emscripten'));
}
