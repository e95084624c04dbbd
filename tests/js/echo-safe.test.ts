import { beforeEach, describe, expect, it, vi } from 'vitest';
import { callPage, tick } from './support/call-page.js';
import { asContext, asReceiver, asTrack, browser, FakeContext, FakeEndpoint, FakeNode, FakeTrack, loudness, settle } from './support/fake-browser.js';
import { FakeConnection } from './support/fake-connection.js';

const page = callPage();
beforeEach(() => {
  FakeConnection.made.length = 0;
  vi.stubGlobal('RTCPeerConnection', FakeConnection);
});

type EchoSafe = 'auto' | boolean;
type Output = { node: AudioNode };

const connections = () => FakeConnection.made;
/** The last loopback: the connection that sends, and the one that plays. */
const near = () => connections().at(-2)!;
const far = () => connections().at(-1)!;
const element = () => browser.elements.at(-1)!;

/** How loud the sound is on the direct way, and on the way through the loopback. */
function ways({ node }: Output): [number, number] {
  const output = node as unknown as FakeNode;
  const { context } = output;
  return [loudness(output, context.destination), loudness(output, context.destinations.at(-1) ?? new FakeNode(context))];
}

const microphone = (echoCancellation: unknown) => new FakeTrack('audio', 1, { echoCancellation });

