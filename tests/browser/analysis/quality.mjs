/** How much of a looped recording's speech came through a call. */
import { findLag, follow } from './align.mjs';
import { rmsDbfs } from './level.mjs';
import { siSdr } from './si-sdr.mjs';
import { stoi } from './stoi.mjs';

/** Long enough for a syllable to find its place by, short enough that most blocks hold no time stretch or glitch. */
const BLOCK_SECONDS = 0.2;
/** NetEq changes the delay by one pitch period (at most 15 ms) at a time; ours too; a block may hold several. */
const SEARCH_SECONDS = 0.06;
/** Blocks further below the loudest have too little speech to align by or to take a ratio of. */
const ACTIVE_RANGE_DB = 15;

/**
 * @param {Float64Array} loop         the clean speech the microphone or source repeats
 * @param {Float64Array} recorded     shorter than the loop, at the same rate
 * @returns {{ siSdr: number, stoi: number, lags: number[] }}  siSdr: dB, median over the blocks with speech, each aligned and
 *   scaled for itself (a gain control may change levels, a busy machine may tear a block apart); lags: of each block against the first, samples
 */
export function speechQuality(loop, recorded, sampleRate) {
  const doubled = new Float64Array(2 * loop.length);
  doubled.set(loop);
  doubled.set(loop, loop.length);
  const place = findLag(recorded, doubled, { max: loop.length - 1 });
  const clean = doubled.slice(place, place + recorded.length);
  const block = Math.round(BLOCK_SECONDS * sampleRate);

  const starts = [];
  for (let at = 0; at + block <= clean.length; at += block) starts.push(at);
  const levels = starts.map((at) => rmsDbfs(clean.subarray(at, at + block)));
  const floor = Math.max(...levels) - ACTIVE_RANGE_DB;
  const { aligned, lags } = follow(clean, recorded, {
    block,
    search: Math.round(SEARCH_SECONDS * sampleRate),
    usable: (index) => levels[index] > floor,
  });
  const ratios = starts
    .filter((_, index) => levels[index] > floor)
    .map((at) => siSdr(clean.subarray(at, at + block), aligned.subarray(at, at + block)))
    .sort((a, b) => a - b);
  return {
    siSdr: ratios[ratios.length >> 1],
    stoi: stoi(clean, aligned, sampleRate),
    lags: lags.map((lag) => lag - lags[0]),
  };
}
