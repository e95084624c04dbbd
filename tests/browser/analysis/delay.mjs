/** How late speech comes out of a call. */
import { follow } from './align.mjs';
import { rmsDbfs } from './level.mjs';

/** Long enough for a syllable to be found by, short enough for a jitter buffer that moves. */
const BLOCK_SECONDS = 0.2;
/** Quieter blocks than this below the loudest have too little in them to be found by. */
const ACTIVE_RANGE_DB = 15;

/**
 * Median delay over the blocks with speech, seconds.
 * @param {Float64Array} said   what went in
 * @param {Float64Array} heard  what came out, on the same clock, less than 0.6 s later
 */
export function medianDelay(said, heard, sampleRate) {
  const block = Math.round(BLOCK_SECONDS * sampleRate);
  const levels = [];
  for (let at = 0; at < said.length; at += block) levels.push(rmsDbfs(said.subarray(at, at + block)));
  const floor = Math.max(...levels) - ACTIVE_RANGE_DB;
  const usable = (index) => levels[index] > floor;
  const { lags } = follow(said, heard, { sampleRate, block, usable });
  const found = lags.filter((_, index) => usable(index)).sort((a, b) => a - b);
  return found[found.length >> 1] / sampleRate;
}
