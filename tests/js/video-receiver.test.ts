import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeBreakoutBox, fakeDocument, FakeGenerator, FakeProcessor, type FakeDocument } from './support/breakout-box.js';
import { callPage, codesOf, tick, worker } from './support/call-page.js';
import { asReceiver, browser, FakeEndpoint, FakeTrack, settle } from './support/fake-browser.js';
import { asPicture, FakePicture, fakePictures } from './support/pictures.js';

const page = callPage();
let document: FakeDocument;
let native: FakeTrack;

beforeEach(() => {
  document = fakeDocument();
  fakePictures();
  native = new FakeTrack('video');
  page.receiver.track = native;
});

const attach = (options = {}) => page.Earshot.attachVideoReceiver(asReceiver(page.receiver), options);
const transform = () => page.receiver.transform!;
const types = () => transform().heard.map(({ type }) => type);
async function say(message: unknown) {
  transform().say(message);
  await settle();
}

describe('attachVideoReceiver', () => {
  it('checks its options, names the wrong one, and leaves the receiver alone', () => {
    for (const [name, value] of Object.entries({ minDelay: -1, maxDelay: 4001, bypass: 'no', transform: 'x' })) {
      expect(() => attach({ [name]: value })).toThrow(expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(name) }));
    }
    expect(() => attach({ minDelay: 2000 })).toThrow(/at most maxDelay, which is 1000/);
    page.receiver.track = new FakeTrack('audio');
    expect(() => attach()).toThrow(/a receiver of audio/);
    expect(page.receiver.transform).toBeNull();
    expect(browser.workers).toHaveLength(0);
  });

  it('gives a worker of its own settings and module, and follows what is changed', async () => {
    fakeBreakoutBox();
    const attachment = attach({ minDelay: 50 });
    await settle();
    expect(transform().heard[0]).toEqual({ type: 'start', settings: { minDelay: 50, maxDelay: 1000, bypass: false } });
    expect(worker().heard[0]).toMatchObject({ type: 'module', name: 'video' });
    attachment.update({ maxDelay: 500 });
    expect(() => attachment.update({ maxDelay: 40 })).toThrow(/minDelay/);
    attachment.update({ bypass: true });
    await settle();
    expect(transform().last('update')).toEqual({ type: 'update', settings: { minDelay: 50, maxDelay: 500, bypass: true } });
    expect(() => attach()).toThrow(expect.objectContaining({ code: 'invalid-state' }));
  });

  it('hands its track to the worker when frames flow, and the native pictures whenever ours are not shown', async () => {
    fakeBreakoutBox();
    const attachment = attach();
    await settle();
    expect(attachment.track).toBe(FakeGenerator.made[0]);
    expect(attachment.stream.getTracks()).toEqual([attachment.track]);
    expect(types()).toEqual(['start']);
    await say({ type: 'flowing' });
    expect(types()).toEqual(['start', 'sink', 'native-pictures']);
    expect(transform().last('sink')!.writable).toBeInstanceOf(WritableStream);
    expect(FakeProcessor.made.map(({ init }) => init.track)).toEqual([native]);
    await say({ type: 'state', state: 'running' });
    await attachment.ready;
    expect(types()).toHaveLength(3);
    await say({ type: 'state', state: 'bypassed' });
    expect(types().slice(3)).toEqual(['native-pictures']);
    // A second beginning changes nothing.
    await say({ type: 'flowing' });
    expect(types()).toHaveLength(4);
    expect(FakeGenerator.made).toHaveLength(1);
  });

  it('shows the native picture again after a fault, which it reports once', async () => {
    fakeBreakoutBox();
    const attachment = attach();
    const codes = codesOf(attachment);
    await say({ type: 'flowing' });
    await say({ type: 'state', state: 'running' });
    for (let i = 0; i < 2; i++) await say({ type: 'fault', code: 'wasm-fault', operation: 'decode', reason: 'trap' });
    expect(codes).toEqual(['wasm-fault']);
    expect(attachment.state).toBe('bypassed');
    expect(types().at(-1)).toBe('native-pictures');
  });

  it('shows the native picture where the worker cannot be loaded', async () => {
    fakeBreakoutBox();
    const attachment = attach();
    const codes = codesOf(attachment);
    await settle();
    worker().onerror!({ message: 'blocked' });
    await settle();
    expect(codes).toEqual(['asset-load']);
    FakeProcessor.made.at(-1)!.stream.give(new FakePicture('native'));
    await settle();
    expect(FakeGenerator.made[0]!.written.map(({ source }) => source)).toEqual(['native']);
    expect(await attachment.getStats()).toMatchObject({ framesRendered: 0 });
  });

  it('shows the native picture where there is no transform', async () => {
    fakeBreakoutBox();
    vi.stubGlobal('RTCRtpScriptTransform', undefined);
    const receiver = new FakeEndpoint();
    Object.assign(receiver, { track: native, createEncodedStreams: undefined });
    const codes = codesOf(page.Earshot.attachVideoReceiver(asReceiver(receiver)));
    await settle();
    expect(codes).toEqual(['unsupported']);
    FakeProcessor.made.at(-1)!.stream.give(new FakePicture('native'));
    await settle();
    expect(FakeGenerator.made[0]!.written.map(({ source }) => source)).toEqual(['native']);
  });

  it('reports a module that cannot be loaded', async () => {
    fakeBreakoutBox();
    vi.stubGlobal('fetch', async () => new Response('not here', { status: 404 }));
    const codes = codesOf(attach());
    for (let i = 0; i < 10; i++) await tick(1000);
    expect(codes).toEqual(['asset-load']);
  });

  it('ends its track when disposed, and makes another when attached again', async () => {
    fakeBreakoutBox();
    const attachment = attach();
    await say({ type: 'flowing' });
    const stats = attachment.getStats();
    attachment.dispose();
    await settle();
    expect(await stats).toMatchObject({ framesRendered: 0 });
    expect(attachment.track.readyState).toBe('ended');
    expect(native.readyState).toBe('live');
    expect(types().at(-1)).toBe('retire');
    const again = attach();
    await say({ type: 'flowing' });
    expect(again.track.readyState).toBe('live');
    expect(types().slice(-3)).toEqual(['start', 'sink', 'native-pictures']);
  });

  it('ends with its connection', async () => {
    fakeBreakoutBox();
    const attachment = attach();
    await settle();
    native.stop();
    await tick();
    expect(attachment.state).toBe('closed');
    expect(attachment.track.readyState).toBe('ended');
  });

  it('answers with the statistics of the worker', async () => {
    fakeBreakoutBox();
    const stats = attach().getStats();
    await settle();
    await say({ type: 'stats', id: transform().last('stats')!.id, counters: { framesRendered: 3 } });
    expect(await stats).toMatchObject({ framesRendered: 3 });
  });

  it('draws native pictures on a canvas where tracks cannot be written, until ours are shown', async () => {
    const attachment = attach();
    await say({ type: 'flowing' });
    const [canvas] = document.canvases;
    const [video] = document.videos;
    expect(attachment.track).toBe(canvas!.track);
    for (let i = 0; i < 3; i++) video!.show();
    expect(canvas!.drawn).toEqual([video, video, video]);
    expect(FakePicture.open).toBe(0);
    expect([canvas!.width, canvas!.height]).toEqual([640, 360]);
    await say({ type: 'state', state: 'running' });
    expect(video!.srcObject).toBeNull();
    video!.show();
    expect(canvas!.drawn).toHaveLength(3);
    await say({ type: 'state', state: 'bypassed' });
    document.videos[1]!.show();
    expect(canvas!.drawn).toHaveLength(4);
    attachment.dispose();
    expect(canvas!.track.readyState).toBe('ended');
    expect(document.videos[1]!.srcObject).toBeNull();
    expect(types()).not.toContain('sink');
  });
});

describe('pictureSink', () => {
  it('closes what it draws, and takes on its size', async () => {
    const { pictureSink } = await import('../../js/src/video/picture-sink.js');
    const sink = pictureSink();
    for (const [width, height] of [[320, 180], [180, 320]] as const) sink.draw(asPicture(new FakePicture(width, { codedWidth: width, codedHeight: height })));
    const [canvas] = document.canvases;
    expect(canvas!.drawn).toEqual([320, 180]);
    expect([canvas!.width, canvas!.height]).toEqual([180, 320]);
    expect(FakePicture.open).toBe(0);
  });
});
