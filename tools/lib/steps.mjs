// Progress of long steps: one line when a step starts to matter, a heart-beat with the elapsed time, one line when it ends.
import { mkdirSync, openSync, closeSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { buildDir } from './paths.mjs';
import { ToolError } from './errors.mjs';

const heartbeatMs = 15_000;
/** The log of the command that runs now; builds count their pieces in it. */
let runningLog = null;
const shownLogLines = 25;

/** "7 s", "3 min 05 s". */
export function formatDuration(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** Ninja's latest "[12/70]" in a log's text, in parentheses, or nothing. */
export function findProgress(text) {
  const counted = text.match(/^\[\d+\/\d+\]/gm);
  return counted ? ` (${counted.at(-1).slice(1, -1).replace('/', ' of ')})` : '';
}

/**
 * Runs `work`, showing that it goes on.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const started = Date.now();
  const elapsed = () => formatDuration(Date.now() - started);
  console.log(`▸ ${title}`);
  const timer = setInterval(() => {
    const progress = runningLog ? findProgress(readFileSync(runningLog, 'utf8')) : '';
    console.log(`  … ${title}: ${elapsed()} so far${progress}`);
  }, heartbeatMs);
  try {
    const result = await work();
    console.log(`✓ ${title} (${elapsed()})`);
    return result;
  } catch (error) {
    console.log(`✗ ${title} (${elapsed()})`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** The file that keeps the output of the commands named `name`. */
export function logPath(name) {
  const folder = join(buildDir, 'logs');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name.replace(/[^\w.-]+/g, '-')}.log`);
}

/** The end of a log, for an error message. */
export function logTail(file, lines = shownLogLines) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).map((line) => `    ${line}`).join('\n');
}

/**
 * Runs a command with its output in a log file.
 * @param {string} command
 * @param {string[]} args
 * @param {{log: string, cwd?: string, env?: NodeJS.ProcessEnv, accept?: number[], append?: boolean}} options
 *   log: a log file's name for logPath(); accept: exit codes that are no failure
 * @returns {Promise<number>} the exit code
 */
export async function run(command, args, { log, cwd, env, accept = [0], append = false }) {
  const logFile = logPath(log);
  const out = openSync(logFile, append ? 'a' : 'w');
  runningLog = logFile;
  try {
    writeSync(out, `$ ${[command, ...args].join(' ')}\n`);
    const code = await new Promise((resolve, reject) => {
      const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: ['ignore', out, out] });
      child.on('error', (error) => reject(error.code === 'ENOENT'
        ? new ToolError(`The program "${command}" is missing. Run "node tools/setup.mjs", which says what to install.`)
        : error));
      child.on('close', (exitCode, signal) => resolve(exitCode ?? `signal ${signal}`));
    });
    if (!accept.includes(code)) {
      throw new ToolError(`${command} failed (${code}). The last lines of ${logFile}:\n${logTail(logFile)}`, { logFile });
    }
    return code;
  } finally {
    runningLog = null;
    closeSync(out);
  }
}
