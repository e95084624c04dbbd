import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  asContext, asNode, asReceiver, asSender, asTrack, browser, FakeContext, FakeEndpoint, FakeNode, FakeScriptTransform, FakeSender, FakeSource, FakeTrack,
  openPage, routes, settle,
} from './support/fake-browser.js';

let Earshot: Awaited<ReturnType<typeof openPage>>['Earshot'];
let sender: FakeSender;
let receiver: FakeEndpoint;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval'] });
  ({ Earshot } = await openPage());
  sender = new FakeSender();
  receiver = new FakeEndpoint();
});
afterEach(() => vi.useRealTimers());

const tick = async (ms = 250) => {
  vi.advanceTimersByTime(ms);
  await settle();
};
const worker = () => browser.workers.at(-1)!;
const ready = () => worker().onmessage!({ data: { type: 'ready' } });
const tap = () => browser.worklets.filter(({ name }) => name === 'earshot-tap').at(-1);

function codesOf(target: { addEventListener(type: 'error', listener: (event: { error: { code: string } }) => void): void }) {
  const codes: string[] = [];
  target.addEventListener('error', ({ error }) => codes.push(error.code));
  return codes;
}

describe('choice of transform', () => {
  it('takes the script transform, synchronously', () => {
    Earshot.attachSender(asSender(sender));
    Earshot.attachReceiver(asReceiver(receiver));
    expect(sender.transform!.options.side).toBe('sender');
    expect(receiver.transform!.options.side).toBe('receiver');
    expect(browser.workers).toHaveLength(1);
    expect(worker().url).toBe('https://page.example/earshot/earshot-worker.js');
  });

  it('takes encoded streams where there is no script transform, and on request', async () => {
    Earshot.attachSender(asSender(sender), { transform: 'legacy' });
    expect(sender.transform).toBeNull();
    expect(worker().heard.filter(({ type }) => type === 'attach')).toEqual([]);
    ready();
    await settle();
    const attach = worker().heard.find(({ type }) => type === 'attach')!;
    expect(attach).toMatchObject({ side: 'sender', readable: sender.streams.readable, writable: sender.streams.writable });

    ({ Earshot } = await openPage({ RTCRtpScriptTransform: undefined }));
    const other = new FakeSender();
    Earshot.attachSender(asSender(other));
    ready();
    await settle();
    expect(worker().heard.some(({ type }) => type === 'attach')).toBe(true);
  });

  it('leaves the native call and says so where there is neither', async () => {
    ({ Earshot } = await openPage({ RTCRtpScriptTransform: undefined }));
    sender.createEncodedStreams = undefined;
    const attachment = Earshot.attachSender(asSender(sender));
    const codes = codesOf(attachment);
    await settle();
    expect(codes).toEqual(['unsupported']);
    await expect(attachment.ready).rejects.toMatchObject({ code: 'unsupported' });
    await expect(attachment.getStats()).resolves.toMatchObject({ framesEncoded: 0 });
    expect(browser.workers.every(({ terminated }) => terminated)).toBe(true);
  });

  it("does not touch another's transform", async () => {
    const other = (sender.transform = {} as FakeScriptTransform);
    const codes = codesOf(Earshot.attachSender(asSender(sender)));
    await settle();
    expect(sender.transform).toBe(other);
    expect(codes).toEqual(['transform-taken']);
    expect(worker().terminated).toBe(true);
  });

  it('starts a worker of another origin through a script of this one', async () => {
    Earshot.configure({ baseUrl: 'https://cdn.example/earshot' });
    let script: Blob | undefined;
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => ((script = blob as Blob), 'blob:1'));
    Earshot.attachSender(asSender(sender));
    expect(await script!.text()).toBe('importScripts("https://cdn.example/earshot/earshot-worker.js")');
    vi.restoreAllMocks();
  });
});

