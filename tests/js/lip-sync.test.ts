import { describe, expect, it } from 'vitest';
import { LipSync } from '../../js/src/video-worker/lip-sync.js';

const NOW = 1_790_000_000_000;

describe('LipSync', () => {
  it('says when the sound of a picture is heard, from the clock of the sound', () => {
    const sync = new LipSync();
    sync.clock = { rtpTimestamp: 48_000, time: NOW };
    expect(sync.heardAt(48_000, NOW)).toBe(NOW);
    expect(sync.heardAt(48_000 + 4800, NOW)).toBe(NOW + 100);
    expect(sync.heardAt(48_000 - 4800, NOW)).toBe(NOW - 100);
    // Across the wrap of 32 bits, both ways.
    sync.clock = { rtpTimestamp: 2 ** 32 - 480, time: NOW };
    expect(sync.heardAt(480, NOW)).toBe(NOW + 20);
    sync.clock = { rtpTimestamp: 480, time: NOW };
    expect(sync.heardAt(2 ** 32 - 480, NOW)).toBe(NOW - 20);
  });

  it('says nothing without a clock, with an old one, or of a picture without sound', () => {
    const sync = new LipSync();
    expect(sync.heardAt(0, NOW)).toBeUndefined();
    sync.clock = { rtpTimestamp: 0, time: NOW };
    expect(sync.heardAt(undefined, NOW)).toBeUndefined();
    expect(sync.heardAt(0, NOW + 3000)).toBeDefined();
    expect(sync.heardAt(0, NOW + 3001)).toBeUndefined();
    sync.clock = null;
    expect(sync.heardAt(0, NOW)).toBeUndefined();
  });

  it('finds how much later than the fastest pictures their sound is, smoothed, and forgets it with the clock', () => {
    const sync = new LipSync();
    sync.observe(0, NOW, NOW);
    expect(sync.delay).toBeUndefined();
    for (let i = 0; i < 200; i++) {
      const now = NOW + 33 * i;
      sync.clock = { rtpTimestamp: (48 * 33 * i) >>> 0, time: now };
      // Its sound is heard 80 ms after it came at best; the measurement is off by 10 ms now and then.
      const audioTimestamp = 48 * (33 * i + 20);
      const off = i % 2 ? 10 : -10;
      sync.observe(audioTimestamp, now + 20 - 80 + off, now);
      if (i > 60) expect(Math.abs(sync.delay! - 80)).toBeLessThan(3);
    }
    const before = sync.delay;
    sync.observe(undefined, NOW, NOW);
    expect(sync.delay).toBe(before);
    sync.clock = null;
    expect(sync.delay).toBeUndefined();
  });
});
