import { describe, expect, it } from 'vitest';
import { PcmFifo } from '../../js/src/worker/pcm-fifo.js';
import { seededRandom } from './support/random.js';

describe('PcmFifo', () => {
  it.each([1, 2])('behaves as a bounded list of frames (%i channels)', (channels) => {
    const random = seededRandom(channels);
    const capacity = 1000;
    const fifo = new PcmFifo(channels, capacity);
    let model: number[] = [];
    let next = 0;
    for (let step = 0; step < 5000; step++) {
      const frames = Math.floor(random() * 400);
      const choice = random();
      if (choice < 0.5) {
        const block = Float32Array.from({ length: frames * channels }, () => next++);
        fifo.write(block);
        model = [...model, ...block].slice(-capacity * channels);
      } else if (choice < 0.9) {
        if (frames > fifo.level) continue;
        const out = new Float32Array(frames * channels);
        fifo.read(out);
        expect([...out]).toEqual(model.splice(0, frames * channels));
      } else {
        fifo.discard(frames - 100);
        model.splice(0, Math.max(0, frames - 100) * channels);
      }
      expect(fifo.level).toBe(model.length / channels);
      if (next > 1e7) next = 0; // stay where every integer is a float32
    }
  });

  it('cuts the asked number of frames without a click', () => {
    const period = 96;
    const sine = Float32Array.from({ length: 4800 }, (_, i) => Math.sin((2 * Math.PI * i) / period));
    const steepest = (2 * Math.PI) / period;
    const fifo = new PcmFifo(1, 4800);
    fifo.write(sine);
    const frames = 1000; // not a multiple of the period: cut bluntly, the step would be up to 1
    expect(fifo.cut(frames)).toBe(true);
    expect(fifo.level).toBe(3800);
    const out = new Float32Array(3800);
    fifo.read(out);
    // Continues what was read before the cut, and is the untouched sound after the join.
    expect(Math.abs(out[0]! - sine[0]!)).toBeLessThan(2 * steepest);
    expect([...out.subarray(120)]).toEqual([...sine.subarray(1120)]);
    const steps = out.subarray(1).map((value, i) => Math.abs(value - out[i]!));
    expect(Math.max(...steps)).toBeLessThan(steepest + 2 / 120);
  });

  it('does not cut what is not there', () => {
    const fifo = new PcmFifo(1, 1000);
    fifo.write(new Float32Array(300));
    expect(fifo.cut(200)).toBe(false);
    expect(fifo.level).toBe(300);
  });
});
