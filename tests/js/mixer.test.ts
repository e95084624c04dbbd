import { describe, expect, it } from 'vitest';
import { callPage, codesOf, tick } from './support/call-page.js';
import { asContext, asReceiver, browser, FakeEndpoint, FakeNode, routes, settle } from './support/fake-browser.js';

const page = callPage();

describe('createMixer', () => {
  const processor = () => browser.worklets.find(({ name }) => name === 'earshot-mixer')!;
  const native = (i: number) => browser.contexts[0]!.sources[i]!;
  const endpoint = () => asReceiver(new FakeEndpoint());
  const commands = (type: string) => processor().heard.filter((command) => command.type === type);

  it('carries the native sounds at once and puts one processor in when loaded, for those before and those after', async () => {
    const mixer = page.Earshot.createMixer();
    const output = mixer.node as unknown as FakeNode;
    const first = mixer.add(endpoint(), { gain: 0.5, pan: -1 });
    expect(routes(native(0), output)).toEqual([[]]);
    await mixer.ready;
    const second = mixer.add(endpoint());
    await settle();
    for (const i of [0, 1]) expect(routes(native(i), output)).toEqual([['earshot-mixer']]);
    expect(browser.worklets).toHaveLength(1);
    expect(commands('add').map(({ input, place }) => [input, place])).toEqual([[0, { gain: 0.5, pan: -1 }], [1, { gain: 1, pan: 0 }]]);
    processor().say({ type: 'stream', input: 1, report: { type: 'state', state: 'running' } });
    expect([first.state, second.state]).toEqual(['loading', 'running']);
    expect(mixer.inputs).toEqual([first, second]);
  });

  it('gives the packets of every receiver to the processor, and silences its native decoder', async () => {
    const mixer = page.Earshot.createMixer();
    mixer.add(asReceiver(page.receiver), { minDelay: 40 });
    await settle();
    expect(commands('add')[0]).toMatchObject({ settings: { minDelay: 40 }, numChannels: 1, port: expect.anything() });
    expect(page.receiver.transform!.last('playout')).toBeDefined();
    expect(page.receiver.transform!.last('start')).toMatchObject({ settings: { nativeDecoder: 'silence' } });
  });

  it('moves an input, and says what it was told', async () => {
    const mixer = page.Earshot.createMixer();
    const input = mixer.add(endpoint());
    await settle();
    input.gain = 0.1;
    input.pan = 0.3;
    expect([input.gain, input.pan]).toEqual([0.1, 0.3]);
    expect(commands('place').at(-1)).toMatchObject({ input: 0, place: { gain: 0.1, pan: 0.3 } });
    for (const wrong of [() => (input.gain = -1), () => (input.pan = 1.1), () => (input.gain = NaN), () => mixer.add(endpoint(), { pan: 2 })]) {
      expect(wrong).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    }
    expect([input.gain, input.pan]).toEqual([0.1, 0.3]);
    expect(mixer.inputs).toEqual([input]);
  });

  it('uses an input again only when it has faded out', async () => {
    const mixer = page.Earshot.createMixer({ maxInputs: 2 });
    const [first] = [mixer.add(endpoint()), mixer.add(endpoint())];
    await settle();
    first!.dispose();
    expect(mixer.inputs).toHaveLength(1);
    expect(commands('remove')).toEqual([{ type: 'remove', input: 0 }]);
    expect(() => mixer.add(endpoint())).toThrow(expect.objectContaining({ code: 'invalid-state', module: 'mixer' }));
    processor().say({ type: 'removed', input: 0 });
    mixer.add(endpoint());
    expect(commands('add').map(({ input }) => input)).toEqual([0, 1, 0]);
  });

  it('a fault in one input leaves the others alone', async () => {
    const mixer = page.Earshot.createMixer();
    const inputs = [mixer.add(endpoint()), mixer.add(endpoint())];
    await settle();
    for (const input of [0, 1]) processor().say({ type: 'stream', input, report: { type: 'state', state: 'running' } });
    const codes = inputs.map(codesOf);
    processor().say({ type: 'stream', input: 0, report: { type: 'fault', code: 'wasm-fault', operation: 'x', reason: 'trap' } });
    expect(codes).toEqual([['wasm-fault'], []]);
    expect([...inputs, mixer].map(({ state }) => state)).toEqual(['bypassed', 'running', 'running']);
  });

  it('plays the native sounds when the processor cannot be loaded or is given up', async () => {
    const loads = browser.addModule;
    browser.addModule = () => Promise.reject(new Error('blocked'));
    const lost = page.Earshot.createMixer();
    const early = lost.add(endpoint());
    const codes = [lost, early].map(codesOf);
    for (let i = 0; i < 4; i++) await tick(2000);
    const late = lost.add(endpoint());
    expect(codes).toEqual([['asset-load'], ['asset-load']]);
    expect(late.state).toBe('bypassed');
    for (const i of [0, 1]) expect(routes(native(i), lost.node as unknown as FakeNode)).toEqual([[]]);
    lost.dispose();

    browser.addModule = loads;
    const mixer = page.Earshot.createMixer();
    const input = mixer.add(endpoint());
    await settle();
    const [source] = browser.contexts.at(-1)!.sources.slice(-1);
    processor().dispatchEvent(new Event('processorerror'));
    expect([mixer.state, input.state]).toEqual(['bypassed', 'bypassed']);
    expect(routes(source!, mixer.node as unknown as FakeNode)).toEqual([[]]);
    await expect(input.getStats()).resolves.toMatchObject({ packetsReceived: 0 });
  });

  it('answers for one input, and plays into a stream and to the loudspeaker', async () => {
    const mixer = page.Earshot.createMixer();
    const input = mixer.add(endpoint());
    await settle();
    const history = input.getHistory();
    await settle();
    processor().say({ type: 'stats', id: commands('history')[0]!.id, values: Float64Array.of(1, 40, 60, 0.25) });
    expect(await history).toEqual([{ time: 1, currentDelay: 40, targetDelay: 60, concealed: 0.25 }]);
    const stats = input.getStats();
    await settle();
    processor().say({ type: 'stats', id: commands('stats')[0]!.id, values: Float64Array.of(7) });
    expect((await stats).packetsReceived).toBe(7);
    const [context] = browser.contexts;
    const silent = routes(native(0), context!.destination).length;
    mixer.connect();
    expect(routes(native(0), context!.destination)).toHaveLength(silent + 1);
    expect(mixer.stream.getTracks()).toHaveLength(1);
  });

  it('takes everything down, and lends no context for longer', async () => {
    const mixer = page.Earshot.createMixer();
    const input = mixer.add(asReceiver(page.receiver));
    const { stream } = mixer;
    await settle();
    mixer.dispose();
    expect([mixer.state, input.state]).toEqual(['closed', 'closed']);
    expect(mixer.inputs).toEqual([]);
    expect(commands('close')).toHaveLength(1);
    expect(stream.getTracks().map(({ readyState }) => readyState)).toEqual(['ended']);
    expect(browser.contexts[0]!.state).toBe('closed');
    expect(() => mixer.add(endpoint())).toThrow(expect.objectContaining({ code: 'invalid-state' }));

    const context = new (globalThis.AudioContext as unknown as typeof import('./support/fake-browser.js').FakeContext)();
    page.Earshot.createMixer({ audioContext: asContext(context) }).dispose();
    expect(context.state).toBe('running');
  });

  it('refuses a number of inputs it cannot have', () => {
    for (const maxInputs of [0, 65, NaN]) {
      expect(() => page.Earshot.createMixer({ maxInputs })).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    }
  });
});
