import { describe, expect, it } from 'vitest';
import { readTrailer } from '../../js/src/video-worker/frame-trailer.js';
import { Sealer } from '../../js/src/video-worker/sealer.js';
import { PATTERNS, referencesOf } from './support/temporal-layers.js';

const frame = (part: { key?: boolean; temporalLayer?: number; discardable?: boolean } = {}) => ({ data: Uint8Array.of(1), key: false, temporalLayer: 0, discardable: false, ...part });
const seal = (sealer: Sealer, one: ReturnType<typeof frame>, time = 0) => readTrailer(sealer.seal(one, time))!;

describe('Sealer', () => {
  it.each(Object.keys(PATTERNS) as (keyof typeof PATTERNS)[])('names the newest frame each frame of %s needs', (mode) => {
    const sealer = new Sealer();
    const pattern = PATTERNS[mode];
    const frames = Array.from({ length: 200 }, (_, i) => ({ ...pattern[i % pattern.length]!, key: i === 0 || i === 100 }));
    const needed = referencesOf(frames);
    frames.forEach((one, i) => {
      const { dependency, temporalLayer } = seal(sealer, frame(one));
      expect(temporalLayer).toBe(one.temporalLayer);
      const newest = Math.max(...needed[i]!);
      expect(dependency).toBe(one.key ? 0 : i - newest);
    });
  });

  it('counts on through the wrap of the counter, dependencies as well', () => {
    const sealer = new Sealer();
    const first = seal(sealer, frame({ key: true })).counter;
    const wrong: unknown[] = [];
    for (let i = 1; i < 70_000; i++) {
      const { counter, dependency } = seal(sealer, frame());
      if (counter !== (first + i) % 2 ** 16 || dependency !== 1) wrong.push({ i, counter, dependency });
    }
    expect(wrong).toEqual([]);
  });

  it('tells when pictures were captured at 90 kHz, modulo 2³²', () => {
    const sealer = new Sealer();
    for (const time of [0, 1, 33.333, 1e6, 47_721_858.8, 47_721_859, 1_790_000_000_000.5]) {
      const ticks = BigInt(Math.round(time * 90)) % 2n ** 32n;
      expect(seal(sealer, frame(), time).captureTimestamp).toBe(Number(ticks));
    }
  });

  it('tells the sound captured with a picture at 48 kHz, before and after the clock was read, modulo 2³²', () => {
    const sealer = new Sealer();
    expect(seal(sealer, frame(), 5000).audioTimestamp).toBeUndefined();
    sealer.audioClock = { rtpTimestamp: 100, time: 1_790_000_000_000 };
    const at = (offset: number) => seal(sealer, frame(), 1_790_000_000_000 + offset).audioTimestamp;
    expect(at(0)).toBe(100);
    expect(at(20)).toBe(100 + 960);
    expect(at(-20)).toBe(2 ** 32 + 100 - 960);
    sealer.audioClock = { rtpTimestamp: 2 ** 32 - 48, time: 1_790_000_000_000 };
    expect(at(1)).toBe(0);
    sealer.audioClock = null;
    expect(at(0)).toBeUndefined();
  });
});
