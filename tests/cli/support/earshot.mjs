// Runs the built command in a folder of its own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

export const root = join(import.meta.dirname, '../../..');
/** The folder with the bundled command and the modules beside it. */
export const dist = process.env.EARSHOT_DIST ?? join(root, 'dist');

/** A scratch folder that goes with the test file. */
export function scratchFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-cli-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs `earshot ARGS` in `cwd`. */
export function earshot(cwd, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(dist, 'cli.mjs'), ...args], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Runs `earshot ARGS --json` and gives its report; throws when it failed. */
export function report(cwd, ...args) {
  const { status, stdout, stderr } = earshot(cwd, ...args, '--json');
  if (status !== 0) throw new Error(`earshot ${args.join(' ')} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Runs another program, which must succeed. */
export function run(cwd, program, ...args) {
  const { status, stderr, stdout, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout + stderr;
}

/** A reason to skip when one of `programs` is not installed, else false. */
export function missing(...programs) {
  const absent = programs.filter((program) => spawnSync('which', [program]).status !== 0);
  return absent.length > 0 ? `${absent.join(', ')} is not installed` : false;
}
