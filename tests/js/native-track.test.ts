import { describe, expect, it } from 'vitest';
import { NativeTrack } from '../../js/src/video/native-track.js';
import { asTrack, FakeTrack, settle } from './support/fake-browser.js';

/** A sender whose changes take effect in their own time, one after another. */
function slowSender(first: FakeTrack | null) {
  const waiting: (() => void)[] = [];
  const sender = {
    track: first,
    asked: [] as (FakeTrack | null)[],
    broken: false,
    replaceTrack(track: FakeTrack | null) {
      sender.asked.push(track);
      return new Promise<void>((resolve, reject) =>
        waiting.push(() => {
          if (sender.broken) return reject(new DOMException('stopped', 'InvalidStateError'));
          sender.track = track;
          resolve();
        }),
      );
    },
    async finish() {
      waiting.shift()!();
      await settle();
    },
  };
  return sender;
}

const track = () => new FakeTrack('video');

describe('NativeTrack', () => {
  it('makes one change after another, of which the last counts', async () => {
    const [a, b, c, d] = [track(), track(), track(), track()];
    const sender = slowSender(a);
    const native = new NativeTrack(sender as unknown as RTCRtpSender, () => expect.unreachable());
    for (const one of [b, c, d]) native.set(asTrack(one));
    expect(sender.asked).toEqual([b]);
    await sender.finish();
    // The one in between is left out.
    expect(sender.asked).toEqual([b, d]);
    await sender.finish();
    expect(sender.track).toBe(d);
    native.set(asTrack(d));
    await settle();
    expect(sender.asked).toHaveLength(2);
    native.set(null);
    await sender.finish();
    expect(sender.track).toBeNull();
  });

  it('knows whose a track is, also while it changes', async () => {
    const [a, b, c] = [track(), track(), track()];
    const sender = slowSender(a);
    const native = new NativeTrack(sender as unknown as RTCRtpSender, () => expect.unreachable());
    expect(native.isOurs(asTrack(a))).toBe(false);
    native.set(asTrack(b));
    expect(native.isOurs(asTrack(a))).toBe(true);
    await sender.finish();
    expect(native.isOurs(asTrack(b))).toBe(true);
    expect(native.isOurs(asTrack(c))).toBe(false);
    expect(native.isOurs(null)).toBe(false);
  });

  it('reports a change that fails, and tries no more than it is asked to', async () => {
    const [a, b] = [track(), track()];
    const sender = slowSender(a);
    const errors: unknown[] = [];
    const native = new NativeTrack(sender as unknown as RTCRtpSender, (error) => errors.push(error));
    sender.broken = true;
    native.set(asTrack(b));
    await sender.finish();
    expect(errors).toEqual([expect.objectContaining({ name: 'InvalidStateError' })]);
    expect(sender.asked).toHaveLength(1);
    sender.broken = false;
    native.set(asTrack(b));
    await sender.finish();
    expect(sender.track).toBe(b);
  });
});
