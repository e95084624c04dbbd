// What a jitter-buffer run can use on this machine. What is absent costs its columns and is said, never guessed.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cacheDir } from '../../../tools/lib/paths.mjs';
import { isPresent } from '../../../tools/lib/system-packages.mjs';
import { run, step } from '../../../tools/lib/steps.mjs';
import { ensurePackages } from '../../lib/peers.mjs';
import { packages, shared } from '../../quality/lib/programs.mjs';
import { execute, hashOf } from '../../quality/lib/work.mjs';

export { shared };

/** A Python that can import numpy, the system's own if the first on PATH cannot. */
async function findPython() {
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      await execute(python, ['-c', 'import numpy']);
      return python;
    } catch { /* the next one, or none */ }
  }
  return null;
}

/** libwebrtc's NetEq as a command-line program, built once per version of its source. */
async function buildNetEq() {
  const source = join(shared, 'peers');
  const folder = join(cacheDir(), `neteq-${hashOf(join(source, 'neteq_replay.cpp'), join(source, 'CMakeLists.txt'))}`);
  const program = join(folder, 'neteq_replay');
  if (!existsSync(program)) {
    await step('Build NetEq to compare with', async () => {
      await run('cmake', ['-S', source, '-B', folder], { log: 'jitter-neteq' });
      await run('cmake', ['--build', folder, '--target', 'neteq_replay'], { log: 'jitter-neteq', append: true });
    });
  }
  return program;
}

const orNull = (promise) => promise.catch(() => null);

/**
 * @param {{neteq?: string}} given a program of the caller's instead of one built here
 * @returns {Promise<{python: string | null, neteq: string | null, packages: string | null, absent: string[]}>}
 *   absent: sentences, what is missing and what it costs
 */
export async function findPrograms(given) {
  const python = isPresent('ffmpeg') ? await findPython() : null;
  const neteq = given.neteq ? resolve(given.neteq) : await orNull(buildNetEq());
  const peers = await orNull(ensurePackages('quality-peers', packages));
  const absent = [
    [python, 'No measured delay: it needs python3 with numpy, and ffmpeg.'],
    [neteq, 'No NetEq: its program does not build here (Debian: libtgowt-dev, libopus-dev, cmake, g++).'],
    [peers, 'No PLCMOS: onnxruntime-node cannot be installed.'],
  ].filter(([found]) => !found).map(([, sentence]) => sentence);
  return { python, neteq, packages: peers?.folder ?? null, absent };
}
