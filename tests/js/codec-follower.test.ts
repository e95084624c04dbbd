import { describe, expect, it } from 'vitest';
import { CodecFollower } from '../../js/src/worker/codec-follower.js';

/** A follower with a clock to set, and packets numbered as they come unless told otherwise. */
function follower() {
  let now = 10_000;
  let next = 65_530;
  const follower = new CodecFollower(() => now);
  return {
    after: (ms: number) => void (now += ms),
    packet: (codec: 'opus' | 'pcmu', sequenceNumber = next, synchronizationSource = 1) => {
      next = (sequenceNumber + 1) & 0xffff;
      return follower.follow(codec, { sequenceNumber, synchronizationSource });
    },
  };
}

describe('CodecFollower', () => {
  it('goes with the newest packet', () => {
    const { after, packet } = follower();
    expect([packet('opus'), packet('opus'), packet('pcmu'), packet('pcmu')]).toEqual(['opus', 'opus', 'pcmu', 'pcmu']);
    after(500);
    expect([packet('opus'), packet('opus')]).toEqual(['opus', 'opus']);
  });

  it('plays nothing while the codec keeps changing', () => {
    const { after, packet } = follower();
    packet('opus');
    after(1000);
    const heard = Array.from({ length: 100 }, (_, i) => {
      after(20);
      return packet(i % 2 ? 'opus' : 'pcmu');
    });
    expect(heard[0]).toBe('pcmu');
    expect(heard.slice(1).every((codec) => codec === null)).toBe(true);
    after(499);
    expect(packet('opus')).toBe(null);
    after(1);
    expect(packet('opus')).toBe('opus');
  });

  it('does not go back for a packet that a change has overtaken, across the wrap of its number', () => {
    const { after, packet } = follower();
    packet('opus', 65_534);
    after(1000);
    expect(packet('pcmu', 1)).toBe('pcmu');
    expect([packet('opus', 65_535), packet('opus', 0)]).toEqual([undefined, undefined]);
    expect([packet('pcmu', 3), packet('pcmu', 2), packet('pcmu', 4)]).toEqual(['pcmu', 'pcmu', 'pcmu']);
  });

  it.each([
    ['another source', 990, 2],
    ['numbers far back', 500, 1],
  ])('takes a sender that starts over with %s for newer', (_, sequenceNumber, source) => {
    const { after, packet } = follower();
    packet('opus', 1000);
    after(1000);
    expect(packet('pcmu', sequenceNumber, source)).toBe('pcmu');
  });

  it('goes without numbers', () => {
    let now = 0;
    const codecs = new CodecFollower(() => now);
    expect(codecs.follow('opus', {})).toBe('opus');
    now += 1000;
    expect(codecs.follow('pcmu', {})).toBe('pcmu');
  });
});