describe('life of the worker', () => {
  it('outlives dispose() on a live call, which gets its native frames, and ends with the connection', async () => {
    sender.transport = { state: 'connected' };
    const attachment = Earshot.attachSender(asSender(sender));
    const { transform } = sender;
    attachment.dispose();
    await settle();
    expect(transform!.heard.at(-1)!.type).toBe('retire');
    expect(sender.transform).toBe(transform);
    await tick(10000);
    expect(worker().terminated).toBe(false);
    sender.transport.state = 'closed';
    await tick();
    expect(worker().terminated).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends at once when the connection is closed first', () => {
    sender.transport = { state: 'connected' };
    const attachment = Earshot.attachSender(asSender(sender));
    sender.transport.state = 'closed';
    attachment.dispose();
    expect(worker().terminated).toBe(true);
  });

  it('closes attachments whose connection closes', async () => {
    sender.transport = { state: 'connected' };
    const one = Earshot.attachSender(asSender(sender));
    const two = Earshot.attachReceiver(asReceiver(receiver));
    sender.transport.state = 'closed';
    await tick();
    expect([one.state, two.state]).toEqual(['closed', 'loading']);
    expect(worker().terminated).toBe(false);
    receiver.track!.readyState = 'ended';
    await tick();
    expect(two.state).toBe('closed');
    expect(worker().terminated).toBe(true);
    expect(browser.contexts.every(({ state }) => state === 'closed')).toBe(true);
  });

  it('counts a transport taken away as closed, one not there yet as to come', async () => {
    Earshot.attachSender(asSender(sender)).dispose();
    await tick();
    expect(worker().terminated).toBe(false);
    sender.transport = { state: 'connected' };
    await tick();
    sender.transport = null;
    await tick();
    expect(worker().terminated).toBe(true);
  });

  it('takes up the transform that a disposed attachment left', async () => {
    Earshot.attachSender(asSender(sender)).dispose();
    const { transform } = sender;
    const second = Earshot.attachSender(asSender(sender), { bitrate: 64000 });
    await settle();
    expect(sender.transform).toBe(transform);
    expect(transform!.last('start')).toMatchObject({ settings: { bitrate: 64000 } });
    transform!.say({ type: 'state', state: 'running' });
    await settle();
    expect(second.state).toBe('running');
  });

  it('refuses a second attachment', () => {
    Earshot.attachSender(asSender(sender));
    expect(() => Earshot.attachSender(asSender(sender))).toThrow(expect.objectContaining({ code: 'invalid-state' }));
    Earshot.attachReceiver(asReceiver(receiver));
    expect(() => Earshot.attachReceiver(asReceiver(receiver))).toThrow(expect.objectContaining({ code: 'invalid-state' }));
  });

  it('moves script transforms to a worker that passes frames when the script cannot be loaded', async () => {
    const one = Earshot.attachSender(asSender(sender));
    const two = Earshot.attachReceiver(asReceiver(receiver));
    const codes = [codesOf(one), codesOf(two)];
    const [dead] = browser.workers;
    const asked = one.getStats();
    dead!.onerror!({ message: '' });
    await settle();
    await expect(asked).resolves.toMatchObject({ framesEncoded: 0 });
    await expect(one.getStats()).resolves.toMatchObject({ framesEncoded: 0 });
    expect(codes).toEqual([['asset-load'], ['asset-load']]);
    expect(dead!.terminated).toBe(true);
    expect(worker()).not.toBe(dead);
    expect([sender.transform!.worker, receiver.transform!.worker]).toEqual([worker(), worker()]);

    // Who comes later is told as well, and its frames pass too.
    const third = new FakeSender();
    const late = codesOf(Earshot.attachSender(asSender(third)));
    await settle();
    expect(late).toEqual(['asset-load']);
    expect(third.transform!.worker).toBe(worker());
  });

  it('lets encoded streams flow when the script cannot be loaded', async () => {
    const passed: unknown[] = [];
    sender.streams.readable = new ReadableStream({ start: (controller) => controller.enqueue('frame') });
    sender.streams.writable = new WritableStream({ write: (frame) => void passed.push(frame) });
    Earshot.attachSender(asSender(sender), { transform: 'legacy' });
    worker().onerror!({ message: '' });
    await settle();
    expect(passed).toEqual(['frame']);
  });

  it('reports an encoder that cannot be loaded once, and goes on natively', async () => {
    vi.stubGlobal('fetch', async () => new Response('', { status: 404 }));
    const attachment = Earshot.attachSender(asSender(sender));
    const codes = codesOf(attachment);
    for (let i = 0; i < 4; i++) await tick(2000);
    expect(codes).toEqual(['asset-load']);
    expect(attachment.state).toBe('bypassed');
  });
});

