// Where a quality run keeps things, and how it runs programs: two at a time, so that a laptop stays usable.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ToolError } from '../../../tools/lib/errors.mjs';
import { buildDir } from '../../../tools/lib/paths.mjs';

const atOnce = 2;
const running = { count: 0, waiting: [] };

/** A folder of the run's own, below build/quality. */
export const place = (...parts) => join(buildDir, 'quality', ...parts);

/** Twelve digits that change with any of the contents: files by what is in them, the rest as JSON. */
export function hashOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(typeof part === 'string' && existsSync(part) ? readFileSync(part) : JSON.stringify(part)).update('\0');
  return hash.digest('hex').slice(0, 12);
}

/** Waits for a free place, does `work`, and gives the place to the next. */
async function inTurn(work) {
  if (running.count >= atOnce) await new Promise((resolve) => running.waiting.push(resolve));
  else running.count += 1;
  try {
    return await work();
  } finally {
    const next = running.waiting.shift();
    if (next) next();
    else running.count -= 1;
  }
}

/** Runs a program and returns its standard output; at most two run at a time. */
export function execute(program, args, env = {}) {
  return inTurn(async () => {
    try {
      const options = { env: { ...process.env, OPENBLAS_NUM_THREADS: '1', ...env }, maxBuffer: 2 ** 28 };
      return (await promisify(execFile)(program, args, options)).stdout;
    } catch (error) {
      throw new ToolError(`${basename(program)} ${basename(args[0] ?? '')} failed:\n${(error.stderr || error.message).trim()}`, { cause: error });
    }
  });
}

/** What `make` returns, kept as JSON in build/quality/cache under `key`: the same question is answered once. */
export async function remembered(key, make) {
  const file = place('cache', `${key}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const value = await make();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(value));
  renameSync(`${file}.${process.pid}`, file);
  return value;
}
