import { describe, expect, it } from 'vitest';
import { FrameOrder, type ReceivedFrame } from '../../js/src/video-worker/frame-order.js';
import { readTrailer } from '../../js/src/video-worker/frame-trailer.js';
import { Sealer } from '../../js/src/video-worker/sealer.js';
import { seededRandom } from './support/random.js';
import { PATTERNS, referencesOf } from './support/temporal-layers.js';

const TICKS = 3000;

function received(index: number, part: Partial<ReceivedFrame> = {}): ReceivedFrame {
  const media = (index * TICKS) / 90;
  return { payload: new Uint8Array(10), key: false, rtpTimestamp: index * TICKS, counter: index, dependency: 1, media, arrival: media, audioTimestamp: undefined, ...part };
}

/** The frames of a sender of ours, sealed. */
function stream(mode: keyof typeof PATTERNS, length: number, isKey: (i: number) => boolean) {
  const sealer = new Sealer();
  const pattern = PATTERNS[mode];
  let position = 0;
  const layered = Array.from({ length }, (_, i) => {
    const key = isKey(i);
    if (key) position = 0;
    return { ...pattern[position++ % pattern.length]!, key };
  });
  const frames = layered.map((one, i) => {
    const payload = sealer.seal({ data: new Uint8Array(10), ...one }, i);
    const { counter, dependency } = readTrailer(payload)!;
    return received(i, { payload, counter, dependency, key: one.key });
  });
  return { frames, references: referencesOf(layered) };
}

const takeAll = (order: FrameOrder) => {
  const taken: ReceivedFrame[] = [];
  for (let one = order.take(); one; one = order.take()) taken.push(one);
  return taken;
};

