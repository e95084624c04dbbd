import { describe, expect, it } from 'vitest';
import { RenderClock } from '../../js/src/video-worker/render-clock.js';
import { seededRandom } from './support/random.js';

const EPOCH = 1_790_000_000_000;

interface Way {
  /** Travelling time of the frame of time `t`, both ms. */
  readonly travel: (t: number) => number;
  /** Of the sender's clock against ours. */
  readonly ppm?: number;
  readonly seconds?: number;
  readonly frameRate?: number;
}

interface Shown {
  readonly t: number;
  readonly arrival: number;
  /** When it is to be shown, as known on its arrival. */
  readonly shown: number;
  readonly delay: number;
}

/** Sends frames over a way in order of their arrival, and asks of each when it is to be shown. */
function play(clock: RenderClock, { travel, ppm = 0, seconds = 60, frameRate = 30 }: Way, from = 0): Shown[] {
  const frames = Array.from({ length: seconds * frameRate }, (_, i) => {
    const t = from + (1000 * i) / frameRate;
    return { t, media: 123_456 + t * (1 + ppm / 1e6), arrival: EPOCH + t + travel(t) };
  }).sort((a, b) => a.arrival - b.arrival);
  return frames.map(({ t, media, arrival }) => {
    clock.arrived(media, arrival);
    return { t, arrival, shown: clock.renderTime(media), delay: clock.delay };
  });
}

const settled = (frames: readonly Shown[], after = 10_000) => frames.filter(({ t }) => t - frames[0]!.t >= after);
const shareInTime = (frames: readonly Shown[], margin = 0.5) => frames.filter(({ arrival, shown }) => arrival <= shown + margin).length / frames.length;
const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;

/** The delay never grows faster than a picture may visibly slow down. */
function expectSmooth(frames: readonly Shown[]) {
  for (const [i, { arrival, delay }] of frames.entries()) {
    if (delay < 0) expect.unreachable(`a delay of ${delay}`);
    const before = frames[i - 1];
    if (before) expect(delay - before.delay).toBeLessThanOrEqual(0.2 * (arrival - before.arrival) + 1e-6);
  }
}

const WAYS: Record<string, () => Way & { most: number }> = {
  'an even way': () => ({ travel: () => 40, most: 1 }),
  'uniform jitter': () => {
    const random = seededRandom(1);
    return { travel: () => 40 + 60 * random(), most: 62 };
  },
  'jitter with a long tail': () => {
    const random = seededRandom(2);
    return { travel: () => 40 - 15 * Math.log(1 - random()), most: 70 };
  },
  'spikes of 200 ms, one in fifty': () => {
    const random = seededRandom(3);
    return { travel: () => 40 + 20 * random() + (random() < 0.02 ? 200 : 0), most: 30 };
  },
  'large frames that take longer, one in ten': () => {
    let i = 0;
    return { travel: () => 40 + (i++ % 10 === 0 ? 50 : 0), most: 51 };
  },
};

