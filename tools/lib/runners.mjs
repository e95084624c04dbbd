// Runs the test programs of each kind and reads their counts from what they write for machines.
// Every runner returns {passed, failed, skipped, problems}; problems are lines worth showing.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildDir, root } from './paths.mjs';
import { ToolError } from './errors.mjs';
import { logPath, logTail, run } from './steps.mjs';

/** @typedef {{passed: number, failed: number, skipped: number, problems: string[]}} Counts */

/** @returns {Counts} */
export const noCounts = () => ({ passed: 0, failed: 0, skipped: 0, problems: [] });

/** The result of a check that either holds or lists what is wrong. @returns {Counts} */
export function verdict(problems) {
  return { passed: problems.length === 0 ? 1 : 0, failed: problems.length === 0 ? 0 : 1, skipped: 0, problems };
}

function add(total, counts) {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  total.problems.push(...counts.problems);
  return total;
}

function resultFile(name) {
  const folder = join(buildDir, 'test-results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  rmSync(file, { force: true });
  return file;
}

/** Counts of a GoogleTest JSON report. @returns {Counts} */
export function readGoogleTest(report, name) {
  const counts = noCounts();
  for (const suite of report.testsuites ?? []) {
    for (const test of suite.testsuite ?? []) {
      if (test.failures?.length > 0) {
        counts.failed += 1;
        counts.problems.push(`${name}: ${suite.name}.${test.name}\n${test.failures.map(({ failure }) => failure.replace(/^/gm, '      ')).join('\n')}`);
      } else if (test.status === 'NOTRUN' || test.result === 'SKIPPED') {
        counts.skipped += 1;
      } else {
        counts.passed += 1;
      }
    }
  }
  return counts;
}

/** Runs every GoogleTest program of a built preset, one after the other. @returns {Promise<Counts>} */
export async function runGoogleTests(preset) {
  const listed = execFileSync('ctest', ['--test-dir', join(buildDir, preset), '--show-only=json-v1'], { encoding: 'utf8' });
  const total = noCounts();
  for (const { name, command: [program, ...args] } of JSON.parse(listed).tests) {
    const report = resultFile(`${preset}-${name}.json`);
    const log = `test-${preset}-${name}`;
    const env = { ...process.env, UBSAN_OPTIONS: 'print_stacktrace=1', GTEST_BRIEF: '1' };
    const code = await run(program, [...args, `--gtest_output=json:${report}`], { log, cwd: root, env, accept: [0, 1] }).catch((error) => error);
    const counts = existsSync(report) ? readGoogleTest(JSON.parse(readFileSync(report, 'utf8')), `${preset} ${name}`) : noCounts();
    if (counts.failed === 0 && (code !== 0 || counts.passed === 0)) {
      counts.failed += 1;
      counts.problems.push(`${preset} ${name}: the program did not end well\n${logTail(logPath(log))}`);
    }
    add(total, counts);
  }
  return total;
}

/** Runs the vitest suites of a folder that holds a vitest.config.ts. @returns {Promise<Counts>} */
export async function runVitest(folder) {
  const report = resultFile(`${folder.replaceAll('/', '-')}.json`);
  const log = `test-${folder}`;
  const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', join(root, folder, 'vitest.config.ts'), '--reporter=json', `--outputFile=${report}`];
  const code = await run(process.execPath, args, { log, cwd: join(root, folder), accept: [0, 1] });
  if (!existsSync(report)) throw new ToolError(`vitest wrote no report for ${folder}:\n${logTail(logPath(log))}`);
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const counts = { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests, problems: [] };
  for (const file of testResults) {
    // A file that cannot be loaded has a message and no tests.
    if (file.status === 'failed' && file.assertionResults.length === 0) {
      counts.failed += 1;
      counts.problems.push(`${file.name}: ${file.message}`);
    }
    for (const test of file.assertionResults.filter(({ status }) => status === 'failed')) {
      counts.problems.push(`${test.fullName}\n      ${test.failureMessages.join('\n').split('\n').slice(0, 8).join('\n      ')}`);
    }
  }
  if (code !== 0 && counts.failed === 0) throw new ToolError(`vitest failed for ${folder}:\n${logTail(logPath(log))}`);
  return counts;
}

/** Counts from the closing lines of Node's TAP reporter. @returns {Counts} */
export function readTap(text) {
  const count = (word) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(text)?.[1] ?? NaN);
  const counts = { passed: count('pass'), failed: count('fail') + count('cancelled'), skipped: count('skipped') + count('todo'), problems: [] };
  if (Number.isNaN(counts.passed + counts.failed + counts.skipped)) throw new ToolError('node --test did not reach its closing lines');
  // Nested failures repeat in their parents: show the innermost, with the message that follows it.
  const lines = text.split('\n');
  lines.forEach((line, index) => {
    if (!/^\s*not ok /.test(line)) return;
    const message = lines.slice(index + 1, index + 30).map((next) => /^\s*error: (.*)/.exec(next)?.[1]).find((found) => found !== undefined);
    if (!/subtests? failed/.test(message ?? '')) counts.problems.push(`${line.trim().replace(/^not ok \d+ - /, '')}: ${message ?? ''}`);
  });
  return counts;
}

/** Runs the `*.test.mjs` of a folder with Node's own runner. @returns {Promise<Counts>} */
export async function runNodeTests(folder) {
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.test.mjs')).map((name) => join(root, folder, name));
  if (files.length === 0) throw new ToolError(`${folder} holds no *.test.mjs`);
  const log = `test-${folder}`;
  await run(process.execPath, ['--test', '--test-reporter=tap', ...files], { log, cwd: root, accept: [0, 1] });
  return readTap(readFileSync(logPath(log), 'utf8'));
}

/** Counts of the closing line "N passed, N failed[, N skipped]". @returns {Counts} */
export function readClosingLine(text) {
  const match = /(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/.exec(text);
  if (!match) throw new ToolError('the closing line "N passed, N failed" is missing');
  return { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3] ?? 0), problems: [] };
}

/** Runs a script that ends with a line of counts. @returns {Promise<Counts>} */
export async function runCounting(name, script, args) {
  const log = `test-${name}`;
  await run(process.execPath, [join(root, script), ...args], { log, cwd: root, accept: [0, 1] });
  const text = readFileSync(logPath(log), 'utf8');
  const counts = readClosingLine(text);
  if (counts.failed > 0) counts.problems.push(...text.split('\n').filter((line) => /^\s*FAIL\b/.test(line)), `the whole log: ${logPath(log)}`);
  return counts;
}
