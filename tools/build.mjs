// node tools/build.mjs: set-up, then everything a person can open: WebAssembly, library, site.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { buildJs } from './build-js.mjs';
import { runMain } from './lib/errors.mjs';
import { buildDir, cacheDir, root } from './lib/paths.mjs';
import { run, step } from './lib/steps.mjs';
import { isPresent } from './lib/system-packages.mjs';
import { setUp } from './setup.mjs';

/** What was compiled before, in whichever checkout, is not compiled again; ccache comes with the set-up of the tests. */
const compilerCacheSettings = {
  CCACHE_DIR: join(cacheDir(), 'ccache'),
  CCACHE_MAXSIZE: '2G',
  // Paths inside a checkout count as relative, and where it lies does not count at all.
  CCACHE_BASEDIR: root,
  CCACHE_NOHASHDIR: '1',
};

/**
 * Configures and builds one CMake preset.
 * @param {string} preset
 * @param {{tests: boolean, target?: string}} options tests: have the GoogleTest suites; target: all by default
 */
export async function buildPreset(preset, { tests, target = 'all' }) {
  const log = `build-${preset}`;
  const env = { ...process.env, ...compilerCacheSettings };
  const configure = ['--preset', preset, `-DEARSHOT_TESTS=${tests ? 'ON' : 'OFF'}`];
  if (isPresent('ccache')) configure.push('-DCMAKE_CXX_COMPILER_LAUNCHER=ccache');
  // A folder configured for other dependencies keeps their paths: start it afresh when they have moved.
  await run('cmake', configure, { log, cwd: root, env }).catch((error) => {
    if (!existsSync(join(buildDir, preset, 'CMakeCache.txt'))) throw error;
    return run('cmake', ['--fresh', ...configure], { log, cwd: root, env });
  });
  await run('cmake', ['--build', join(buildDir, preset), '--target', target, '-j', String(availableParallelism())], { log, cwd: root, env, append: true });
}

/**
 * What pages, packages and the command line use: the modules, dist/ and build/site.
 * @param {{tests: boolean}} options as for buildPreset(), so that switching them does not reconfigure in between
 */
export async function buildPages({ tests }) {
  for (const preset of ['wasm', 'wasm-scalar']) {
    await step(`Build the modules, ${preset}`, () => buildPreset(preset, { tests, target: 'earshot_modules' }));
  }
  await step('Bundle the library', buildJs);
  const { buildSite } = await import('../site/build.mjs');
  await step('Build the site', buildSite);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runMain(async () => {
    await setUp('build');
    await buildPages({ tests: false });
  });
}