describe('attachSender', () => {
  it('checks its options', () => {
    const wrong = [{ bitrate: 100 }, { complexity: 11 }, { expectedLoss: 2 }, { fec: 1 }, { application: 'x' }, { channelCount: 3 }, { transform: 'x' }, { maxBandwidth: 'x' }];
    for (const options of wrong as never[]) {
      expect(() => Earshot.attachSender(asSender(sender), options)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    }
    sender.track = new FakeTrack('video');
    expect(() => Earshot.attachSender(asSender(sender))).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    expect(browser.workers).toHaveLength(0);
  });

  it('gives the worker settings and module, and follows its state', async () => {
    const attachment = Earshot.attachSender(asSender(sender));
    await settle();
    expect(sender.transform!.last('start')).toMatchObject({
      settings: { application: 'voip', numChannels: 1, bitrate: 32000, complexity: 9, fec: true, expectedLoss: 0 },
    });
    expect(worker().heard[0]).toMatchObject({ type: 'module' });
    sender.transform!.say({ type: 'state', state: 'running' });
    await attachment.ready;
    const codes = codesOf(attachment);
    for (let i = 0; i < 2; i++) sender.transform!.say({ type: 'fault', code: 'wasm-fault', operation: 'encode', reason: 'trap' });
    await settle();
    expect(codes).toEqual(['wasm-fault']);
    expect(attachment.state).toBe('bypassed');
  });

  it('taps the track at 48 kHz', async () => {
    Earshot.attachSender(asSender(sender));
    await settle();
    expect(tap()!.context.sampleRate).toBe(48000);
    const source = tap()!.context.sources[0] as FakeSource;
    expect(source.stream.tracks).toEqual([sender.track]);
    expect(routes(source, tap()!)).toHaveLength(1);
    expect(tap()!.heard[0]!.type).toBe('connect');
    expect(sender.transform!.last('pcm')).toBeDefined();
  });

  it('taps an enhanced track in its own graph, at 48 kHz only', async () => {
    for (const sampleRate of [48000, 44100]) {
      const context = new FakeContext({ sampleRate });
      const enhancer = await Earshot.enhance(asTrack(new FakeTrack()), { audioContext: asContext(context) });
      const one = new FakeSender();
      one.track = enhancer.track as unknown as FakeTrack;
      Earshot.attachSender(asSender(one));
      await settle();
      expect(tap()!.context === context).toBe(sampleRate === 48000);
      expect(tap()!.context.sampleRate).toBe(48000);
    }
  });

  it('sends the native payload at once when an enhanced track is muted or stopped', async () => {
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()), { audioContext: asContext(new FakeContext({ sampleRate: 48000 })) });
    sender.track = enhancer.track as unknown as FakeTrack;
    Earshot.attachSender(asSender(sender));
    for (const muted of [true, false]) {
      enhancer.track.enabled = !muted;
      expect(enhancer.track.enabled).toBe(!muted);
      await settle();
      expect(sender.transform!.last('mute')).toMatchObject({ muted });
    }
    enhancer.track.stop();
    await settle();
    expect(sender.transform!.last('mute')).toMatchObject({ muted: true });
  });

  it('notices mute and replacement of any other track', async () => {
    Earshot.attachSender(asSender(sender));
    await settle();
    sender.track!.enabled = false;
    await tick();
    expect(sender.transform!.last('mute')).toMatchObject({ muted: true });
    const before = tap();
    await sender.replaceTrack(new FakeTrack());
    await tick();
    expect(before!.heard.at(-1)!.type).toBe('close');
    expect(tap()).not.toBe(before);
    expect((tap()!.context.sources.at(-1) as FakeSource).stream.tracks).toEqual([sender.track]);
    expect(sender.transform!.last('mute')).toMatchObject({ muted: false });
    await sender.replaceTrack(null);
    await tick();
    expect(sender.transform!.heard.at(-1)!.type).toBe('no-pcm');
  });

  it('sends a given source instead, whatever its rate, and never stops it', async () => {
    const track = new FakeTrack();
    const node = new FakeNode(new FakeContext({ sampleRate: 44100 }));
    const direct = new FakeNode(new FakeContext({ sampleRate: 48000 }));
    for (const source of [asTrack(track), asNode(node), asNode(direct)]) {
      const attachment = Earshot.attachSender(asSender(new FakeSender()), { source });
      await settle();
      expect(tap()!.context.sampleRate).toBe(48000);
      attachment.dispose();
      await settle();
      expect(tap()!.heard.at(-1)!.type).toBe('close');
    }
    expect(track.readyState).toBe('live');
    expect([node.targets.size, direct.targets.size]).toEqual([0, 0]);
  });

  it('ends the tap whatever has become of the graph it hangs on', async () => {
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()), { audioContext: asContext(new FakeContext({ sampleRate: 48000 })) });
    sender.track = enhancer.track as unknown as FakeTrack;
    const attachment = Earshot.attachSender(asSender(sender));
    await settle();
    enhancer.dispose();
    attachment.dispose();
    await settle();
    expect(tap()!.heard.at(-1)!.type).toBe('close');
  });

  it('reports a source that cannot be tapped, and goes on natively', async () => {
    browser.addModule = () => Promise.reject(new Error('blocked'));
    const attachment = Earshot.attachSender(asSender(sender));
    const codes = codesOf(attachment);
    for (let i = 0; i < 4; i++) await tick(2000);
    expect(codes).toEqual(['asset-load']);
    expect(attachment.state).toBe('bypassed');
  });

  it('tells the worker the payload types when asked', async () => {
    Earshot.attachSender(asSender(sender));
    sender.transform!.say({ type: 'payload-types-needed' });
    await settle();
    expect(sender.transform!.last('payload-types')).toEqual({ type: 'payload-types', mimeTypes: { 111: 'audio/opus' } });
  });

  it('prepares for the loss the far end reports, unless told', async () => {
    sender.report = [{ type: 'remote-inbound-rtp', fractionLost: 0.1, timestamp: 1 }];
    const fixed = new FakeSender();
    fixed.report = sender.report;
    Earshot.attachSender(asSender(fixed), { expectedLoss: 0.02 });
    const attachment = Earshot.attachSender(asSender(sender));
    for (let i = 0; i < 4; i++) await tick();
    expect(sender.transform!.last('update')).toMatchObject({ settings: { expectedLoss: 0.1 } });
    expect(fixed.transform!.last('update')).toBeUndefined();
    attachment.update({ bitrate: 20000 });
    await settle();
    expect(sender.transform!.last('update')).toMatchObject({ settings: { expectedLoss: 0.1, bitrate: 20000 } });
  });

  it('says so when it was attached too late to see a frame', async () => {
    sender.report = [{ type: 'outbound-rtp', packetsSent: 500 }];
    const flowing = new FakeSender();
    flowing.report = sender.report;
    const late = codesOf(Earshot.attachSender(asSender(sender)));
    const inTime = codesOf(Earshot.attachSender(asSender(flowing)));
    flowing.transform!.say({ type: 'flowing' });
    await settle();
    for (let i = 0; i < 12; i++) await tick();
    expect(late).toEqual(['transform-late']);
    expect(inTime).toEqual([]);
  });

  it('gives statistics, and zeros once closed', async () => {
    const attachment = Earshot.attachSender(asSender(sender));
    const stats = attachment.getStats();
    await settle();
    const { id } = sender.transform!.last('stats')!;
    sender.transform!.say({ type: 'stats', id, counters: { framesEncoded: 7 } });
    await expect(stats).resolves.toMatchObject({ framesEncoded: 7, expectedLoss: 0 });
    const open = attachment.getStats();
    attachment.dispose();
    await expect(open).resolves.toMatchObject({ framesEncoded: 0 });
    await expect(attachment.getStats()).resolves.toMatchObject({ framesEncoded: 0 });
  });
});

