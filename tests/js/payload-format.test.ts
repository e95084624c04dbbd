import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../js/src/worker/payload-format.js';

/** Written from the tables of ITU-T G.711 (11/88): decoded values at 14 bits (µ-law) and 13 bits (A-law). */
function muLaw(code: number) {
  const inverted = ~code & 0xff;
  const magnitude = ((2 * (inverted & 15) + 33) << ((inverted >> 4) & 7)) - 33;
  return inverted & 0x80 ? -magnitude : magnitude;
}
function aLaw(code: number) {
  const turned = code ^ 0x55;
  const [segment, step] = [(turned >> 4) & 7, turned & 15];
  const magnitude = segment === 0 ? 2 * step + 1 : (2 * step + 33) << (segment - 1);
  return turned & 0x80 ? magnitude : -magnitude;
}

describe('payload formats of G.711', () => {
  it.each([['pcmu', muLaw], ['pcma', aLaw]] as const)('%s: silence is the quietest code, as long as the packet', (name, decode) => {
    const silence = FORMATS[name].silence(new Uint8Array(160).fill(0x33))!;
    expect(silence).toHaveLength(160);
    const quietest = Math.min(...Array.from({ length: 256 }, (_, code) => Math.abs(decode(code))));
    expect([...silence].every((code) => Math.abs(decode(code)) === quietest)).toBe(true);
    expect(FORMATS[name].silence(new Uint8Array())).toBeUndefined();
  });

  it('a byte is a sample', () => {
    expect([FORMATS.pcma.samples(new Uint8Array(240)), FORMATS.pcmu.samples(new Uint8Array(80))]).toEqual([240, 80]);
    expect([FORMATS.opus, FORMATS.pcma, FORMATS.pcmu].map(({ usualSamples }) => usualSamples)).toEqual([960, 160, 160]);
  });
});