describe('echoSafe', () => {
  const connected = async (echoSafe?: EchoSafe) => {
    const attachment = page.Earshot.attachReceiver(asReceiver(page.receiver), { echoSafe });
    attachment.connect();
    await settle();
    return attachment;
  };

  it('plays through a loopback when that has come about, and directly until then', async () => {
    const attachment = await connected(true);
    expect(connections()).toHaveLength(2);
    expect(ways(attachment)).toEqual([1, 0]);
    await near().enter('connected');
    expect(ways(attachment)).toEqual([0, 1]);
    expect(near().sent).toEqual(browser.contexts[0]!.destinations[0]!.stream.tracks);
    expect(element()).toMatchObject({ muted: false, srcObject: { tracks: [far().received] } });
    attachment.connect();
    expect(connections()).toHaveLength(2);
  });

  it('asks for stereo, short packets and a short buffer, and passes the candidates on', async () => {
    await connected(true);
    for (const connection of [near(), far()]) {
      expect(connection.remoteDescription!.sdp).toMatch(/^a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1;maxaveragebitrate=192000\r$/m);
      expect(connection.remoteDescription!.sdp).toMatch(/\r\na=ptime:10\r\n$/);
    }
    expect(far().receiver.jitterBufferTarget).toBe(0);
    expect([far().candidates, near().candidates]).toMatchObject([[{ candidate: 'of offer' }], [{ candidate: 'of answer' }]]);
  });

  it('stays direct by default, and where that is wanted, whatever the microphone', async () => {
    const [one, other] = [await connected(), page.Earshot.attachReceiver(asReceiver(new FakeEndpoint()), { echoSafe: false })];
    other.connect();
    await page.Earshot.enhance(asTrack(microphone(true)));
    await settle();
    expect(connections()).toHaveLength(0);
    await page.Earshot.enhance(asTrack(microphone('remote-only')));
    await settle();
    expect(connections()).toHaveLength(2);
    await near().enter('connected');
    expect([ways(one)[0], ways(other)[0]]).toEqual([0, 1]);
  });

  it('follows the microphones: comes and goes with one that cancels remote sound alone', async () => {
    const attachment = await connected();
    const enhancer = await page.Earshot.enhance(asTrack(microphone('remote-only')));
    await settle();
    await near().enter('connected');
    expect(ways(attachment)).toEqual([0, 1]);
    const changed = enhancer.setInput(asTrack(microphone('all')));
    for (let i = 0; i < 100; i++) await tick(20);
    await changed;
    expect(ways(attachment)).toEqual([1, 0]);
    expect(connections().map(({ connectionState }) => connectionState)).toEqual(['closed', 'closed']);

    const other = await page.Earshot.enhance(asTrack(microphone('remote-only')));
    await settle();
    await near().enter('connected');
    expect(ways(attachment)).toEqual([0, 1]);
    other.dispose();
    expect(ways(attachment)).toEqual([1, 0]);
  });

  it.each([
    ['the connection goes', () => near().enter('disconnected')],
    ['the element is stopped', async () => void element().dispatchEvent(new Event('pause'))],
  ])('plays directly at once when %s, and through a new loopback later', async (_, lose) => {
    const attachment = await connected(true);
    await near().enter('connected');
    await lose();
    expect(ways(attachment)).toEqual([1, 0]);
    expect(element().srcObject).toBeNull();
    await tick(1000);
    expect(connections()).toHaveLength(4);
    await near().enter('connected');
    expect(ways(attachment)).toEqual([0, 1]);
  });

  it.each([
    ['there is no connection', async () => near().enter('failed')],
    ['none comes about in time', async () => tick(10_000)],
    [
      'the element may not play',
      async () => {
        browser.playRefused = true;
        await near().enter('connected');
      },
    ],
  ])('plays directly when %s, after some attempts for good', async (_, fail) => {
    const attachment = await connected(true);
    for (const delay of [1000, 5000, 25_000]) {
      await fail();
      expect(ways(attachment)).toEqual([1, 0]);
      await tick(delay);
    }
    await fail();
    await tick(100_000);
    expect(connections()).toHaveLength(8);
    expect(ways(attachment)).toEqual([1, 0]);
  });

  it('waits for a context that runs', async () => {
    const context = new FakeContext();
    context.state = 'suspended';
    const attachment = page.Earshot.attachReceiver(asReceiver(page.receiver), { echoSafe: true, audioContext: asContext(context) });
    attachment.connect();
    await settle();
    expect(connections()).toHaveLength(0);
    context.state = 'running';
    context.dispatchEvent(new Event('statechange'));
    await settle();
    expect(connections()).toHaveLength(2);
  });

  it("plays on the context's device, and on another when that changes", async () => {
    const context = Object.assign(new FakeContext(), { sinkId: 'desk' });
    const attachment = page.Earshot.attachReceiver(asReceiver(page.receiver), { echoSafe: true, audioContext: asContext(context) });
    attachment.connect();
    await settle();
    await near().enter('connected');
    expect(element().sinkId).toBe('desk');
    context.sinkId = 'headset';
    context.dispatchEvent(new Event('sinkchange'));
    await settle();
    expect(element().sinkId).toBe('headset');
    attachment.dispose();
    context.sinkId = 'desk';
    context.dispatchEvent(new Event('sinkchange'));
    await settle();
    expect(element().sinkId).toBe('headset');
  });

  it('says what it adds to the delay', async () => {
    const attachment = await connected(true);
    const report = (jitterBufferDelay: number, jitterBufferEmittedCount: number) =>
      (far().report = [{ type: 'transport' }, { type: 'inbound-rtp', jitterBufferDelay, jitterBufferEmittedCount }]);
    const latency = async () => {
      const stats = attachment.getStats();
      await settle();
      const playout = browser.worklets.find(({ name }) => name === 'earshot-playout')!;
      for (const { id } of playout.heard.filter(({ type }) => type === 'stats')) playout.say({ type: 'stats', id, values: new Float64Array() });
      return (await stats).echoSafeLatency;
    };
    expect(await latency()).toBe(0);
    await near().enter('connected');
    report(100, 1000);
    expect(await latency()).toBeCloseTo(0.1165);
    report(130, 2000);
    expect(await latency()).toBeCloseTo(0.0465);
    expect(await latency()).toBeCloseTo(0.0465);
  });

  it('leaves nothing behind, opened or opening', async () => {
    const attachment = await connected(true);
    await near().enter('connected');
    const opening = page.Earshot.attachReceiver(asReceiver(new FakeEndpoint()), { echoSafe: true });
    opening.connect();
    await settle();
    for (const one of [attachment, opening]) one.dispose();
    await near().enter('connected');
    await tick(100_000);
    expect(connections().map(({ connectionState }) => connectionState)).toEqual(['closed', 'closed', 'connected', 'closed']);
    expect(browser.elements.map(({ srcObject }) => srcObject)).toEqual(browser.elements.map(() => null));
    expect(browser.contexts[0]!.destinations.flatMap(({ stream }) => stream.tracks.map(({ readyState }) => readyState))).toEqual(['ended', 'ended']);
    expect(ways(attachment)).toEqual([0, 0]);
    for (const one of [attachment, opening]) await expect(one.getStats()).resolves.toMatchObject({ echoSafeLatency: 0 });
  });

  it.each([
    ['a new attempt', true, () => near().enter('failed')],
    ['a microphone that needs it', 'auto', () => page.Earshot.enhance(asTrack(microphone('remote-only')))],
  ] as const)('is not opened after the end by %s', async (_, echoSafe, event) => {
    page.Earshot.createMixer(); // keeps the context running
    const attachment = await connected(echoSafe);
    if (echoSafe === true) await event();
    const { length } = connections();
    attachment.dispose();
    if (echoSafe === 'auto') await event();
    await tick(100_000);
    expect(connections()).toHaveLength(length);
  });

  it('leaves other destinations alone', async () => {
    const attachment = page.Earshot.attachReceiver(asReceiver(page.receiver), { echoSafe: true });
    const own = new FakeNode(browser.contexts[0]!);
    attachment.connect(own as unknown as AudioNode);
    await settle();
    expect(connections()).toHaveLength(0);
    expect(loudness(attachment.node as unknown as FakeNode, own)).toBe(1);
  });

  it('holds for a mix, and its inputs say so', async () => {
    const mixer = page.Earshot.createMixer({ echoSafe: true });
    const input = mixer.add(asReceiver(page.receiver));
    mixer.connect();
    await near().enter('connected');
    expect(ways(mixer)).toEqual([0, 1]);
    expect((await lostStats(input)).echoSafeLatency).toBeCloseTo(0.0165);
    mixer.dispose();
    expect(near().connectionState).toBe('closed');
  });

  it('refuses anything else', () => {
    const echoSafe = 'yes' as 'auto';
    expect(() => page.Earshot.attachReceiver(asReceiver(page.receiver), { echoSafe })).toThrow(expect.objectContaining({ code: 'invalid-argument', module: 'receiver' }));
    expect(() => page.Earshot.createMixer({ echoSafe })).toThrow(expect.objectContaining({ code: 'invalid-argument', module: 'mixer' }));
  });

  /** Of an input whose processor has been given up, so that nobody has to answer for it. */
  const lostStats = (input: { getStats(): Promise<{ echoSafeLatency: number }> }) => {
    browser.worklets.find(({ name }) => name === 'earshot-mixer')?.dispatchEvent(new Event('processorerror'));
    return input.getStats();
  };
});

