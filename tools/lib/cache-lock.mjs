// One set-up at a time fills the cache, whichever checkout it belongs to.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { once } from 'node:events';
import { cacheDir } from './paths.mjs';
import { step } from './steps.mjs';

/**
 * Runs `work` while no other process runs its own under this lock. The lock is that of the file's open descriptor in a child, and
 * the child lives as long as our end of its input: when this process ends, however it ends, the lock is free.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withCacheLock(work) {
  const holder = spawn('flock', [join(cacheDir(), 'set-up.lock'), 'sh', '-c', 'echo held; cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const held = Promise.race([
    once(holder.stdout, 'data'),
    // Where there is no flock (it is part of every Debian) or it cannot lock, set-ups are simply not kept apart.
    once(holder, 'close'), // rejects with 'error' when there is no such program
  ]).catch(() => {});
  // A free lock is held within milliseconds: waiting longer is worth a line on the console.
  const soon = await Promise.race([held.then(() => true), new Promise((resolve) => setTimeout(resolve, 1000, false))]);
  if (!soon) await step('Wait for another set-up on this machine', () => held);
  try {
    return await work();
  } finally {
    holder.stdin?.end();
  }
}
