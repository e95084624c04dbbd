import { describe, expect, it } from 'vitest';
import { opusSamples, opusSilence } from '../../js/src/worker/opus-packet.js';

// RFC 6716 table 2, written out: milliseconds of one frame for the 32 configurations.
const MS = [
  [10, 20, 40, 60], [10, 20, 40, 60], [10, 20, 40, 60], // SILK: narrowband, mediumband, wideband
  [10, 20], [10, 20], // hybrid: superwideband, fullband
  [2.5, 5, 10, 20], [2.5, 5, 10, 20], [2.5, 5, 10, 20], [2.5, 5, 10, 20], // CELT: NB, WB, SWB, FB
].flat();

describe('opusSamples', () => {
  it('reads the duration of all configurations, codes and frame counts', () => {
    expect(MS).toHaveLength(32);
    for (const [config, ms] of MS.entries()) {
      for (const stereo of [0, 4]) {
        const packet = (code: number, ...rest: number[]) => Uint8Array.of((config << 3) | stereo | code, ...rest, 0);
        expect(opusSamples(packet(0))).toBe(ms * 48);
        expect(opusSamples(packet(1))).toBe(2 * ms * 48);
        expect(opusSamples(packet(2))).toBe(2 * ms * 48);
        for (let count = 1; count <= 63; count++) {
          // R5: no packet is longer than 120 ms. The flags in the upper two bits do not count.
          const expected = count * ms <= 120 ? count * ms * 48 : 0;
          expect(opusSamples(packet(3, count))).toBe(expected);
          expect(opusSamples(packet(3, 0xc0 | count))).toBe(expected);
        }
      }
    }
  });

  it('gives 0 for what is no packet', () => {
    expect(opusSamples(new Uint8Array())).toBe(0);
    expect(opusSamples(Uint8Array.of(3))).toBe(0);
    expect(opusSamples(Uint8Array.of(3, 0))).toBe(0);
  });
});

describe('opusSilence', () => {
  it('lasts as long as asked, for every duration Opus has', () => {
    for (const ms of [2.5, 5, 10, 20, 40, 60, 80, 100, 120]) expect(opusSamples(opusSilence(ms * 48)!)).toBe(ms * 48);
  });

  it('is the three bytes browsers are known to decode as silence, at 20 ms', () => {
    expect([...opusSilence(960)!]).toEqual([0xf8, 0xff, 0xfe]);
  });

  it('is undefined for other durations', () => {
    for (const samples of [0, 1, 961, 6720, NaN]) expect(opusSilence(samples)).toBeUndefined();
  });
});