describe('RenderClock', () => {
  for (const [name, way] of Object.entries(WAYS)) {
    for (const ppm of [0, 300, -300]) {
      it(`has 95 % of frames in time over ${name}, the sender's clock ${ppm} ppm off, without waiting longer than that takes`, () => {
        const { most, ...rest } = way();
        const frames = play(new RenderClock(), { ...rest, ppm, seconds: 120 });
        // But for what the clocks drift in the 10 s that are remembered.
        expect(shareInTime(settled(frames), 0.5 + Math.abs(ppm) / 100)).toBeGreaterThanOrEqual(0.95);
        // What they drift in two windows of 15 s is all it may be later.
        expect(Math.max(...settled(frames).map(({ delay }) => delay))).toBeLessThanOrEqual(most + (ppm ? 10 : 0));
        expectSmooth(frames);
      });
    }
  }

  it('shows frames at even distances once settled', () => {
    const random = seededRandom(4);
    const frames = settled(play(new RenderClock(), { travel: () => 40 + 60 * random() })).sort((a, b) => a.t - b.t);
    const distances = frames.slice(1).map(({ shown }, i) => shown - frames[i]!.shown);
    for (const distance of distances) expect(Math.abs(distance - 1000 / 30)).toBeLessThan(10);
    expect(mean(distances)).toBeCloseTo(1000 / 30, 1);
  });

  it('keeps within the bounds of the delay', () => {
    const random = seededRandom(5);
    const clock = new RenderClock();
    Object.assign(clock, { minDelay: 80, maxDelay: 150 });
    for (const { delay } of play(clock, { travel: () => 40 + 10 * random() })) expect(delay).toBe(80);
    const slow = settled(play(clock, { travel: () => 40 + 500 * random() }, 60_000));
    for (const { delay } of slow) expect(delay).toBeLessThanOrEqual(150);
    expect(Math.max(...slow.map(({ delay }) => delay))).toBe(150);
  });

  it('waits for the sound, within the bounds, and no longer once it need not', () => {
    const clock = new RenderClock();
    clock.maxDelay = 300;
    play(clock, { travel: () => 40, seconds: 5 });
    expect(clock.delay).toBe(0);
    clock.syncDelay = 120;
    const frames = play(clock, { travel: () => 40, seconds: 5 }, 5000);
    expectSmooth(frames);
    expect(clock.delay).toBeCloseTo(120);
    // What frames need without regard to sound is another thing.
    expect(clock.needed).toBe(0);
    clock.syncDelay = 900;
    play(clock, { travel: () => 40, seconds: 5 }, 10_000);
    expect(clock.delay).toBe(300);
    clock.syncDelay = -50;
    play(clock, { travel: () => 40, seconds: 5 }, 15_000);
    expect(clock.delay).toBeCloseTo(300 - 5 * 30, -1);
    play(clock, { travel: () => 40, seconds: 10 }, 20_000);
    expect(clock.delay).toBe(0);
  });

  it('goes over to a longer way without standing still a second time, and to a shorter one at once', () => {
    const clock = new RenderClock();
    const frames = play(clock, { travel: (t) => (t < 40_000 || t > 100_000 ? 40 : 140), seconds: 160 });
    const on = (from: number, to: number) => frames.filter(({ t }) => t >= from && t < to);
    // In time soon after the change: a twentieth of what is remembered is late by then, and the delay has risen.
    expect(shareInTime(on(41_500, 99_900))).toBe(1);
    // Shown no earlier and no later by leaps than the change itself takes.
    for (const part of [on(41_500, 99_900), on(100_100, 160_000)]) {
      const offsets = part.map(({ shown, t }) => shown - EPOCH - t);
      for (const [i, offset] of offsets.slice(1).entries()) expect(Math.abs(offset - offsets[i]!)).toBeLessThan(8);
    }
    // As late as the way is long, when it is known to be: without what was added for the change.
    expect(on(90_000, 99_900).at(-1)!.shown - EPOCH - on(90_000, 99_900).at(-1)!.t).toBeCloseTo(140, -1);
    expect(frames.at(-1)!.shown - EPOCH - frames.at(-1)!.t).toBeCloseTo(40, -1);
    expectSmooth(frames);
  });

  it('takes a step of the times for another stream', () => {
    const clock = new RenderClock();
    play(clock, { travel: () => 40, seconds: 20 });
    for (const step of [-3_600_000, 3_600_000]) {
      clock.arrived(step, EPOCH + 30_000);
      expect(clock.renderTime(step)).toBeCloseTo(EPOCH + 30_000, 0);
      clock.arrived(step + 33, EPOCH + 30_033);
      expect(clock.renderTime(step + 33)).toBeCloseTo(EPOCH + 30_033, 0);
    }
  });

  it('says when the fastest frames came, whatever the delay', () => {
    const random = seededRandom(6);
    const clock = new RenderClock();
    play(clock, { travel: () => 40 + 60 * random() });
    expect(clock.earliest(123_456)).toBeCloseTo(EPOCH + 40, -1);
    expect(clock.renderTime(123_456) - clock.earliest(123_456)).toBeCloseTo(clock.delay, 3);
  });

  it('survives times of any kind', () => {
    const random = seededRandom(7);
    const clock = new RenderClock();
    const wrong: unknown[] = [];
    for (let n = 0; n < 5000; n++) {
      const media = random() < 0.1 ? (random() - 0.5) * 2 ** 40 : 33 * n;
      clock.arrived(media, EPOCH + 33 * n + 100 * random());
      if (!(clock.delay >= 0 && clock.delay <= 2000 && Number.isFinite(clock.renderTime(media)))) wrong.push({ n, media, delay: clock.delay });
    }
    expect(wrong).toEqual([]);
  });
});
