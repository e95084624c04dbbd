import { describe, expect, it } from 'vitest';
import { PlayoutStat } from '../../js/src/wasm/abi.js';
import { addCounters, clearCounters } from '../../js/src/wasm/playout-counters.js';

/** What tells of the moment; all else is a counter, which goes on from chain to chain. */
const OF_THE_MOMENT = ['CurrentDelayMs', 'TargetDelayMs', 'PacketsInBuffer', 'LevelDbfs', 'PeakDbfs', 'LatencyMs', 'Resting', 'PlayoutTimestamp'];
/** Counted per sample, at the rate of the codec. */
const OVER_SAMPLES = /Samples$|SumMs$/;

const names = Array.from({ length: PlayoutStat.Count }, (_, stat) => PlayoutStat[stat]!);

describe('counters of playout chains', () => {
  it('add up, samples at 48 kHz', () => {
    const sums = new Float64Array(PlayoutStat.Count);
    addCounters(sums, new Float64Array(PlayoutStat.Count).fill(10), 8000);
    addCounters(sums, new Float64Array(PlayoutStat.Count).fill(1), 48000);
    addCounters(sums, new Float64Array(PlayoutStat.Count).fill(100));
    const expected = names.map((name) => [name, OF_THE_MOMENT.includes(name) ? 0 : OVER_SAMPLES.test(name) ? 161 : 111]);
    expect(names.map((name, stat) => [name, sums[stat]])).toEqual(expected);
  });

  it('are cleared without what tells of the moment', () => {
    const values = new Float64Array(PlayoutStat.Count).fill(1);
    clearCounters(values);
    expect(names.filter((_, stat) => values[stat] !== 0)).toEqual(names.filter((name) => OF_THE_MOMENT.includes(name)));
  });
});
