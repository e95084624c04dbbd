import { describe, expect, it } from 'vitest';
import { Unwrapper } from '../../js/src/video-worker/unwrapper.js';
import { seededRandom } from './support/random.js';

describe('Unwrapper', () => {
  for (const bits of [16, 32] as const) {
    const range = 2 ** bits;

    it(`follows a walk of numbers of ${bits} bits through any number of wraps, both ways`, () => {
      const random = seededRandom(bits);
      for (const drift of [0.5, -0.5, 0]) {
        const unwrapper = new Unwrapper(bits);
        const first = Math.floor(random() * range);
        let truth = first;
        expect(unwrapper.unwrap(first)).toBe(first);
        for (let i = 0; i < 5000; i++) {
          truth += Math.round((random() - 0.5 + 0.8 * drift) * range * 0.5);
          expect(unwrapper.unwrap(((truth % range) + range) % range)).toBe(truth);
        }
      }
    });

    it(`takes a step of less than half of ${bits} bits for what it is, and a longer one for one across the wrap`, () => {
      const up = new Unwrapper(bits);
      up.unwrap(10);
      expect(up.unwrap(10 + range / 2 - 1)).toBe(10 + range / 2 - 1);
      expect(up.unwrap(8)).toBe(8 + range);
      const down = new Unwrapper(bits);
      down.unwrap(0);
      expect(down.unwrap(range - 1)).toBe(-1);
      expect(down.unwrap(0)).toBe(0);
    });
  }
});
