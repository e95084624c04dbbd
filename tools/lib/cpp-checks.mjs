// clang-format and clang-tidy over our own C++.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listFiles } from '../check-direction.mjs';
import { buildDir, cacheDir, root } from './paths.mjs';

const execute = promisify(execFile);

/** @returns {Promise<string[]>} one line per file that is not as clang-format would write it */
export async function checkFormat() {
  const sources = listFiles('wasm', 'tests/cpp', 'bench').filter((path) => /\.(h|cc)$/.test(path));
  try {
    await execute('clang-format', ['--dry-run', '-Werror', ...sources], { cwd: root, maxBuffer: 1 << 26 });
    return [];
  } catch (error) {
    const files = [...error.stderr.matchAll(/^([^:\n]+):\d+:\d+: error: /gm)].map(([, file]) => file);
    if (files.length === 0) throw error;
    return [...new Set(files)].map((file) => `${file} is not formatted: clang-format -i ${file}`);
  }
}

/** Object file → the headers of the checkout it depends on, from Ninja's record of the last build. */
function headersByObject(folder) {
  const headers = new Map();
  let object;
  for (const line of execFileSync('ninja', ['-C', folder, '-t', 'deps'], { encoding: 'utf8', maxBuffer: 1 << 28 }).split('\n')) {
    const start = /^(\S[^:]*): #deps/.exec(line);
    if (start) headers.set((object = start[1]), []);
    else if (object && line.trim().startsWith(root)) headers.get(object).push(line.trim());
  }
  return headers;
}

/** One key per translation unit: everything that decides what clang-tidy says of it. */
function keyOf(entry, headers, shared) {
  const hash = createHash('sha256').update(shared).update(entry.command.replaceAll(root, ''));
  for (const file of [entry.file, ...headers].sort()) hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest('hex');
}

/**
 * clang-tidy over wasm/, with the compile commands of the native build, which has to be up to date. What was clean stays
 * known in the cache, by content.
 * @returns {Promise<string[]>}
 */
export async function checkTidy() {
  const folder = join(buildDir, 'native');
  const known = join(cacheDir(), 'clang-tidy');
  mkdirSync(known, { recursive: true });
  const shared = execFileSync('clang-tidy', ['--version'], { encoding: 'utf8' }) + readFileSync(join(root, '.clang-tidy'), 'utf8');
  const headers = headersByObject(folder);
  const queue = JSON.parse(readFileSync(join(folder, 'compile_commands.json'), 'utf8')).filter(({ file }) => file.startsWith(join(root, 'wasm/')));
  const problems = new Set();
  const worker = async () => {
    for (let entry = queue.shift(); entry; entry = queue.shift()) {
      const object = / -o (\S+)/.exec(entry.command)[1];
      const stamp = join(known, keyOf(entry, headers.get(object) ?? [], shared));
      if (existsSync(stamp)) continue;
      try {
        await execute('clang-tidy', ['--quiet', '-p', folder, entry.file], { cwd: root, maxBuffer: 1 << 26 });
        writeFileSync(stamp, '');
      } catch (error) {
        const lines = String(error.stdout).split('\n').filter((line) => /: (error|warning): /.test(line));
        for (const line of lines.length > 0 ? lines : [`${entry.file}: ${error.stderr || error.message}`]) problems.add(line.replace(`${root}/`, ''));
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return [...problems];
}
