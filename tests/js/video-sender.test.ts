import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CARRIER_SIDE } from '../../js/src/video-call-protocol.js';
import { fakeBreakoutBox, fakeDocument, FakeGenerator, FakeProcessor, type FakeDocument } from './support/breakout-box.js';
import { callPage, codesOf, tick, worker } from './support/call-page.js';
import { asSender, browser, FakeTrack, settle } from './support/fake-browser.js';

const page = callPage();
let document: FakeDocument;
let camera: FakeTrack;

beforeEach(() => {
  document = fakeDocument();
  camera = new FakeTrack('video');
  page.sender.track = camera;
});

const attach = (options = {}) => page.Earshot.attachVideoSender(asSender(page.sender), options);
const transform = () => page.sender.transform!;
/** What the worker was told, but for questions asked in passing. */
const types = () => transform().heard.map(({ type }) => type).filter((type) => type !== 'stats');
async function say(message: unknown) {
  transform().say(message);
  await settle();
}
const wantCarrier = () => say({ type: 'track', wanted: 'carrier' });
const wantSource = () => say({ type: 'track', wanted: 'source' });

describe('attachVideoSender', () => {
  it('checks its options, names the wrong one, and leaves the sender alone', () => {
    const wrong = {
      maxBitrate: 20_000,
      minBitrate: 3_000_000,
      maxFrameRate: 61,
      degradationPreference: 'x',
      contentHint: 'film',
      speed: 0,
      scalabilityMode: 'L2T1',
      bypass: 1,
      transform: 'x',
    };
    for (const [name, value] of Object.entries(wrong)) {
      expect(() => attach({ [name]: value })).toThrow(expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(name) }));
    }
    for (const value of [NaN, '1000000', Infinity, null]) expect(() => attach({ maxBitrate: value })).toThrow(/maxBitrate/);
    page.sender.track = new FakeTrack('audio');
    expect(() => attach()).toThrow(/a sender of audio/);
    expect(page.sender.transform).toBeNull();
    expect(browser.workers).toHaveLength(0);
  });

  it('checks what is changed, keeps the rest, and takes undefined for no change', async () => {
    fakeBreakoutBox();
    const attachment = attach({ maxBitrate: 500_000, scalabilityMode: 'L1T3' });
    expect(() => attachment.update({ minBitrate: 600_000 })).toThrow(/at most maxBitrate/);
    attachment.update({ scalabilityMode: undefined, contentHint: 'text' } as never);
    await settle();
    expect(transform().last('update')).toMatchObject({ settings: { scalabilityMode: 'L1T3', screenContent: true, bypass: false } });
  });

  it('gives a worker of its own settings and module', async () => {
    fakeBreakoutBox();
    Object.assign(camera, { contentHint: 'detail' });
    attach();
    await settle();
    expect(transform().heard[0]).toEqual({ type: 'start', settings: { scalabilityMode: 'L1T1', screenContent: true, bypass: false } });
    expect(worker().url).toMatch(/video-worker/);
    expect(worker().heard[0]).toMatchObject({ type: 'module', name: 'video' });
    expect(() => attach()).toThrow(expect.objectContaining({ code: 'invalid-state' }));
  });

  it('puts the carrier in place of the track when the worker wants it, and gives the track back', async () => {
    fakeBreakoutBox();
    const attachment = attach();
    await wantCarrier();
    const carrier = FakeGenerator.made[0]!;
    expect(page.sender.track).toBe(carrier);
    expect(attachment.source).toBe(camera);
    expect(transform().last('carrier')!.writable).toBeInstanceOf(WritableStream);
    expect(transform().last('pictures')!.readable).toBeInstanceOf(ReadableStream);
    expect(FakeProcessor.made.map(({ init }) => init.track)).toEqual([camera]);
    await say({ type: 'state', state: 'running' });
    await attachment.ready;
    await wantSource();
    expect(page.sender.track).toBe(camera);
    expect(carrier.readyState).toBe('ended');
    expect(camera.readyState).toBe('live');
    expect(types().at(-1)).toBe('no-pictures');
    await wantCarrier();
    expect(page.sender.track).toBe(FakeGenerator.made[1]);
  });

  it("makes the page's new track the source, and none of none", async () => {
    fakeBreakoutBox();
    const attachment = attach();
    await wantCarrier();
    const carrier = page.sender.track;
    const screen = new FakeTrack('video');
    await page.sender.replaceTrack(screen);
    await tick();
    expect(attachment.source).toBe(screen);
    expect(page.sender.track).toBe(carrier);
    expect(FakeProcessor.made.at(-1)!.init.track).toBe(screen);
    await page.sender.replaceTrack(null);
    await tick();
    expect(attachment.source).toBeNull();
    expect(page.sender.track).toBeNull();
    expect(types().at(-1)).toBe('no-pictures');
    // Nothing to send, whatever the worker wants meanwhile.
    await wantSource();
    await wantCarrier();
    expect(page.sender.track).toBeNull();
    await page.sender.replaceTrack(camera);
    await tick();
    expect(attachment.source).toBe(camera);
    expect(page.sender.track).toBe(FakeGenerator.made.at(-1));
    expect(types().at(-1)).toBe('pictures');
  });

  it('follows the track of the sender while the browser encodes it', async () => {
    fakeBreakoutBox();
    const attachment = attach();
    const screen = new FakeTrack('video');
    await page.sender.replaceTrack(screen);
    await tick();
    expect(attachment.source).toBe(screen);
    await wantCarrier();
    expect(FakeProcessor.made.map(({ init }) => init.track)).toEqual([screen]);
  });

  it('gives the track back when disposed, also one that was set a moment ago', async () => {
    fakeBreakoutBox();
    const attachment = attach();
    await wantCarrier();
    attachment.dispose();
    await settle();
    expect(page.sender.track).toBe(camera);
    expect(types().slice(-2)).toEqual(['no-pictures', 'retire']);
    expect(await attachment.getStats()).toMatchObject({ framesSent: 0 });
    const again = attach();
    await wantCarrier();
    const screen = new FakeTrack('video');
    await page.sender.replaceTrack(screen);
    again.dispose();
    await settle();
    expect(page.sender.track).toBe(screen);
    expect(screen.readyState).toBe('live');
  });

  it('leaves the track where the worker cannot be loaded', async () => {
    fakeBreakoutBox();
    const attachment = attach();
    const codes = codesOf(attachment);
    worker().onerror!({ message: 'blocked' });
    await settle();
    expect(codes).toEqual(['asset-load']);
    expect(attachment.state).toBe('bypassed');
    expect(page.sender.track).toBe(camera);
    expect(await attachment.getStats()).toMatchObject({ framesSent: 0 });
  });

  it('leaves the track where the module cannot be loaded, or there is no transform', async () => {
    fakeBreakoutBox();
    vi.stubGlobal('fetch', async () => new Response('not here', { status: 404 }));
    const codes = codesOf(attach());
    // It is tried more than once.
    for (let i = 0; i < 10; i++) await tick(1000);
    expect(codes).toEqual(['asset-load']);
    expect(page.sender.track).toBe(camera);
    vi.stubGlobal('RTCRtpScriptTransform', undefined);
    page.sender.transform = null;
    const other = Object.assign(Object.create(page.sender), { createEncodedStreams: undefined });
    const unsupported = codesOf(page.Earshot.attachVideoSender(other as RTCRtpSender));
    await settle();
    expect(unsupported).toEqual(['unsupported']);
  });

  it('gives up when the browser refuses the carrier', async () => {
    fakeBreakoutBox();
    page.sender.replaceTrack = async () => {
      throw new DOMException('renegotiation is needed', 'InvalidModificationError');
    };
    const codes = codesOf(attach());
    await wantCarrier();
    expect(codes).toHaveLength(1);
    expect(page.sender.track).toBe(camera);
    expect(types().at(-1)).toBe('no-pictures');
  });

  it('reports a fault once', async () => {
    fakeBreakoutBox();
    const attachment = attach();
    const codes = codesOf(attachment);
    for (let i = 0; i < 2; i++) await say({ type: 'fault', code: 'wasm-fault', operation: 'encode', reason: 'trap' });
    expect(codes).toEqual(['wasm-fault']);
    expect(attachment.state).toBe('bypassed');
  });

  it('answers with the statistics of the worker', async () => {
    fakeBreakoutBox();
    const attachment = attach();
    const stats = attachment.getStats();
    await settle();
    await say({ type: 'stats', id: transform().last('stats')!.id, counters: { framesSent: 3 } });
    expect(await stats).toMatchObject({ framesSent: 3 });
    attachment.requestKeyFrame();
    await settle();
    expect(types().at(-1)).toBe('key-frame');
  });

  describe('without streams of pictures', () => {
    beforeEach(() => {
      vi.stubGlobal('VideoFrame', class {
        constructor() {
          // What the port can hand over.
          return new ArrayBuffer(8);
        }
      });
    });

    it('draws the carrier on a canvas, each picture different from the one before', async () => {
      attach();
      await wantCarrier();
      const [canvas] = document.canvases;
      expect(page.sender.track).toBe(canvas!.track);
      expect([canvas!.width, canvas!.height]).toEqual([CARRIER_SIDE, CARRIER_SIDE]);
      for (let i = 0; i < 3; i++) await say({ type: 'carry' });
      expect(canvas!.requested).toBe(3);
      expect(canvas!.drawn[0]).not.toBe(canvas!.drawn[1]);
      expect(canvas!.drawn[1]).not.toBe(canvas!.drawn[2]);
    });

    it('takes the pictures of an element, one after the worker has taken the last', async () => {
      attach();
      await wantCarrier();
      const [video] = document.videos;
      const count = () => types().filter((type) => type === 'picture').length;
      for (let i = 0; i < 3; i++) video!.show();
      await settle();
      expect(count()).toBe(1);
      // The newest that was shown meanwhile.
      await say({ type: 'picture-taken' });
      expect(count()).toBe(2);
      await say({ type: 'picture-taken' });
      expect(count()).toBe(2);
      video!.show();
      await settle();
      expect(count()).toBe(3);
      await wantSource();
      expect(video!.srcObject).toBeNull();
      video!.show();
      await settle();
      expect(count()).toBe(3);
    });

    it('sends what the browser encodes while the page is hidden, since elements stand still then', async () => {
      const attachment = attach();
      document.hide(true);
      await settle();
      expect(transform().last('update')).toMatchObject({ settings: { bypass: true } });
      document.hide(false);
      await settle();
      expect(transform().last('update')).toMatchObject({ settings: { bypass: false } });
      attachment.dispose();
      await settle();
      const before = types().length;
      document.hide(true);
      await settle();
      expect(types()).toHaveLength(before);
    });
  });
});
