import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Enhancer } from '../../js/src/index.js';
import { asContext, asStream, asTrack, browser, FakeContext, FakeStream, FakeTrack, openPage, routes, settle } from './support/fake-browser.js';

let Earshot: Awaited<ReturnType<typeof openPage>>['Earshot'];
beforeEach(async () => ({ Earshot } = await openPage()));
afterEach(() => vi.useRealTimers());

const running = { type: 'state', state: 'running' };

/** The ways of the sound from microphone to track: the worklets on each. */
function ways() {
  const [context] = browser.contexts;
  return routes(context!.sources[0]!, context!.destinations[0]!);
}

function errors(enhancer: Enhancer) {
  const codes: string[] = [];
  enhancer.addEventListener('error', ({ error }) => codes.push(error.code));
  return codes;
}

/** Runs `action` while the engine's waits between attempts pass at once. */
async function withoutWaiting<T>(action: () => Promise<T>) {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const result = await action();
  for (let i = 0; i < 10; i++) {
    await settle();
    vi.advanceTimersByTime(2000);
  }
  return result;
}

describe('enhance', () => {
  it('gives a track at once, dry until the chain is there', async () => {
    browser.addModule = () => new Promise(() => {});
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()));
    await settle();
    expect(enhancer.state).toBe('loading');
    expect(enhancer.node).toBeNull();
    expect(ways()).toEqual([[]]);
  });

  it('puts the chain in, as the only way', async () => {
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()), { noiseSuppression: 'low' });
    await settle();
    expect(ways()).toEqual([['earshot-capture']]);
    const [node] = browser.worklets;
    expect(node!.options.processorOptions).toMatchObject({ numChannels: 1, quantumFrames: 128, settings: { noiseSuppression: 0.25 } });
    node!.say({ type: 'latency', samples: 480.5 });
    node!.say(running);
    await enhancer.ready;
    expect(enhancer.state).toBe('running');
    expect(enhancer.node!.latency).toBe(480.5 / 48000);
  });

  it('starts with settings changed while loading', async () => {
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()));
    enhancer.update({ bypass: true });
    await settle();
    expect(browser.worklets[0]!.options.processorOptions.settings).toMatchObject({ bypass: true, noiseSuppression: 0.75 });
  });

  it.each(['worklet', 'wasm'])('stays dry and reports once when the %s cannot be loaded', async (what) => {
    if (what === 'worklet') browser.addModule = () => Promise.reject(new DOMException('404', 'AbortError'));
    else vi.stubGlobal('fetch', async () => new Response('', { status: 404 }));
    const { enhancer, codes } = await withoutWaiting(async () => {
      const enhancer = await Earshot.enhance(asTrack(new FakeTrack()));
      return { enhancer, codes: errors(enhancer) };
    });
    expect(codes).toEqual(['asset-load']);
    await expect(enhancer.ready).rejects.toMatchObject({ name: 'EarshotError', code: 'asset-load' });
    expect(enhancer.state).toBe('bypassed');
    expect(ways()).toEqual([[]]);
  });

  it('tells a file that is no module from one that is missing', async () => {
    vi.stubGlobal('fetch', async () => new Response('<!doctype html>'));
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()));
    await expect(enhancer.ready).rejects.toMatchObject({ code: 'wasm-compile' });
  });

  it('tries again for the next enhancer after a failure', async () => {
    browser.addModule = () => Promise.reject(new Error('offline'));
    const first = await withoutWaiting(() => Earshot.enhance(asTrack(new FakeTrack())));
    expect(first.state).toBe('bypassed');
    browser.addModule = async () => {};
    vi.useRealTimers();
    await Earshot.enhance(asTrack(new FakeTrack()));
    await settle();
    expect(browser.worklets).toHaveLength(1);
  });

  it('survives a passing failure of the network', async () => {
    let attempts = 0;
    browser.addModule = () => (++attempts < 3 ? Promise.reject(new Error('offline')) : Promise.resolve());
    await withoutWaiting(() => Earshot.enhance(asTrack(new FakeTrack())));
    expect(attempts).toBe(3);
    expect(ways()).toEqual([['earshot-capture']]);
  });

  it('reports a fault once, whatever follows', async () => {
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()));
    const codes = errors(enhancer);
    await settle();
    const [node] = browser.worklets;
    node!.say(running);
    node!.say({ type: 'fault', code: 'wasm-fault', operation: 'capture_process', reason: 'unreachable' });
    node!.say({ type: 'fault', code: 'wasm-fault', operation: 'capture_process', reason: 'unreachable' });
    node!.dispatchEvent(new Event('processorerror'));
    expect(codes).toEqual(['wasm-fault']);
    expect(enhancer.state).toBe('bypassed');
    expect(enhancer.error?.message).toContain('unreachable');
    node!.say(running);
    expect(enhancer.state).toBe('bypassed');
  });

  it('goes round a processor the browser has given up, which is silent', async () => {
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()));
    await settle();
    const asked = enhancer.getStats();
    browser.worklets[0]!.dispatchEvent(new Event('processorerror'));
    expect(ways()).toEqual([[]]);
    expect(enhancer.state).toBe('bypassed');
    await expect(asked).resolves.toBeDefined();
    await expect(enhancer.getStats()).resolves.toBeDefined();
  });

  it('answers with the latest statistics while its context is suspended', async () => {
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()));
    await settle();
    const [node] = browser.worklets;
    const asked = enhancer.getStats();
    node!.say({ type: 'stats', id: node!.heard.find(({ type }) => type === 'stats')!.id, values: Float64Array.of(-3) });
    expect((await asked).inputPeak).toBe(-3);
    browser.contexts[0]!.state = 'suspended';
    expect((await enhancer.getStats()).inputPeak).toBe(-3);
  });

  it('loads the worklet once per context and the module once', async () => {
    const { Earshot, fetched } = await openPage();
    const [one, two] = [new FakeContext(), new FakeContext()];
    for (const context of [one, one, two]) await Earshot.enhance(asTrack(new FakeTrack()), { audioContext: asContext(context) });
    await settle();
    expect(one.audioWorklet.addModule).toHaveBeenCalledTimes(1);
    expect(two.audioWorklet.addModule).toHaveBeenCalledTimes(1);
    expect(fetched).toEqual(['https://page.example/earshot/earshot-worklet.wasm']);
    expect(browser.worklets).toHaveLength(3);
  });

  it('dispose() ends what is ours and nothing else', async () => {
    const microphone = new FakeTrack();
    const enhancer = await Earshot.enhance(asTrack(microphone));
    await settle();
    enhancer.dispose();
    enhancer.dispose();
    expect(enhancer.state).toBe('closed');
    expect(enhancer.track.readyState).toBe('ended');
    expect(microphone.readyState).toBe('live');
    expect(browser.worklets[0]!.heard.filter(({ type }) => type === 'close')).toHaveLength(1);
    expect(browser.contexts[0]!.state).toBe('closed');
    expect(ways()).toEqual([]);
    await expect(enhancer.getStats()).resolves.toMatchObject({ inputLevel: -120 });
  });

  it('dispose() while loading leaves no node behind', async () => {
    let loaded!: () => void;
    browser.addModule = () => new Promise((resolve) => (loaded = resolve));
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()));
    enhancer.dispose();
    loaded();
    await settle();
    await expect(enhancer.ready).rejects.toMatchObject({ code: 'invalid-state' });
    for (const { heard } of browser.worklets) expect(heard.at(-1)!.type).toBe('close');
  });

  it("closes its own context with the last enhancer, and never the page's", async () => {
    const one = await Earshot.enhance(asTrack(new FakeTrack()));
    const two = await Earshot.enhance(asTrack(new FakeTrack()));
    expect(browser.contexts).toHaveLength(1);
    one.dispose();
    expect(browser.contexts[0]!.state).toBe('running');
    two.dispose();
    expect(browser.contexts[0]!.state).toBe('closed');
    const own = new FakeContext();
    (await Earshot.enhance(asTrack(new FakeTrack()), { audioContext: asContext(own) })).dispose();
    expect(own.state).toBe('running');
  });

  it("keeps a stream's video", async () => {
    const video = new FakeTrack('video');
    const enhancer = await Earshot.enhance(asStream(new FakeStream([video, new FakeTrack()])));
    expect(enhancer.stream.getVideoTracks()).toEqual([video]);
    enhancer.dispose();
    expect(video.readyState).toBe('live');
  });

  it('refuses what holds no live audio, and options out of range', async () => {
    const dead = new FakeTrack();
    dead.stop();
    for (const input of [asStream(new FakeStream()), asTrack(new FakeTrack('video')), asTrack(dead), {} as MediaStream]) {
      await expect(Earshot.enhance(input)).rejects.toMatchObject({ code: 'invalid-argument' });
    }
    for (const noiseSuppression of [-0.1, 1.1, NaN, 'loud', null, {}] as never[]) {
      await expect(Earshot.enhance(asTrack(new FakeTrack()), { noiseSuppression })).rejects.toMatchObject({ code: 'invalid-argument' });
    }
    for (const autoGainControl of [1, null, { targetLoudness: -4 }, { maxGain: NaN }, { initialGain: 41 }, { maxGainChange: 0 }, { headroom: '3' }, { maxOutputNoise: -81 }] as never[]) {
      await expect(Earshot.enhance(asTrack(new FakeTrack()), { autoGainControl })).rejects.toMatchObject({ code: 'invalid-argument' });
    }
    await expect(Earshot.enhance(asTrack(new FakeTrack()), { channelCount: 3 as 2 })).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(browser.contexts.every(({ state }) => state === 'closed')).toBe(true);
  });

  it('takes parameters of gain control one by one', async () => {
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()), { autoGainControl: { targetLoudness: -20 } });
    await settle();
    const [node] = browser.worklets;
    expect(node!.options.processorOptions.settings).toMatchObject({ autoGainControl: true, gainControl: { targetLoudness: -20 } });
    enhancer.update({ autoGainControl: false });
    enhancer.update({ autoGainControl: { maxGain: 12, loudness: -99 } as object });
    const updates = node!.heard.map(({ settings }) => settings as { autoGainControl: boolean; gainControl: object });
    expect(updates.map(({ autoGainControl }) => autoGainControl)).toEqual([false, true]);
    expect(updates[1]!.gainControl).toEqual({ targetLoudness: -20, maxGain: 12 });
    expect(() => enhancer.update({ autoGainControl: { maxGain: 61 } })).toThrow(expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining('maxGain') }));
  });

  it('moves its own context to the rate of the device where the browser takes the microphone nowhere else', async () => {
    browser.refusedRates = [48000];
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()));
    expect(enhancer.context.sampleRate).toBe(browser.deviceRate);
    expect(browser.contexts[0]!.state).toBe('closed');
    enhancer.dispose();
    expect(browser.contexts.map(({ state }) => state)).toEqual(['closed', 'closed']);
    const given = new FakeContext({ sampleRate: 48000 });
    const refused = Earshot.enhance(asTrack(new FakeTrack()), { audioContext: asContext(given) });
    await expect(refused).rejects.toMatchObject({ code: 'context', message: expect.stringContaining('without a sampleRate') });
    expect(given.state).toBe('running');
  });
});