describe("the library's own context for playing", () => {
  const rates = () => browser.contexts.filter(({ state }) => state !== 'closed').map(({ sampleRate }) => sampleRate);

  it("is at the device's rate, and one for all", async () => {
    page.Earshot.attachReceiver(asReceiver(page.receiver));
    page.Earshot.createMixer();
    await page.Earshot.level(asTrack(new FakeTrack()));
    expect(browser.contexts.map(({ sampleRate }) => sampleRate)).toEqual([44100]);
    await page.Earshot.enhance(asTrack(new FakeTrack()));
    expect(rates()).toEqual([44100, 48000]);
  });

  it.each([
    ['plays', () => void page.Earshot.createMixer()],
    ['captures', () => page.Earshot.enhance(asTrack(new FakeTrack()))],
  ])('is the one for microphones when the device has 48 kHz, be it that the page first %s', async (_, first) => {
    browser.deviceRate = 48000;
    await first();
    const enhancer = await page.Earshot.enhance(asTrack(new FakeTrack()));
    const attachment = page.Earshot.attachReceiver(asReceiver(page.receiver));
    page.Earshot.createMixer();
    expect(attachment.node.context).toBe(enhancer.context);
    expect(rates()).toEqual([48000]);
  });

  it('is at 48 kHz when the device, a headset, has less', () => {
    browser.deviceRate = 16000;
    const mixer = page.Earshot.createMixer();
    expect(rates()).toEqual([48000]);
    mixer.dispose();
    expect(rates()).toEqual([]);
  });
});
