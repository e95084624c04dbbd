// What a quality run can use on this machine. What is absent costs its rows or columns and is said, never guessed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, root } from '../../../tools/lib/paths.mjs';
import { isPresent } from '../../../tools/lib/system-packages.mjs';
import { run, step } from '../../../tools/lib/steps.mjs';
import { ensurePackages } from '../../lib/peers.mjs';
import { execute, hashOf } from './work.mjs';

/** Folder of speech, noise, peers and metrics that is no part of the project. */
export const shared = process.env.EARSHOT_DATA ?? join(root, '..', 'shared');

/** Pinned: another version is another peer. */
export const packages = { 'onnxruntime-node': '1.20.1', '@sapphi-red/web-noise-suppressor': '0.4.1' };

/** A Python that can import all of `modules`, the system's own if the first on PATH cannot. */
async function findPython(modules) {
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      await execute(python, ['-c', `import ${modules}`]);
      return python;
    } catch { /* the next one, or none */ }
  }
  return null;
}

/** WebRTC's audio processing as a command-line program, built once per version of its source. */
async function buildApm() {
  const source = join(shared, 'peers');
  const folder = join(cacheDir(), `apm-${hashOf(join(source, 'apm_run.cpp'), join(source, 'CMakeLists.txt'), join(source, 'wav.h'))}`);
  const program = join(folder, 'apm_run');
  if (!existsSync(program)) {
    await step("Build WebRTC's audio processing to compare with", async () => {
      await run('cmake', ['-S', source, '-B', folder], { log: 'quality-apm' });
      await run('cmake', ['--build', folder, '--target', 'apm_run'], { log: 'quality-apm', append: true });
    });
  }
  return program;
}

const orNull = (promise) => promise.catch(() => null);

/**
 * @returns {Promise<{python: string | null, pesq: boolean, apm: string | null, packages: string | null, absent: string[]}>}
 *   absent: sentences, what is missing and what it costs
 */
export async function findPrograms() {
  const python = isPresent('ffmpeg') ? await findPython('numpy, scipy') : null;
  const pesq = python !== null && (await orNull(execute(python, ['-c', 'import pesq']))) !== null;
  const apm = await orNull(buildApm());
  const peers = await orNull(ensurePackages('quality-peers', packages));
  const absent = [
    [python, 'Nothing can be measured without python3 with numpy and scipy, and ffmpeg (Debian: python3-scipy, ffmpeg).'],
    [pesq, 'No PESQ: the Python module "pesq" (ITU-T P.862.2) cannot be imported.'],
    [apm, 'No WebRTC NS and AGC2: their program does not build here (Debian: libtgowt-dev, libopus-dev, cmake, g++).'],
    [peers, 'No DNSMOS, RNNoise and GTCRN: their npm packages cannot be installed.'],
  ].filter(([found]) => !found).map(([, sentence]) => sentence);
  return { python, pesq, apm, packages: peers?.folder ?? null, absent };
}
