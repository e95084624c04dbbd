import { expect, it } from 'vitest';
import { CpuOveruse } from '../../js/src/bandwidth/cpu-overuse.js';

/** Feeds 30 frames a second that take `cost` ms each; what does not fit is dropped. */
class Encoder {
  readonly cpu = new CpuOveruse(4);
  #time = 0;
  #load = { bytes: 0, frames: 0, framesDropped: 0, encodeTime: 0 };

  run(seconds: number, cost: number): number {
    for (let i = 0; i < 4 * seconds; i++) {
      this.#time += 250;
      const encoded = Math.min(7.5, 250 / cost);
      const { frames, framesDropped, encodeTime } = this.#load;
      this.#load = { bytes: 0, frames: frames + encoded, framesDropped: framesDropped + 7.5 - encoded, encodeTime: encodeTime + encoded * cost };
      this.cpu.observe(this.#load, this.#time);
    }
    return this.cpu.level;
  }
}

it('stays where it is between the thresholds', () => {
  const encoder = new Encoder();
  expect(encoder.run(60, 20)).toBe(0);
  expect(encoder.cpu.usage).toBeCloseTo(0.6);
});

it('raises the level while the encoder takes nearly all the time, and not for one bad moment', () => {
  const moment = new Encoder();
  moment.run(10, 10);
  moment.run(2.5, 32);
  expect(moment.run(10, 10)).toBe(0);
  const encoder = new Encoder();
  expect(encoder.run(6, 30)).toBe(1);
  expect(encoder.run(60, 30)).toBe(4);
});

it('takes dropped frames for overuse, whoever uses the processor', () => {
  const cpu = new CpuOveruse(4);
  for (let i = 0; i <= 24; i++) cpu.observe({ bytes: 0, frames: 6 * i, framesDropped: 1.5 * i, encodeTime: 60 * i }, 250 * i);
  expect(cpu.usage).toBeCloseTo(0.24);
  expect(cpu.level).toBe(1);
});

it('asks for more when there is room for 10 s, and waits longer each time that was wrong', () => {
  const encoder = new Encoder();
  expect(encoder.run(6, 30)).toBe(1);
  expect(encoder.run(8, 10)).toBe(1);
  expect(encoder.run(8, 10)).toBe(0);
  // Too much again at once: the next try waits twice as long.
  expect(encoder.run(6, 30)).toBe(1);
  expect(encoder.run(18, 10)).toBe(1);
  expect(encoder.run(10, 10)).toBe(0);
});

it('begins anew with counters that begin anew', () => {
  const cpu = new CpuOveruse(4);
  cpu.observe({ bytes: 0, frames: 1000, framesDropped: 0, encodeTime: 30_000 }, 0);
  cpu.observe({ bytes: 0, frames: 10, framesDropped: 0, encodeTime: 100 }, 5000);
  expect(cpu.level).toBe(0);
  expect(cpu.usage).toBe(0);
});
