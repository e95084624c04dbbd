import { describe, expect, it } from 'vitest';
import { readTrailer, TRAILER_BYTES, withTrailer, type FrameTrailer } from '../../js/src/video-worker/frame-trailer.js';
import { seededRandom } from './support/random.js';

const random = seededRandom(1);
const below = (bound: number) => Math.floor(random() * bound);
const randomBytes = (length: number) => Uint8Array.from({ length }, () => below(256));

function randomTrailer(): FrameTrailer {
  return {
    counter: below(2 ** 16),
    dependency: below(256),
    temporalLayer: below(4),
    captureTimestamp: below(2 ** 32),
    audioTimestamp: random() < 0.5 ? below(2 ** 32) : undefined,
  };
}

/** Fletcher's sums by their definition: of the bytes, and of the bytes each weighted by its distance from the end. */
function fletcher(bytes: Uint8Array): [number, number] {
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  const weighted = bytes.reduce((total, byte, i) => total + (bytes.length - i) * byte, 0);
  return [weighted % 255, sum % 255];
}

describe('trailer of a frame', () => {
  it('has the documented layout', () => {
    const frame = withTrailer(Uint8Array.of(7, 8), { counter: 0x1234, dependency: 5, temporalLayer: 2, captureTimestamp: 0x89abcdef, audioTimestamp: 0xfedcba98 });
    const fields = Uint8Array.of(0x12, 0x34, 5, 2, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98, 1, 0xea, 0x50, 0x01);
    expect([...frame]).toEqual([7, 8, ...fields, ...fletcher(fields)]);
  });

  it('gives back any values behind any frame, and leaves the frame as it is', () => {
    for (let i = 0; i < 500; i++) {
      const payload = randomBytes(1 + below(60));
      const trailer = randomTrailer();
      const sealed = withTrailer(payload, trailer);
      expect(sealed.subarray(0, payload.length)).toEqual(payload);
      expect(sealed.length - payload.length).toBe(TRAILER_BYTES);
      expect(readTrailer(sealed)).toEqual(trailer);
      // As a view into something larger.
      const within = new Uint8Array(sealed.length + 8);
      within.set(sealed, 5);
      expect(readTrailer(within.subarray(5, 5 + sealed.length))).toEqual(trailer);
    }
  });

  it('is not taken for one with any of its bits flipped', () => {
    for (let i = 0; i < 50; i++) {
      const sealed = withTrailer(randomBytes(10), randomTrailer());
      for (let bit = 8 * 10; bit < 8 * sealed.length; bit++) {
        const damaged = sealed.slice();
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        expect(readTrailer(damaged)).toBeUndefined();
      }
    }
  });

  it('is not taken for one with a byte replaced, but for 0 by 255 and back, which Fletcher does not tell apart', () => {
    const wrong: unknown[] = [];
    for (let i = 0; i < 20; i++) {
      const sealed = withTrailer(randomBytes(3), randomTrailer());
      for (let at = 3; at < 3 + 13; at++) {
        for (let value = 0; value < 256; value++) {
          const damaged = sealed.slice();
          damaged[at] = value;
          const alike = (value - sealed[at]!) % 255 === 0;
          if ((readTrailer(damaged) !== undefined) !== alike) wrong.push([sealed, at, value]);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is not seen in frames of others, however short', () => {
    for (let length = 0; length < 40; length++) {
      expect(readTrailer(new Uint8Array(length))).toBeUndefined();
      for (let i = 0; i < 500; i++) expect(readTrailer(randomBytes(length))).toBeUndefined();
    }
    // Nothing but a trailer is no frame.
    const alone = withTrailer(new Uint8Array(0), randomTrailer());
    expect(readTrailer(alone)).toBeUndefined();
    expect(readTrailer(withTrailer(new Uint8Array(1), randomTrailer()).subarray(0, -1))).toBeUndefined();
  });

  it('is found rarely enough where the signature is there by chance', () => {
    let taken = 0;
    for (let i = 0; i < 50_000; i++) {
      const frame = randomBytes(30);
      frame.set([0xea, 0x50, 0x01], 30 - 5);
      if (readTrailer(frame)) taken++;
    }
    // One in 255² is the least a sum of 16 bits can do.
    expect(taken).toBeLessThan(10);
  });
});
