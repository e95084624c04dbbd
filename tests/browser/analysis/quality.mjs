/** How much of a looped recording's speech came through a call. */
import { COARSE_RATE_HZ, findLag, follow } from './align.mjs';
import { rmsDbfs } from './level.mjs';
import { resample } from './resample.mjs';
import { siSdr } from './si-sdr.mjs';
import { stoi } from './stoi.mjs';

/** Long enough for a syllable to find its place by, short enough that most blocks hold no time stretch or glitch. */
const BLOCK_SECONDS = 0.2;
/** Blocks further below the loudest have too little speech to align by or to take a ratio of. */
const ACTIVE_RANGE_DB = 15;

/**
 * @param {Float64Array} loop         the clean speech the microphone or source repeats
 * @param {Float64Array} recorded     shorter than the loop, at the same rate
 * @returns {{ siSdr: number, stoi: number }}  siSdr: dB, median over the blocks with speech, each aligned and scaled for itself
 *   (a gain control may change levels, a busy machine may tear a block apart)
 */
export function speechQuality(loop, recorded, sampleRate) {
  const doubled = new Float64Array(2 * loop.length);
  doubled.set(loop);
  doubled.set(loop, loop.length);
  const [pattern, track] = [recorded, doubled].map((samples) => resample(samples, sampleRate, COARSE_RATE_HZ));
  const coarse = findLag(pattern, track, { max: track.length / 2 - 1 });
  const place = Math.round((coarse * sampleRate) / COARSE_RATE_HZ);
  const clean = doubled.slice(place, place + recorded.length);
  const block = Math.round(BLOCK_SECONDS * sampleRate);

  const starts = [];
  for (let at = 0; at + block <= clean.length; at += block) starts.push(at);
  const levels = starts.map((at) => rmsDbfs(clean.subarray(at, at + block)));
  const floor = Math.max(...levels) - ACTIVE_RANGE_DB;
  const { aligned } = follow(clean, recorded, { sampleRate, block, usable: (index) => levels[index] > floor });
  const ratios = starts
    .filter((_, index) => levels[index] > floor)
    .map((at) => siSdr(clean.subarray(at, at + block), aligned.subarray(at, at + block)))
    .sort((a, b) => a - b);
  return { siSdr: ratios[ratios.length >> 1], stoi: stoi(clean, aligned, sampleRate) };
}
