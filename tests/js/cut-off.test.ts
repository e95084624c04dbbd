import { describe, expect, it } from 'vitest';
import { CutOff } from '../../js/src/audio/cut-off.js';

const RATE = 48000;
const QUANTUM = 128;

/** A sine of 500 Hz through a CutOff, unplugged after `frames`. */
function unplugged(frames: number): number[] {
  const cutOff = new CutOff(RATE);
  const out: number[] = [];
  for (let at = 0; at < frames + 1024; at += QUANTUM) {
    const block = Float32Array.from({ length: QUANTUM }, (_, i) =>
      at + i < frames ? 0.25 * Math.sin((2 * Math.PI * 500 * (at + i + 0.5)) / RATE) : 0,
    );
    cutOff.smooth(block);
    out.push(...block);
  }
  return out;
}

describe('a sound that is cut off', () => {
  // From the steepest point of the wave to its top, by quanta and within one.
  it.each([960, 966, 972, 978, 984, 1024, 1100])('goes on smoothly after %i frames and ends within 5 ms', (frames) => {
    const out = unplugged(frames);
    // A corner would bend by as much as the wave is steep; the wave itself bends by its curvature.
    const bend = (from: number, to: number) =>
      Math.max(...out.slice(from, to).map((value, i) => Math.abs(value - 2 * out[from + i - 1]! + out[from + i - 2]!)));
    expect(bend(frames - 4, frames + 300)).toBeLessThan(1.5 * bend(100, frames - 4));
    expect(Math.max(...out.map(Math.abs))).toBeLessThan(0.75);
    expect(out.slice(frames + 240).every((value) => value === 0)).toBe(true);
  });
});