describe('attachReceiver', () => {
  const native = () => browser.contexts[0]!.sources[0]!;
  const playout = () => browser.worklets.find(({ name }) => name === 'earshot-playout')!;

  it("carries the browser's own sound at once and puts the jitter buffer in when loaded", async () => {
    const attachment = Earshot.attachReceiver(asReceiver(receiver));
    const output = attachment.node as unknown as FakeNode;
    expect(routes(native(), output)).toEqual([[]]);
    await settle();
    expect(routes(native(), output)).toEqual([['earshot-playout']]);
    expect(attachment.node).toBe(output);
    expect(playout().heard.map(({ type }) => type)).toContain('connect');
    expect(receiver.transform!.last('playout')).toBeDefined();
    playout().say({ type: 'state', state: 'running' });
    await attachment.ready;
    expect(attachment.state).toBe('running');
  });

  it("keeps the browser's own sound and reports once when the jitter buffer cannot be loaded", async () => {
    browser.addModule = () => Promise.reject(new Error('blocked'));
    const attachment = Earshot.attachReceiver(asReceiver(receiver));
    const codes = codesOf(attachment);
    for (let i = 0; i < 4; i++) await tick(2000);
    expect(codes).toEqual(['asset-load']);
    expect(routes(native(), attachment.node as unknown as FakeNode)).toEqual([[]]);
  });

  it('passes a fault on once', async () => {
    const attachment = Earshot.attachReceiver(asReceiver(receiver));
    const codes = codesOf(attachment);
    await settle();
    playout().say({ type: 'state', state: 'running' });
    for (let i = 0; i < 2; i++) playout().say({ type: 'fault', code: 'wasm-fault', operation: 'playout_process', reason: 'trap' });
    expect(codes).toEqual(['wasm-fault']);
    expect(attachment.state).toBe('bypassed');
  });

  it('sends changed options to both threads', async () => {
    const attachment = Earshot.attachReceiver(asReceiver(receiver), { minDelay: 40 });
    await settle();
    attachment.update({ maxDelay: 200, nativeDecoder: 'silence', simulate: { loss: 0.1 } });
    await settle();
    expect(playout().heard.at(-1)).toMatchObject({ type: 'update', settings: { minDelay: 40, maxDelay: 200 } });
    expect(receiver.transform!.last('update')).toMatchObject({ settings: { nativeDecoder: 'silence', simulate: { loss: 0.1, jitter: 0 } } });
    expect(() => attachment.update({ minDelay: 300 })).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });

  it('plays into a stream and to the loudspeaker', () => {
    const attachment = Earshot.attachReceiver(asReceiver(receiver));
    const { stream } = attachment;
    expect(attachment.stream).toBe(stream);
    const [context] = browser.contexts;
    // One silent way to the loudspeaker is always there: it makes the browser run the rest.
    const silent = routes(native(), context!.destination).length;
    attachment.connect();
    expect(routes(native(), context!.destination)).toHaveLength(silent + 1);
    expect(routes(native(), context!.destinations[0]!)).toHaveLength(1);
    attachment.dispose();
    expect(stream.getTracks().map(({ readyState }) => readyState)).toEqual(['ended']);
    expect(receiver.track!.readyState).toBe('live');
    expect(context!.state).toBe('closed');
  });
});