describe('FrameOrder', () => {
  for (const mode of Object.keys(PATTERNS) as (keyof typeof PATTERNS)[]) {
    it(`gives frames of ${mode} in order, once, and none before what it refers to, whatever the network does`, () => {
      const random = seededRandom(mode.length + Number(mode.at(-1)));
      for (let run = 0; run < 40; run++) {
        const { frames, references } = stream(mode, 300, (i) => i === 0 || (i > 50 && random() < 0.02));
        const loss = run % 4 === 0 ? 0 : 0.1 * random();
        const indexOf = new Map(frames.map((one, i) => [one.rtpTimestamp, i]));
        // Each comes some time after it left, or twice, or not at all.
        const arriving = frames.flatMap((frame, i) => {
          if (i > 0 && random() < loss) return [];
          const times = random() < 0.1 ? 2 : 1;
          return Array.from({ length: times }, () => ({ frame, at: i + (random() < 0.2 ? 6 * random() : 0) }));
        });
        arriving.sort((a, b) => a.at - b.at);
        const order = new FrameOrder();
        const taken: ReceivedFrame[] = [];
        for (const { frame } of arriving) {
          order.insert(frame);
          if (random() < 0.7) taken.push(...takeAll(order));
        }
        taken.push(...takeAll(order));
        const indices = taken.map(({ rtpTimestamp }) => indexOf.get(rtpTimestamp)!);
        expect(indices).toEqual([...new Set(indices)].sort((a, b) => a - b));
        const decoded = new Set<number>();
        for (const i of indices) {
          for (const needed of references[i]!) expect(decoded.has(needed), `${i} needs ${needed}`).toBe(true);
          decoded.add(i);
        }
        // Nothing is forgotten: what came was taken, dropped, or waits.
        const waiting = arriving.length - taken.length - order.dropped;
        expect(waiting).toBeGreaterThanOrEqual(0);
        if (waiting > 0) expect(order.stalled).toBe(true);
        if (loss === 0) expect(waiting).toBe(0);
      }
    });

    it(`gives every frame of ${mode} that came in order and can be decoded, and counts exactly the lost ones`, () => {
      const random = seededRandom(77 + Number(mode.at(-1)));
      for (let run = 0; run < 20; run++) {
        const { frames, references } = stream(mode, 400, (i) => i % 80 === 0 || i === 399);
        const order = new FrameOrder();
        const taken = new Set<number>();
        const possible = new Set<number>();
        let lost = 0;
        frames.forEach((frame, i) => {
          if (!frame.key && random() < 0.05) return void lost++;
          order.insert(frame);
          if ([...references[i]!].every((one) => possible.has(one))) possible.add(i);
          for (const one of takeAll(order)) taken.add(one.rtpTimestamp / TICKS);
        });
        expect(taken).toEqual(possible);
        expect(order.lost).toBe(lost);
        expect(order.dropped).toBe(400 - lost - possible.size);
        expect(order.stalled).toBe(false);
      }
    });
  }

  it('goes on with the frames that waited when the missing one comes late', () => {
    const order = new FrameOrder();
    order.insert(received(0, { key: true, dependency: 0 }));
    expect(takeAll(order)).toHaveLength(1);
    for (const i of [2, 3, 4]) order.insert(received(i));
    expect(order.head).toBeUndefined();
    expect(order.stalled).toBe(true);
    order.insert(received(1));
    expect(order.stalled).toBe(false);
    expect(takeAll(order).map(({ counter }) => counter)).toEqual([1, 2, 3, 4]);
    expect(order).toMatchObject({ dropped: 0, lost: 0 });
  });

  it('goes on at a key frame, and drops what waited before it', () => {
    const order = new FrameOrder();
    order.insert(received(0, { key: true }));
    takeAll(order);
    for (const i of [2, 3]) order.insert(received(i));
    order.insert(received(4, { key: true, dependency: 0 }));
    order.insert(received(5));
    expect(takeAll(order).map(({ counter }) => counter)).toEqual([4, 5]);
    expect(order).toMatchObject({ dropped: 2, lost: 1 });
    order.insert(received(1));
    expect(order).toMatchObject({ dropped: 3, lost: 1 });
    expect(order.take()).toBeUndefined();
  });

  it('gives nothing before the first key frame, nor after a failure until the next', () => {
    const order = new FrameOrder();
    order.insert(received(0));
    order.insert(received(1, { counter: undefined }));
    expect(order.take()).toBeUndefined();
    order.insert(received(2, { key: true }));
    order.insert(received(3));
    expect(order.take()!.counter).toBe(2);
    expect(order.take()!.counter).toBe(3);
    order.fail();
    order.insert(received(4));
    expect(order.stalled).toBe(true);
    order.insert(received(5, { key: true }));
    expect(takeAll(order).map(({ counter }) => counter)).toEqual([5]);
  });

  it('gives frames that are not counted as they come, by their timestamps', () => {
    const order = new FrameOrder();
    const plain = (i: number, key = false) => received(i, { key, counter: undefined });
    for (const i of [3, 1, 2]) order.insert(plain(i));
    order.insert(plain(0, true));
    expect(takeAll(order).map(({ rtpTimestamp }) => rtpTimestamp / TICKS)).toEqual([0, 1, 2, 3]);
    order.insert(plain(9));
    expect(takeAll(order)).toHaveLength(1);
    expect(order.lost).toBe(0);
  });

  it('takes another stream up from its beginning', () => {
    const order = new FrameOrder();
    order.insert(received(1000, { key: true }));
    takeAll(order);
    order.insert(received(1002));
    order.reset();
    expect(order).toMatchObject({ stalled: false, dropped: 1 });
    order.insert(received(3));
    expect(order.take()).toBeUndefined();
    order.insert(received(4, { key: true }));
    expect(takeAll(order)).toHaveLength(1);
    // What lies between the streams is not lost.
    expect(order.lost).toBe(1);
  });

  it('keeps as many as the largest delay takes, and no more than it has memory for', () => {
    const order = new FrameOrder();
    order.insert(received(0, { key: true }));
    for (let i = 1; i < 4 * 60; i++) order.insert(received(i));
    expect(order.dropped).toBe(0);
    expect(takeAll(order)).toHaveLength(4 * 60);
    // One is missing for ever.
    const waiting = (inserted: number) => inserted - order.dropped;
    for (let n = 1; n <= 5000; n++) {
      order.insert(received(240 + n));
      expect(waiting(n)).toBeLessThanOrEqual(300);
    }
    order.insert(received(6000, { key: true }));
    expect(takeAll(order).map(({ counter }) => counter)).toEqual([6000]);
    const before = order.dropped;
    for (let n = 1; n <= 200; n++) {
      order.insert(received(7000 + n, { payload: new Uint8Array(1 << 20) }));
      expect(n - (order.dropped - before)).toBeLessThanOrEqual(17);
    }
  });

  it('keeps the frames from the last key frame on when there are too many', () => {
    const order = new FrameOrder();
    for (let i = 0; i < 250; i++) order.insert(received(i));
    order.insert(received(250, { key: true }));
    for (let i = 251; i < 350; i++) order.insert(received(i));
    expect(order.dropped).toBe(250);
    expect(takeAll(order).map(({ counter }) => counter)).toEqual(Array.from({ length: 100 }, (_, i) => 250 + i));
  });

  it('survives counters, dependencies and timestamps of any kind', () => {
    const random = seededRandom(9);
    const order = new FrameOrder();
    let last = -Infinity;
    let inserted = 0;
    let taken = 0;
    for (let n = 0; n < 30_000; n++) {
      const wild = random() < 0.3;
      const rtpTimestamp = wild ? Math.floor((random() - 0.5) * 2 ** 33) : n * TICKS;
      const counter = random() < 0.1 ? undefined : wild ? Math.floor(random() * 2 ** 16) : n;
      order.insert(received(n, { rtpTimestamp, counter, dependency: wild ? Math.floor(random() * 256) : 1, key: random() < 0.02 }));
      inserted++;
      for (const one of takeAll(order)) {
        expect(one.rtpTimestamp).toBeGreaterThan(last);
        last = one.rtpTimestamp;
        taken++;
      }
      expect(inserted - taken - order.dropped).toBeLessThanOrEqual(300);
      if (random() < 0.001) {
        order.reset();
        last = -Infinity;
      } else if (random() < 0.001) order.fail();
    }
    expect(taken).toBeGreaterThan(100);
    expect(order.lost).toBeGreaterThanOrEqual(0);
  });
});
