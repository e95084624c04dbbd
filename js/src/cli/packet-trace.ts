import { readFileSync } from 'node:fs';
import { fileError, InputError } from './input-error.js';

/** An hour: later than any packet is of interest. */
const MAX_DELAY_MS = 3_600_000;

/** Reads a trace: per line the one-way delay in ms of one 20 ms packet in send order, or `lost` (null). `#` starts a comment. */
export function readTrace(path: string): (number | null)[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError('read', path, error);
  }
  const delays: (number | null)[] = [];
  text.split('\n').forEach((line, index) => {
    const word = line.trim();
    if (word === '' || word.startsWith('#')) return;
    const delay = word === 'lost' ? null : Number(word);
    if (delay !== null && !(delay >= 0 && delay <= MAX_DELAY_MS)) {
      throw new InputError(`${path} line ${index + 1} is "${word.slice(0, 30)}"; it must be a delay in ms or the word lost`);
    }
    delays.push(delay);
  });
  if (delays.length === 0) throw new InputError(`${path} holds no packets`);
  return delays;
}
