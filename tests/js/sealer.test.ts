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
    const pattern = PATTERNS.L1T3;
    const frames = Array.from({ length: 66_000 }, (_, i) => ({ ...pattern[i % 4]!, key: i === 0 }));
    const needed = referencesOf(frames);
    const sealed = frames.map((one) => seal(sealer, frame(one)));
    const wrong = sealed.flatMap(({ counter, dependency }, i) => {
      const right = counter === (sealed[0]!.counter + i) % 2 ** 16 && dependency === (i === 0 ? 0 : i - Math.max(...needed[i]!));
      return right ? [] : [{ i, counter, dependency }];
    });
    expect(wrong).toEqual([]);
  });

  it('has no frame need one that is discardable', () => {
    const sealer = new Sealer();
    seal(sealer, frame({ key: true }));
    const upper = frame({ temporalLayer: 1, discardable: true });
    expect([seal(sealer, upper), seal(sealer, upper), seal(sealer, frame())].map(({ dependency }) => dependency)).toEqual([1, 2, 3]);
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
