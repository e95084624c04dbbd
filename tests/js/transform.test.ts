import { describe, expect, it, vi } from 'vitest';
import { callPage, codesOf, tick, worker } from './support/call-page.js';
import { asReceiver, asSender, browser, FakeScriptTransform, FakeSender, openPage, settle } from './support/fake-browser.js';

const page = callPage();
const ready = () => worker().onmessage!({ data: { type: 'ready' } });

describe('choice of transform', () => {
  it('takes the script transform, synchronously', () => {
    page.Earshot.attachSender(asSender(page.sender));
    page.Earshot.attachReceiver(asReceiver(page.receiver));
    expect(page.sender.transform!.options.side).toBe('sender');
    expect(page.receiver.transform!.options.side).toBe('receiver');
    expect(browser.workers).toHaveLength(1);
    expect(worker().url).toBe('https://page.example/earshot/earshot-worker.js');
  });

  it('takes encoded streams where there is no script transform, and on request', async () => {
    page.Earshot.attachSender(asSender(page.sender), { transform: 'legacy' });
    expect(page.sender.transform).toBeNull();
    expect(worker().heard.filter(({ type }) => type === 'attach')).toEqual([]);
    ready();
    await settle();
    const attach = worker().heard.find(({ type }) => type === 'attach')!;
    expect(attach).toMatchObject({ side: 'sender', readable: page.sender.streams.readable, writable: page.sender.streams.writable });

    page.Earshot = (await openPage({ RTCRtpScriptTransform: undefined })).Earshot;
    const other = new FakeSender();
    page.Earshot.attachSender(asSender(other));
    ready();
    await settle();
    expect(worker().heard.some(({ type }) => type === 'attach')).toBe(true);
  });

  it('leaves the native call and says so where there is neither', async () => {
    page.Earshot = (await openPage({ RTCRtpScriptTransform: undefined })).Earshot;
    page.sender.createEncodedStreams = undefined;
    const attachment = page.Earshot.attachSender(asSender(page.sender));
    const codes = codesOf(attachment);
    await settle();
    expect(codes).toEqual(['unsupported']);
    await expect(attachment.ready).rejects.toMatchObject({ code: 'unsupported' });
    await expect(attachment.getStats()).resolves.toMatchObject({ framesEncoded: 0 });
    expect(browser.workers.every(({ terminated }) => terminated)).toBe(true);
  });

  it("does not touch another's transform", async () => {
    const other = (page.sender.transform = {} as FakeScriptTransform);
    const codes = codesOf(page.Earshot.attachSender(asSender(page.sender)));
    await settle();
    expect(page.sender.transform).toBe(other);
    expect(codes).toEqual(['transform-taken']);
    expect(worker().terminated).toBe(true);
  });

  it('starts a worker of another origin through a script of this one', async () => {
    page.Earshot.configure({ baseUrl: 'https://cdn.example/earshot' });
    let script: Blob | undefined;
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => ((script = blob as Blob), 'blob:1'));
    page.Earshot.attachSender(asSender(page.sender));
    expect(await script!.text()).toBe('importScripts("https://cdn.example/earshot/earshot-worker.js")');
    vi.restoreAllMocks();
  });
});

describe('life of the worker', () => {
  it('outlives dispose() on a live call, which gets its native frames, and ends with the connection', async () => {
    page.sender.transport = { state: 'connected' };
    const attachment = page.Earshot.attachSender(asSender(page.sender));
    const { transform } = page.sender;
    attachment.dispose();
    await settle();
    expect(transform!.heard.at(-1)!.type).toBe('retire');
    expect(page.sender.transform).toBe(transform);
    await tick(10000);
    expect(worker().terminated).toBe(false);
    page.sender.transport.state = 'closed';
    await tick();
    expect(worker().terminated).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends at once when the connection is closed first', () => {
    page.sender.transport = { state: 'connected' };
    const attachment = page.Earshot.attachSender(asSender(page.sender));
    page.sender.transport.state = 'closed';
    attachment.dispose();
    expect(worker().terminated).toBe(true);
  });

  it('closes attachments whose connection closes', async () => {
    page.sender.transport = { state: 'connected' };
    const one = page.Earshot.attachSender(asSender(page.sender));
    const two = page.Earshot.attachReceiver(asReceiver(page.receiver));
    page.sender.transport.state = 'closed';
    await tick();
    expect([one.state, two.state]).toEqual(['closed', 'loading']);
    expect(worker().terminated).toBe(false);
    page.receiver.track!.readyState = 'ended';
    await tick();
    expect(two.state).toBe('closed');
    expect(worker().terminated).toBe(true);
    expect(browser.contexts.every(({ state }) => state === 'closed')).toBe(true);
  });

  it('counts a transport taken away as closed, one not there yet as to come', async () => {
    page.Earshot.attachSender(asSender(page.sender)).dispose();
    await tick();
    expect(worker().terminated).toBe(false);
    page.sender.transport = { state: 'connected' };
    await tick();
    page.sender.transport = null;
    await tick();
    expect(worker().terminated).toBe(true);
  });

  it('takes up the transform that a disposed attachment left', async () => {
    page.Earshot.attachSender(asSender(page.sender)).dispose();
    const { transform } = page.sender;
    const second = page.Earshot.attachSender(asSender(page.sender), { bitrate: 64000 });
    await settle();
    expect(page.sender.transform).toBe(transform);
    expect(transform!.last('start')).toMatchObject({ settings: { bitrate: 64000 } });
    transform!.say({ type: 'state', state: 'running' });
    await settle();
    expect(second.state).toBe('running');
  });

  it('refuses a second attachment', () => {
    page.Earshot.attachSender(asSender(page.sender));
    expect(() => page.Earshot.attachSender(asSender(page.sender))).toThrow(expect.objectContaining({ code: 'invalid-state' }));
    page.Earshot.attachReceiver(asReceiver(page.receiver));
    expect(() => page.Earshot.attachReceiver(asReceiver(page.receiver))).toThrow(expect.objectContaining({ code: 'invalid-state' }));
  });

  it('moves script transforms to a worker that passes frames when the script cannot be loaded', async () => {
    const one = page.Earshot.attachSender(asSender(page.sender));
    const two = page.Earshot.attachReceiver(asReceiver(page.receiver));
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
    expect([page.sender.transform!.worker, page.receiver.transform!.worker]).toEqual([worker(), worker()]);

    // Who comes later is told as well, and its frames pass too.
    const third = new FakeSender();
    const late = codesOf(page.Earshot.attachSender(asSender(third)));
    await settle();
    expect(late).toEqual(['asset-load']);
    expect(third.transform!.worker).toBe(worker());
  });

  it('lets encoded streams flow when the script cannot be loaded', async () => {
    const passed: unknown[] = [];
    page.sender.streams.readable = new ReadableStream({ start: (controller) => controller.enqueue('frame') });
    page.sender.streams.writable = new WritableStream({ write: (frame) => void passed.push(frame) });
    page.Earshot.attachSender(asSender(page.sender), { transform: 'legacy' });
    worker().onerror!({ message: '' });
    await settle();
    expect(passed).toEqual(['frame']);
  });

  it('reports an encoder that cannot be loaded once, and goes on natively', async () => {
    vi.stubGlobal('fetch', async () => new Response('', { status: 404 }));
    const attachment = page.Earshot.attachSender(asSender(page.sender));
    const codes = codesOf(attachment);
    for (let i = 0; i < 4; i++) await tick(2000);
    expect(codes).toEqual(['asset-load']);
    expect(attachment.state).toBe('bypassed');
  });
});
