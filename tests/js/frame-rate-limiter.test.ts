import { describe, expect, it } from 'vitest';
import { FrameRateLimiter } from '../../js/src/video-worker/frame-rate-limiter.js';
import { seededRandom } from './support/random.js';

/** Times of a camera's pictures, s: `jitter` is the share of an interval by which each is off. */
function camera(rate: number, seconds: number, jitter = 0): number[] {
  const random = seededRandom(Math.round(rate * 10 + jitter * 100));
  return Array.from({ length: Math.round(rate * seconds) }, (_, i) => (i + jitter * (random() - 0.5)) / rate);
}

const accepted = (limiter: FrameRateLimiter, times: readonly number[], frameRate: number) => times.filter((time) => limiter.accepts(Math.round(time * 1e6), frameRate));
const gaps = (times: readonly number[]) => times.slice(1).map((time, i) => time - times[i]!);

describe('FrameRateLimiter', () => {
  for (const [from, to] of [[30, 15], [30, 20], [60, 30], [60, 24], [30, 10], [25, 15], [59.94, 30], [30, 7.5]] as const) {
    for (const jitter of [0, 0.2, 0.5]) {
      it(`makes ${to} of ${from} pictures a second, evenly, with ${jitter} of an interval of jitter`, () => {
        const times = accepted(new FrameRateLimiter(), camera(from, 60, jitter), to);
        expect(times.length / 60).toBeGreaterThan(0.95 * to);
        expect(times.length / 60).toBeLessThan(1.05 * to);
        // No distance is further from the wanted one than the camera's own make unavoidable.
        const unavoidable = (1 + jitter) / from;
        for (const gap of gaps(times)) expect(Math.abs(gap - 1 / to)).toBeLessThanOrEqual(unavoidable + 1e-5);
      });
    }
  }

  it('lets all pictures pass of a camera that is as slow as wanted, or slower', () => {
    for (const [rate, to] of [[30, 30], [29.97, 30], [15, 30], [30, 60], [1, 60]] as const) {
      const times = camera(rate, 60, 0.2);
      expect(accepted(new FrameRateLimiter(), times, to).length).toBeGreaterThanOrEqual(0.98 * times.length);
    }
    const any = camera(30, 10);
    expect(accepted(new FrameRateLimiter(), any, Infinity)).toEqual(any);
  });

  it('begins anew after a pause, without making up for it', () => {
    const limiter = new FrameRateLimiter();
    const first = camera(30, 10);
    const second = first.map((time) => 3600 + time);
    accepted(limiter, first, 15);
    const times = accepted(limiter, second, 15);
    expect(times[0]).toBe(second[0]);
    expect(times.length).toBeLessThanOrEqual(151);
    for (const gap of gaps(times)) expect(gap).toBeGreaterThan(1 / 30 + 0.01);
  });

  it('takes up a source whose time begins again', () => {
    const limiter = new FrameRateLimiter();
    accepted(limiter, camera(30, 100), 15);
    const times = accepted(limiter, camera(30, 10), 15);
    expect(times.length / 10).toBeCloseTo(15, 0);
  });

  it('follows a new rate at once', () => {
    const limiter = new FrameRateLimiter();
    const times = camera(60, 30);
    expect(accepted(limiter, times.slice(0, 600), 30).length / 10).toBeCloseTo(30, 0);
    expect(accepted(limiter, times.slice(600, 1200), 10).length / 10).toBeCloseTo(10, 0);
    expect(accepted(limiter, times.slice(1200), 60).length / 10).toBeCloseTo(60, 0);
  });
});
