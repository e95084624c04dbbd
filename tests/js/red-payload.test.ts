import { describe, expect, it } from 'vitest';
import { redPayload, redPrimary } from '../../js/src/worker/red-payload.js';

describe('redPrimary', () => {
  it('finds the primary of the example of RFC 2198 §7', () => {
    const payload = Uint8Array.of(0x87, 160 >> 6, (160 & 0x3f) << 2, 14, 5, ...Array<number>(14).fill(0xaa), ...Array<number>(84).fill(0xbb));
    expect(redPrimary(payload)).toEqual({ payloadType: 5, payload: new Uint8Array(84).fill(0xbb) });
  });

  it('refuses a payload that ends too early, wherever it ends', () => {
    const whole = redPayload({ payloadType: 111, payload: new Uint8Array() }, [{ timestampOffset: 960, payload: new Uint8Array(300) }]);
    expect(redPrimary(whole)).toEqual({ payloadType: 111, payload: new Uint8Array() });
    for (let length = 0; length < whole.length; length++) expect(redPrimary(whole.subarray(0, length))).toBeUndefined();
    expect(redPrimary(new Uint8Array(1500).fill(0xff))).toBeUndefined();
  });
});

describe('redPayload', () => {
  it('writes the example of RFC 2198 §7', () => {
    const copy = { timestampOffset: 160, payload: new Uint8Array(14).fill(0xaa) };
    const payload = redPayload({ payloadType: 5, payload: new Uint8Array(84).fill(0xbb) }, [copy]);
    // The RFC's copy is of payload type 7; ours are of the primary's.
    expect([...payload.subarray(0, 5)]).toEqual([0x85, 0x02, 0x80, 14, 5]);
    expect([...payload.subarray(5, 19)]).toEqual(Array<number>(14).fill(0xaa));
    expect([...payload.subarray(19)]).toEqual(Array<number>(84).fill(0xbb));
  });

  it('leaves out copies that are too old or too long for the format', () => {
    const primary = { payloadType: 111, payload: Uint8Array.of(1) };
    const copy = (timestampOffset: number, length: number) => ({ timestampOffset, payload: new Uint8Array(length) });
    expect(redPayload(primary, [copy(16384, 1), copy(960, 1024), copy(0, 1)])).toEqual(Uint8Array.of(111, 1));
    expect(redPayload(primary, [copy(16383, 1023)])).toHaveLength(4 + 1 + 1023 + 1);
  });
});
