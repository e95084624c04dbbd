import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain, ToolError } from '../../tools/lib/errors.mjs';
import { findProgress, formatDuration, run, step } from '../../tools/lib/steps.mjs';
import { observed } from './support.mjs';

test('durations read as a person says them', () => {
  assert.deepEqual([0, 1400, 59_400, 60_000, 185_000, 3_600_000].map(formatDuration), ['0 s', '1 s', '59 s', '1 min 00 s', '3 min 05 s', '60 min 00 s']);
});

test('a step announces itself, its end, and its failure', async () => {
  const good = await observed({}, () => step('Count', async () => 3));
  assert.equal(good.value, 3);
  assert.deepEqual(good.lines, ['▸ Count', '✓ Count (0 s)']);
  const bad = await observed({}, () => step('Count', async () => { throw new Error('lost count'); }));
  assert.equal(bad.error.message, 'lost count');
  assert.deepEqual(bad.lines, ['▸ Count', '✗ Count (0 s)']);
});

test('a long step shows a heart-beat with the elapsed time', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const { lines } = await observed({}, () => step('Wait', async () => {
    for (const ms of [15_000, 15_000, 1_000]) t.mock.timers.tick(ms);
  }));
  assert.deepEqual(lines, ['▸ Wait', '  … Wait: 15 s so far', '  … Wait: 30 s so far', '✓ Wait (31 s)']);
});

test('a failing command names its log and shows its last lines', async () => {
  const { error } = await observed({}, () => run(process.execPath, ['-e', 'console.log("almost"); console.error("too bad"); process.exit(3)'], { log: 'tools-test-failing' }));
  assert.ok(error instanceof ToolError);
  assert.match(error.message, /failed \(3\)[^]*tools-test-failing\.log[^]*almost\n[^]*too bad/);
});

test('a missing program is named', async () => {
  const { error } = await observed({}, () => run('no-such-program-here', [], { log: 'tools-test-missing' }));
  assert.match(error.message, /The program "no-such-program-here" is missing/);
});

test('an expected exit code is a result', async () => {
  assert.equal(await run(process.execPath, ['-e', 'process.exit(1)'], { log: 'tools-test-accepted', accept: [0, 1] }), 1);
});

test('a full disk and a read-only folder are explained, other errors stay as they are', () => {
  assert.match(explain(Object.assign(new Error(), { code: 'ENOSPC', path: '/x' })).message, /disk is full \(\/x\)/);
  assert.match(explain(Object.assign(new Error(), { code: 'EACCES', path: '/x' })).message, /Writing is not allowed \(\/x\)/);
  const other = new TypeError('a defect');
  assert.equal(explain(other), other);
});

test('the heart-beat of a build counts its pieces', () => {
  assert.equal(findProgress('$ cmake --build\n[1/70] Building a.cc.o\n[2/70] Building b.cc.o\nwarning: [9/9]\n'), ' (2 of 70)');
  assert.equal(findProgress('no counts here'), '');
});
