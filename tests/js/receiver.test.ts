import { describe, expect, it } from 'vitest';
import { callPage, codesOf, tick } from './support/call-page.js';
import { asReceiver, browser, FakeNode, routes, settle } from './support/fake-browser.js';

const page = callPage();

describe('attachReceiver', () => {
  const native = () => browser.contexts[0]!.sources[0]!;
  const playout = () => browser.worklets.find(({ name }) => name === 'earshot-playout')!;

  it("carries the browser's own sound at once and puts the jitter buffer in when loaded", async () => {
    const attachment = page.Earshot.attachReceiver(asReceiver(page.receiver));
    const output = attachment.node as unknown as FakeNode;
    expect(routes(native(), output)).toEqual([[]]);
    await settle();
    expect(routes(native(), output)).toEqual([['earshot-playout']]);
    expect(attachment.node).toBe(output);
    expect(playout().heard.map(({ type }) => type)).toContain('connect');
    expect(page.receiver.transform!.last('playout')).toBeDefined();
    playout().say({ type: 'state', state: 'running' });
    await attachment.ready;
    expect(attachment.state).toBe('running');
  });

  it("keeps the browser's own sound and reports once when the jitter buffer cannot be loaded", async () => {
    browser.addModule = () => Promise.reject(new Error('blocked'));
    const attachment = page.Earshot.attachReceiver(asReceiver(page.receiver));
    const codes = codesOf(attachment);
    for (let i = 0; i < 4; i++) await tick(2000);
    expect(codes).toEqual(['asset-load']);
    expect(routes(native(), attachment.node as unknown as FakeNode)).toEqual([[]]);
  });

  it('passes a fault on once', async () => {
    const attachment = page.Earshot.attachReceiver(asReceiver(page.receiver));
    const codes = codesOf(attachment);
    await settle();
    playout().say({ type: 'state', state: 'running' });
    for (let i = 0; i < 2; i++) playout().say({ type: 'fault', code: 'wasm-fault', operation: 'playout_process', reason: 'trap' });
    expect(codes).toEqual(['wasm-fault']);
    expect(attachment.state).toBe('bypassed');
  });

  it('asks the processor for what is and what was, and remembers the answers while the context rests', async () => {
    const attachment = page.Earshot.attachReceiver(asReceiver(page.receiver));
    expect(await attachment.getHistory()).toEqual([]);
    await settle();
    const answer = async (type: string, values: Float64Array) => {
      await settle();
      playout().say({ type: 'stats', id: playout().heard.filter((command) => command.type === type).at(-1)!.id, values });
    };
    const [stats, history] = [attachment.getStats(), attachment.getHistory()];
    await answer('history', Float64Array.of(1, 40, 60, 0.25, 1.1, 50, 70, 0));
    await answer('stats', Float64Array.of(7));
    const moments = [
      { time: 1, currentDelay: 40, targetDelay: 60, concealed: 0.25 },
      { time: 1.1, currentDelay: 50, targetDelay: 70, concealed: 0 },
    ];
    expect([(await stats).packetsReceived, await history]).toEqual([7, moments]);
    browser.contexts[0]!.state = 'suspended';
    expect([(await attachment.getStats()).packetsReceived, await attachment.getHistory()]).toEqual([7, moments]);
    attachment.dispose();
    expect([(await attachment.getStats()).packetsReceived, await attachment.getHistory()]).toEqual([0, []]);
  });

  it('sends changed options to both threads', async () => {
    const attachment = page.Earshot.attachReceiver(asReceiver(page.receiver), { minDelay: 40 });
    await settle();
    attachment.update({ maxDelay: 200, latencyHint: 'playback', nativeDecoder: 'silence', simulate: { loss: 0.1 } });
    await settle();
    expect(playout().heard.at(-1)).toMatchObject({ type: 'update', settings: { minDelay: 40, maxDelay: 200, latencyHint: 'playback' } });
    expect(page.receiver.transform!.last('update')).toMatchObject({ settings: { nativeDecoder: 'silence', simulate: { loss: 0.1, jitter: 0 } } });
    expect(() => attachment.update({ minDelay: 300 })).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    expect(() => attachment.update({ latencyHint: 'soon' as 'playback' })).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });

  it('plays into a stream and to the loudspeaker', () => {
    const attachment = page.Earshot.attachReceiver(asReceiver(page.receiver));
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
    expect(page.receiver.track!.readyState).toBe('live');
    expect(context!.state).toBe('closed');
  });
});
