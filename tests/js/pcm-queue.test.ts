import { describe, expect, it } from 'vitest';
import { PcmQueue } from '../../js/src/worker/pcm-queue.js';
import { seededRandom } from './support/random.js';

const FRAME = 960;
const BLOCK = 256;

/** Sound at (1 + drift) × 48 kHz and carrier frames at 50 Hz, both up to `jitter` ms late, through a queue for `seconds`. */
function run(drift: number, jitter: number, seconds: number) {
  const random = seededRandom(7);
  const events: { at: number; kind: 'block' | 'frame' }[] = [];
  const late = () => random() * jitter;
  for (let at = 0; at < 1000 * seconds; at += (BLOCK / 48) / (1 + drift)) events.push({ at: at + late(), kind: 'block' });
  for (let at = 40; at < 1000 * seconds; at += 20) events.push({ at: at + late(), kind: 'frame' });
  events.sort((a, b) => a.at - b.at);

  const queue = new PcmQueue(1);
  const surplus: number[] = [];
  let missed = 0;
  let trimmedAtLastMinute = 0;
  for (const { at, kind } of events) {
    if (kind === 'block') queue.write(new Float32Array(BLOCK));
    else if (queue.take(new Float32Array(FRAME), FRAME)) {
      if (at > 1000 * (seconds - 60)) surplus.push(queue.level / 48);
      else trimmedAtLastMinute = queue.trimmed;
    } else missed++;
  }
  return { queue, missed, trimmedLately: queue.trimmed - trimmedAtLastMinute, meanSurplus: surplus.reduce((a, b) => a + b, 0) / surplus.length };
}

describe('PcmQueue', () => {
  it('starts with the newest sound', () => {
    const queue = new PcmQueue(1);
    const sound = Float32Array.from({ length: 10 * FRAME }, (_, i) => i);
    for (let i = 0; i < sound.length; i += BLOCK) queue.write(sound.subarray(i, i + BLOCK));
    const out = new Float32Array(FRAME);
    expect(queue.take(out, FRAME)).toBe(true);
    expect(queue.level).toBeLessThanOrEqual(BLOCK);
    expect(out[FRAME - 1]).toBe(sound.length - 1 - queue.level);
  });

  it('takes consecutive sound frame after frame', () => {
    const queue = new PcmQueue(1);
    let written = 0;
    let last: number | undefined;
    for (let frame = 0; frame < 500; frame++) {
      while (queue.level < FRAME) queue.write(Float32Array.from({ length: BLOCK }, () => written++));
      const out = new Float32Array(FRAME);
      queue.take(out, FRAME);
      if (last !== undefined) expect(out[0]).toBe(last + 1);
      last = out[FRAME - 1]!;
    }
    expect(queue.trimmed).toBe(0);
  });

  it('gives nothing while a frame is not complete', () => {
    const queue = new PcmQueue(1);
    queue.write(new Float32Array(FRAME - 1));
    expect(queue.take(new Float32Array(FRAME), FRAME)).toBe(false);
    expect(queue.level).toBe(FRAME - 1);
  });

  it('stays short when the sound runs fast: 300 ppm for ten minutes', () => {
    const { queue, missed, meanSurplus } = run(300e-6, 4, 600);
    expect(missed).toBe(0);
    expect(meanSurplus).toBeLessThan(20);
    // What ran ahead is what was cut out: 180 ms.
    expect(queue.trimmed / 48).toBeGreaterThan(150);
    expect(queue.trimmed / 48).toBeLessThan(210);
  });

  it('finds its length under jitter and then trims no more', () => {
    const { trimmedLately, missed, meanSurplus } = run(0, 8, 180);
    expect(trimmedLately).toBe(0);
    expect(missed).toBeLessThan(5);
    expect(meanSurplus).toBeLessThan(20);
  });
});
