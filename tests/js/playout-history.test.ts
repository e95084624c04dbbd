import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { playoutHistory } from '../../js/src/call/history.js';
import { PlayoutStat } from '../../js/src/wasm/abi.js';

interface History {
  watch(chain: { look(): Float64Array }, time: number, frames: number): void;
  read(): Float64Array;
}
let PlayoutHistory: new () => History;

beforeEach(async () => {
  vi.resetModules();
  // A source of another scope than the tests, with other globals: by a name that the compiler does not follow.
  const file = '../../js/src/worklet/playout-history.ts';
  ({ PlayoutHistory } = await import(/* @vite-ignore */ file));
});
afterEach(() => vi.unstubAllGlobals());

/** Watches a chain whose delay is ten times the time in s, in quanta of 128, of which a share is concealed. */
function watched(sampleRate: number) {
  vi.stubGlobal('sampleRate', sampleRate);
  const history = new PlayoutHistory();
  const values = new Float64Array(PlayoutStat.Count);
  let frames = 0;
  const play = (seconds: number, concealed: number) => {
    for (const end = frames + seconds * sampleRate; frames < end; frames += 128) {
      values[PlayoutStat.TotalSamples]! += 128;
      values[PlayoutStat.ConcealedSamples]! += 128 * concealed;
      values[PlayoutStat.CurrentDelayMs] = (10 * frames) / sampleRate;
      values[PlayoutStat.TargetDelayMs] = 70;
      history.watch({ look: () => values }, frames / sampleRate, 128);
    }
  };
  return { play, read: () => history.read(), moments: () => playoutHistory(history.read()) };
}

describe('history of a playout', () => {
  it.each([48000, 44100])('has a row every 100 ms, with what was then (%i Hz)', (sampleRate) => {
    const { play, moments } = watched(sampleRate);
    expect(moments()).toEqual([]);
    play(2, 0);
    play(1, 0.5);
    const rows = moments();
    expect(rows.length).toBeGreaterThanOrEqual(29);
    expect(rows.length).toBeLessThanOrEqual(30);
    rows.forEach(({ time, currentDelay, targetDelay }, i) => {
      expect(Math.abs(time - 0.1 * (i + 1))).toBeLessThan(0.006);
      expect(currentDelay).toBeCloseTo(10 * time, 6);
      expect(targetDelay).toBe(70);
    });
    expect(rows.slice(0, 19).every(({ concealed }) => concealed === 0)).toBe(true);
    expect(rows.slice(21).every(({ concealed }) => Math.abs(concealed - 0.5) < 1e-9)).toBe(true);
  });

  it('keeps the last minute, the oldest first', () => {
    const { play, moments } = watched(48000);
    for (const [seconds, first] of [[60, 0.1], [0.1, 0.2], [77, 77.2]] as const) {
      play(seconds, 0);
      const rows = moments();
      expect(rows).toHaveLength(600);
      expect(Math.abs(rows[0]!.time - first)).toBeLessThan(0.02);
      expect(rows.every(({ time }, i) => i === 0 || time > rows[i - 1]!.time)).toBe(true);
    }
  });

  it('gives away a copy', () => {
    const { play, read } = watched(48000);
    play(1, 0);
    const given = read();
    const before = given.slice();
    play(65, 0);
    expect(given).toEqual(before);
  });
});
