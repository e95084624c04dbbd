import { describe, expect, it } from 'vitest';
import { Panner } from '../../js/src/audio/panner.js';

const RATE = 48000;
const QUANTUM = 128;

/** The mix of a constant on every channel, after so many quanta. */
function settled(panner: Panner, channels: readonly number[], quanta = 60) {
  let mix = [new Float32Array(QUANTUM), new Float32Array(QUANTUM)];
  for (let i = 0; i < quanta; i++) {
    mix = mix.map(() => new Float32Array(QUANTUM));
    panner.add(channels.map((value) => new Float32Array(QUANTUM).fill(value)), mix);
  }
  return mix.map((channel) => channel.at(-1)!);
}

describe('Panner', () => {
  it.each([-1, -0.7, -0.2, 0, 0.4, 1])('keeps the power of a mono sound at %d', (pan) => {
    const panner = new Panner(RATE, 1);
    panner.place(0.5, pan);
    const [left, right] = settled(panner, [1]);
    expect(left! ** 2 + right! ** 2).toBeCloseTo(0.25, 5);
    if (pan !== 0) expect(Math.sign(right! - left!)).toBe(Math.sign(pan));
    if (pan === -1) expect(right).toBeCloseTo(0, 6);
    if (pan === 1) expect(left).toBeCloseTo(0, 6);
    if (pan === 0) expect(left).toBeCloseTo(right!, 6);
  });

  it('leaves a stereo sound in the middle as it is, and moves all of it to one side', () => {
    const panner = new Panner(RATE, 2);
    panner.place(1, 0);
    expect(settled(panner, [0.3, -0.2]).map((value) => +value.toFixed(5))).toEqual([0.3, -0.2]);
    panner.place(1, 1);
    expect(settled(panner, [0.3, -0.2]).map((value) => +value.toFixed(5))).toEqual([0, 0.1]);
    panner.place(1, -1);
    expect(settled(panner, [0.3, -0.2]).map((value) => +value.toFixed(5))).toEqual([0.1, 0]);
  });

  it('adds to what is there', () => {
    const panner = new Panner(RATE, 1);
    panner.place(1, -1);
    settled(panner, [0.25]);
    const mix = [new Float32Array(QUANTUM).fill(0.5), new Float32Array(QUANTUM).fill(0.5)];
    panner.add([new Float32Array(QUANTUM).fill(0.25)], mix);
    expect(mix.map((channel) => channel[0])).toEqual([0.75, 0.5]);
  });

  it('glides from silence to its place and back, without a step', () => {
    const panner = new Panner(RATE, 1);
    panner.place(1, -1);
    const left: number[] = [];
    const run = (quanta: number) => {
      for (let i = 0; i < quanta; i++) {
        const mix = [new Float32Array(QUANTUM), new Float32Array(QUANTUM)];
        panner.add([new Float32Array(QUANTUM).fill(1)], mix);
        left.push(...mix[0]!);
      }
    };
    run(60);
    expect(panner.silent).toBe(false);
    panner.place(0.2, -1);
    run(60);
    panner.place(0, 0);
    run(60);
    expect(panner.silent).toBe(true);
    const steps = left.map((value, i) => Math.abs(value - (left[i - 1] ?? 0)));
    // The steepest a fade of 5 ms can begin.
    expect(Math.max(...steps)).toBeLessThanOrEqual(1 / (0.005 * RATE));
    expect(left[60 * QUANTUM - 1]).toBeCloseTo(1, 6);
    expect(left[120 * QUANTUM - 1]).toBeCloseTo(0.2, 6);
    expect(left.at(-1)).toBe(0);
  });
});
