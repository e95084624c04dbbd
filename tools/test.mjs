// npm test [-- --only NAME,NAME…]: sets up what is missing, builds, and runs every suite.
// The last line is "N passed, N failed, N skipped"; a suite that could not run counts as failed.
import { mkdirSync, writeFileSync, rmSync, existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildPages, buildPreset } from './build.mjs';
import { checkDirection } from './check-direction.mjs';
import { checkSizes } from './check-size.mjs';
import { checkFormat, checkTidy } from './lib/cpp-checks.mjs';
import { explain, runMain, ToolError } from './lib/errors.mjs';
import { buildDir, root } from './lib/paths.mjs';
import { runCounting, runGoogleTests, runNodeTests, runVitest, verdict } from './lib/runners.mjs';
import { formatDuration, step } from './lib/steps.mjs';
import { setUp } from './setup.mjs';
import { generateAbi } from './generate-abi.mjs';

const typeScriptProjects = ['js', 'js/src/worker', 'js/src/video-worker', 'js/src/worklet', 'js/src/cli', 'tests/js', 'site'];

function checkTypes() {
  generateAbi();
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  return typeScriptProjects.filter((project) => existsSync(join(root, project, 'tsconfig.json'))).flatMap((project) => {
    try {
      execFileSync(process.execPath, [tsc, '-p', project], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
      return [];
    } catch (error) {
      return error.stdout.trim().split('\n');
    }
  });
}

/** Builds are steps of their own; several suites share one, and its failure is theirs. */
const builds = {
  ...Object.fromEntries(['native', 'native-asan', 'wasm', 'wasm-scalar'].map((preset) =>
    [preset, () => step(`Build ${preset}`, () => buildPreset(preset, { tests: true }))])),
  dist: () => buildPages({ tests: true }),
};

/**
 * In the order they run: quick verdicts first, browsers last. `needs` names builds. Neighbours with `waits` run at the same time: most of
 * theirs goes by waiting for sound.
 */
const suites = [
  { name: 'direction', group: 'checks', title: 'Rules of direction', run: async () => verdict(checkDirection()) },
  { name: 'tools', group: 'tools', title: 'Tests of the tools', run: () => runNodeTests('tests/tools') },
  { name: 'format', group: 'checks', title: 'clang-format', run: async () => verdict(await checkFormat()) },
  { name: 'types', group: 'js', title: 'TypeScript type check', run: async () => verdict(checkTypes()) },
  { name: 'native', group: 'cpp', title: 'C++ tests, native', needs: ['native'], run: () => runGoogleTests('native') },
  { name: 'tidy', group: 'checks', title: 'clang-tidy', needs: ['native'], run: async () => verdict(await checkTidy()) },
  { name: 'native-asan', group: 'cpp', title: 'C++ tests, sanitizers', needs: ['native-asan'], run: () => runGoogleTests('native-asan') },
  { name: 'wasm', group: 'cpp', title: 'C++ tests, WebAssembly SIMD in Node', needs: ['wasm'], run: () => runGoogleTests('wasm') },
  { name: 'wasm-scalar', group: 'cpp', title: 'C++ tests, WebAssembly scalar in Node', needs: ['wasm-scalar'], run: () => runGoogleTests('wasm-scalar') },
  { name: 'js-unit', group: 'js', title: 'Library tests', needs: ['dist'], run: () => runVitest('tests/js') },
  { name: 'size', group: 'checks', title: 'Sizes against bench/budget.json', needs: ['dist'], run: async () => verdict(checkSizes()) },
  { name: 'cli', group: 'cli', title: 'Command-line tool', needs: ['dist'], run: () => runNodeTests('tests/cli') },
  { name: 'package', group: 'package', title: 'npm package in fresh projects', needs: ['dist'], run: () => runNodeTests('tests/package') },
  { name: 'browser-unit', group: 'browser', title: 'Measuring tools of the browser tests', run: () => runNodeTests('tests/browser/unit') },
  ...['chromium', 'firefox'].map((browser) => ({
    name: browser,
    group: 'browser',
    title: `Browser tests, ${browser}`,
    needs: ['dist'],
    waits: true,
    run: () => runCounting(`browser-${browser}`, 'tests/browser/run.mjs', ['--browser', browser]),
  })),
];

/** The suites that --only asks for, by name or group; all without it. */
function chosenSuites(args) {
  if (args.length === 0) return suites;
  const wanted = args[0] === '--only' ? (args[1] ?? '').split(',').filter(Boolean) : [];
  const known = new Set(suites.flatMap(({ name, group }) => [name, group]));
  const unknown = wanted.filter((name) => !known.has(name));
  if (args.length !== 2 || wanted.length === 0 || unknown.length > 0) {
    throw new ToolError(`usage: npm test [-- --only NAME,…] with names of ${[...known].join(', ')}`);
  }
  return suites.filter(({ name, group }) => wanted.includes(name) || wanted.includes(group));
}

const built = new Map();
/** Builds once. The first suite to ask gets the failure itself, the others a reference to it. */
async function ensureBuilt(name) {
  const before = built.get(name);
  if (!before) {
    const build = builds[name]();
    built.set(name, build.then(() => true, () => false));
    return build;
  }
  if (!(await before)) throw new ToolError(`the build "${name}" failed above`);
}

async function runSuite(suite) {
  const started = Date.now();
  let counts;
  try {
    for (const build of suite.needs ?? []) await ensureBuilt(build);
    counts = await step(suite.title, suite.run);
  } catch (thrown) {
    const error = explain(thrown);
    counts = { passed: 0, failed: 1, skipped: 0, problems: [`did not run: ${error instanceof ToolError ? error.message : error.stack}`] };
  }
  counts.problems.forEach((problem) => console.log(`  ✗ ${problem}`));
  return { name: suite.name, ...counts, ms: Date.now() - started };
}

/** The suites in turns, each of one or of neighbours that run at the same time. */
function turnsOf(chosen) {
  const turns = [];
  for (const suite of chosen) {
    if (suite.waits && turns.at(-1)?.at(-1).waits) turns.at(-1).push(suite);
    else turns.push([suite]);
  }
  return turns;
}

function report(results) {
  console.log('\nsuite            passed  failed  skipped  time');
  for (const { name, passed, failed, skipped, ms } of results) {
    console.log(`${name.padEnd(16)} ${String(passed).padStart(6)}  ${String(failed).padStart(6)}  ${String(skipped).padStart(7)}  ${formatDuration(ms)}`);
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const line = `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`;
  mkdirSync(buildDir, { recursive: true });
  writeFileSync(join(buildDir, 'test-summary.txt'), `${line}\n`);
  console.log(`\n${line}`);
  return sum('failed') === 0 && sum('passed') > 0 ? 0 : 1;
}

await runMain(async () => {
  const chosen = chosenSuites(process.argv.slice(2));
  rmSync(join(buildDir, 'test-summary.txt'), { force: true });
  await setUp('test');
  const results = [];
  for (const turn of turnsOf(chosen)) results.push(...(await Promise.all(turn.map(runSuite))));
  return report(results);
});
