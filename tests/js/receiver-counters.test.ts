import { describe, expect, it } from 'vitest';
import { ReceiverCounters } from '../../js/src/video-worker/receiver-counters.js';
import { SenderCounters } from '../../js/src/video-worker/sender-counters.js';

const MOMENT = { framesDropped: 3, framesLost: 0, targetDelay: 0, counted: true, syncOffset: null };
const SIZE = { width: 640, height: 360 };

/** Shows pictures at the given distances, ms, each 50 ms after it came. */
function show(counters: ReceiverCounters, distances: readonly number[], from = 0): number {
  let now = from;
  if (from === 0) counters.rendered(SIZE, -50, 0);
  for (const distance of distances) {
    now += distance;
    counters.rendered(SIZE, now - 50, now);
  }
  return now;
}

const even = (count: number, distance: number) => Array<number>(count).fill(distance);

describe('ReceiverCounters', () => {
  it('counts freezes as webrtc-stats defines them', () => {
    // 30 distances of 40 ms: a freeze is what lasts max(3 · 40, 40 + 150) = 190 ms or longer.
    for (const [distance, freezes] of [[189, 0], [190, 1], [191, 1]] as const) {
      const counters = new ReceiverCounters();
      const now = show(counters, [...even(30, 40), distance]);
      expect(counters.read(now, MOMENT)).toMatchObject({ freezeCount: freezes, totalFreezesDuration: freezes * (distance / 1000) });
    }
    // 30 of 100 ms: max(300, 250) = 300 ms.
    for (const [distance, freezes] of [[299, 0], [301, 1]] as const) {
      const counters = new ReceiverCounters();
      const now = show(counters, [...even(30, 100), distance]);
      expect(counters.read(now, MOMENT).freezeCount).toBe(freezes);
    }
  });

  it('takes the mean of the latest 30 pictures, a freeze among them', () => {
    const counters = new ReceiverCounters();
    // The mean of 15 · 40 and 15 · 80 is 60: 210 ms. With that among the latest 30 and a 40 out of them it is (60 · 30 + 170) / 30 ≈ 65.7: 215.7 ms.
    let now = show(counters, [...even(100, 10), ...even(15, 40), ...even(15, 80), 209.9]);
    expect(counters.read(now, MOMENT).freezeCount).toBe(0);
    now = show(counters, [215], now);
    expect(counters.read(now, MOMENT).freezeCount).toBe(0);
    // (65.67 · 30 + 175) / 30 ≈ 71.5: 221.5 ms.
    now = show(counters, [222], now);
    expect(counters.read(now, MOMENT)).toMatchObject({ freezeCount: 1, totalFreezesDuration: 0.222 });
  });

  it('knows of no freeze before it has seen as many pictures', () => {
    const counters = new ReceiverCounters();
    const now = show(counters, [...even(28, 40), 5000]);
    expect(counters.read(now, MOMENT).freezeCount).toBe(0);
  });

  it('sums delays, squares and times', () => {
    const counters = new ReceiverCounters();
    const now = show(counters, [100, 200, 300]);
    counters.decoded(true, 4);
    counters.decoded(false, 6);
    counters.skipped();
    const read = counters.read(now, MOMENT);
    expect(read).toMatchObject({ framesRendered: 4, framesDecoded: 2, keyFramesDecoded: 1, framesDropped: 4, frameWidth: 640, frameHeight: 360, jitterBufferEmittedCount: 4 });
    expect(read.totalInterFrameDelay).toBeCloseTo(0.6);
    expect(read.totalSquaredInterFrameDelay).toBeCloseTo(0.01 + 0.04 + 0.09);
    expect(read.jitterBufferDelay).toBeCloseTo(4 * 0.05);
    expect(read.totalDecodeTime).toBeCloseTo(0.01);
  });

  it('counts the pictures of the last second, and none when there were none', () => {
    const counters = new ReceiverCounters();
    const now = show(counters, even(100, 40));
    expect(counters.read(now, MOMENT).framesPerSecond).toBe(25);
    expect(counters.read(now + 500, MOMENT).framesPerSecond).toBe(13);
    expect(counters.read(now + 2000, MOMENT).framesPerSecond).toBe(0);
  });

  it('measures recovery from the gap to the next picture, once for each', () => {
    const counters = new ReceiverCounters();
    let now = show(counters, even(3, 40));
    counters.stalled(now + 10);
    counters.stalled(now + 400);
    now = show(counters, [500, 40], now);
    expect(counters.read(now, MOMENT).recoveryCount).toBe(1);
    expect(counters.read(now, MOMENT).totalRecoveryTime).toBeCloseTo(0.49);
  });
});

const SOURCE = { captured: 60, dropped: 4, size: { width: 1280, height: 720 } };

describe('SenderCounters', () => {
  it('sums what was encoded and sent, and the rates of the last second', () => {
    const counters = new SenderCounters();
    for (let i = 0; i < 50; i++) {
      counters.encoded({ key: i % 25 === 0, quantizer: 10, encodeTime: 5 }, SIZE);
      counters.sent(1000, 40 * i, 40 * i + 30);
    }
    const read = counters.read(49 * 40 + 30, SOURCE);
    expect(read).toMatchObject({ framesCaptured: 60, framesDroppedAtInput: 4, framesEncoded: 50, keyFramesEncoded: 2, framesSent: 50, bytesSent: 50_000, qpSum: 500, framesPerSecond: 25, bitrate: 200_000, frameWidth: 640, frameHeight: 360, sourceWidth: 1280, sourceHeight: 720 });
    expect(read.totalEncodeTime).toBeCloseTo(0.25);
    expect(read.totalSendTime).toBeCloseTo(1.5);
    expect(counters.read(10_000, SOURCE)).toMatchObject({ framesPerSecond: 0, bitrate: 0, framesSent: 50 });
  });
});
