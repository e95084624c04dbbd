// Everything a run needs besides the contestants themselves: builds, the bundled engine, and the sound.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { toPcm16 } from '../../tests/browser/analysis/wav.mjs';
import { noisySpeech } from '../../tests/data/noisy-speech.mjs';
import { generateAbi } from '../../tools/generate-abi.mjs';
import { buildDir, root } from '../../tools/lib/paths.mjs';
import { run, step } from '../../tools/lib/steps.mjs';

const folder = join(buildDir, 'bench');

/** Builds one CMake preset with the benchmarks in a folder of their own and returns the folder. */
export async function buildPreset(preset) {
  const binaryDir = join(folder, preset);
  await step(`Build the benchmarks: ${preset}`, async () => {
    const log = `bench-${preset}`;
    await run('cmake', ['--preset', preset, '-B', binaryDir, '-DEARSHOT_BENCH=ON', '-DEARSHOT_TESTS=OFF'], { log, cwd: root });
    await run('cmake', ['--build', binaryDir, '-j', String(availableParallelism())], { log, cwd: root, append: true });
  });
  return binaryDir;
}

/** Bundles engine.ts for Node and returns the file. */
export async function bundleEngine() {
  generateAbi();
  const { build } = await import('esbuild');
  const outfile = join(folder, 'engine.mjs');
  await build({ entryPoints: [join(root, 'bench/engine.ts')], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20' });
  return outfile;
}

/** Ten seconds of speech, clean and in noise, as raw 16-bit mono PCM at 48 kHz; returns the files. */
export function writeSignals() {
  mkdirSync(folder, { recursive: true });
  return Object.fromEntries(Object.entries(noisySpeech()).map(([name, samples]) => {
    const file = join(folder, `${name}.s16`);
    writeFileSync(file, toPcm16(samples));
    return [name, file];
  }));
}
