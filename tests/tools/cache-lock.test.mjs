import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { withCacheLock } from '../../tools/lib/cache-lock.mjs';
import { root } from '../../tools/lib/paths.mjs';
import { observed, scratchFolder } from './support.mjs';

/** A cache of its own; the log is what several holders of the lock write one after the other, or not. */
function cache() {
  const home = scratchFolder();
  mkdirSync(join(home, 'earshot'));
  const log = join(home, 'log');
  writeFileSync(log, '');
  return { home, log, lines: () => readFileSync(log, 'utf8').split('\n').filter(Boolean) };
}

/** A process that holds the lock, says so, and keeps it until it is killed. */
async function holderProcess(home) {
  const code = `import { withCacheLock } from ${JSON.stringify(join(root, 'tools/lib/cache-lock.mjs'))};
    await withCacheLock(() => new Promise((resolve) => { console.log('inside'); setTimeout(resolve, 60000); }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code],
    { env: { ...process.env, XDG_CACHE_HOME: home }, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

test('two set-ups do not overlap, and the first one to fail frees the lock', async () => {
  const { home, log, lines } = cache();
  const work = (name, end) => withCacheLock(async () => {
    appendFileSync(log, `${name} in\n`);
    await sleep(150);
    appendFileSync(log, `${name} out\n`);
    end?.();
  });
  const fail = () => { throw new Error('disk full'); };
  await observed({ XDG_CACHE_HOME: home }, async () => {
    const results = await Promise.allSettled([work('a', fail), work('b', fail)]);
    assert.deepEqual(results.map(({ reason }) => reason.message), ['disk full', 'disk full']);
  });
  const order = lines().map((line) => line.split(' ')[0]).join('');
  assert.match(order, /^(aabb|bbaa)$/);
});

test('a set-up that waits says so, and goes on when the other one is killed', async () => {
  const { home } = cache();
  const other = await holderProcess(home);
  const waiting = observed({ XDG_CACHE_HOME: home }, () => withCacheLock(async () => 'done'));
  await sleep(1500);
  other.kill('SIGKILL');
  const { value, lines } = await waiting;
  assert.equal(value, 'done');
  assert.ok(lines.some((line) => line.includes('Wait for another set-up')), lines.join('\n'));
});
