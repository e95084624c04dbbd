// Where things live: the checkout, and the cache that outlives it.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** Everything built from this checkout; git-ignored. */
export const buildDir = join(root, 'build');

/** Toolchain, tarballs and third-party libraries, shared by all checkouts. */
export function cacheDir() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'earshot');
}
