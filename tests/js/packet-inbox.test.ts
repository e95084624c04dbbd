import { describe, expect, it } from 'vitest';
import { PacketInbox } from '../../js/src/worklet/packet-inbox.js';

describe('packet inbox', () => {
  const drain = (inbox: PacketInbox) => {
    const got: number[] = [];
    inbox.drain(({ rtpTimestamp }) => got.push(rtpTimestamp));
    return got;
  };
  const push = (inbox: PacketInbox, ...packets: number[]) => {
    for (const index of packets) inbox.push({ rtpTimestamp: (0xfffffc00 + 960 * index) >>> 0 } as never);
  };
  const at = (...packets: number[]) => packets.map((index) => (0xfffffc00 + 960 * index) >>> 0);

  it('lets only the newest packets of a backlog through at the start and after a stop', () => {
    let now = 0;
    const inbox = new PacketInbox(48000, () => now);
    push(inbox, ...Array(20).keys());
    expect(drain(inbox)).toEqual(at(17, 18, 19));
    now += 2000;
    push(inbox, 20, 22, 21, 23, 25, 24);
    expect(drain(inbox)).toEqual(at(23, 25, 24));
  });

  it('keeps as much of a backlog whatever the clock of the timestamps', () => {
    const inbox = new PacketInbox(8000, () => 0);
    for (const index of Array(20).keys()) inbox.push({ rtpTimestamp: 160 * index } as never);
    expect(drain(inbox)).toEqual([17, 18, 19].map((index) => 160 * index));
  });

  it('hands over everything while the context runs, in order of arrival', () => {
    let now = 0;
    const inbox = new PacketInbox(48000, () => now);
    drain(inbox);
    now += 400;
    push(inbox, 3, 1, 2, 9, 8);
    expect(drain(inbox)).toEqual(at(3, 1, 2, 9, 8));
    expect(drain(inbox)).toEqual([]);
  });

  it('is bounded', () => {
    const inbox = new PacketInbox(48000, () => 0);
    drain(inbox);
    push(inbox, ...Array(1000).keys());
    expect(drain(inbox)).toHaveLength(64);
  });
});
