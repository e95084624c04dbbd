// Recordings made from the data folder, once per version of what makes them.
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../../../tools/lib/steps.mjs';
import { shared } from './programs.mjs';
import { execute, hashOf, place } from './work.mjs';

const folderOf = join(import.meta.dirname, '..');

/**
 * @param {string} what names the folder
 * @param {string} script of py/, called with the data folder, the set and where to put them
 * @param {string} set of split.json
 * @returns {Promise<{folder: string, key: string, list: object[]}>} list: the script's manifest
 */
export async function made(what, script, set, python) {
  const sources = [script, 'corpus.py', 'signals.py'].map((name) => join(folderOf, 'py', name));
  const key = hashOf(...sources, join(folderOf, 'split.json'), set);
  const folder = place(`${what}-${set}-${key}`);
  if (!existsSync(folder)) {
    const part = `${folder}.${process.pid}`;
    await step(`Make the recordings: ${what}, ${set}`, () => execute(python, [sources[0], shared, set, part]));
    if (existsSync(folder)) rmSync(part, { recursive: true }); // another run was faster
    else renameSync(part, folder);
  }
  return { folder, key, list: JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) };
}
