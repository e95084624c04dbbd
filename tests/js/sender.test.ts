import { describe, expect, it } from 'vitest';
import { callPage, codesOf, tick, worker } from './support/call-page.js';
import { asContext, asNode, asSender, asTrack, browser, FakeContext, FakeNode, FakeSender, FakeSource, FakeTrack, routes, settle } from './support/fake-browser.js';

const page = callPage();
const tap = () => browser.worklets.filter(({ name }) => name === 'earshot-tap').at(-1);

describe('attachSender', () => {
  it('checks its options', () => {
    const wrong = [{ bitrate: 100 }, { complexity: 11 }, { expectedLoss: 2 }, { fec: 1 }, { application: 'x' }, { channelCount: 3 }, { transform: 'x' }, { maxBandwidth: 'x' }, { redundancy: 3 }];
    for (const options of wrong as never[]) {
      expect(() => page.Earshot.attachSender(asSender(page.sender), options)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    }
    page.sender.track = new FakeTrack('video');
    expect(() => page.Earshot.attachSender(asSender(page.sender))).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    expect(browser.workers).toHaveLength(0);
  });

  it('gives the worker settings and module, and follows its state', async () => {
    const attachment = page.Earshot.attachSender(asSender(page.sender));
    await settle();
    expect(page.sender.transform!.last('start')).toMatchObject({
      settings: { application: 'voip', numChannels: 1, bitrate: 32000, complexity: 9, fec: true, expectedLoss: 0 },
    });
    expect(worker().heard[0]).toMatchObject({ type: 'module' });
    page.sender.transform!.say({ type: 'state', state: 'running' });
    await attachment.ready;
    const codes = codesOf(attachment);
    for (let i = 0; i < 2; i++) page.sender.transform!.say({ type: 'fault', code: 'wasm-fault', operation: 'encode', reason: 'trap' });
    await settle();
    expect(codes).toEqual(['wasm-fault']);
    expect(attachment.state).toBe('bypassed');
  });

  it('taps the track at 48 kHz', async () => {
    page.Earshot.attachSender(asSender(page.sender));
    await settle();
    expect(tap()!.context.sampleRate).toBe(48000);
    const source = tap()!.context.sources[0] as FakeSource;
    expect(source.stream.tracks).toEqual([page.sender.track]);
    expect(routes(source, tap()!)).toHaveLength(1);
    expect(tap()!.heard[0]!.type).toBe('connect');
    expect(page.sender.transform!.last('pcm')).toBeDefined();
  });

  it('taps an enhanced track in its own graph, at 48 kHz only', async () => {
    for (const sampleRate of [48000, 44100]) {
      const context = new FakeContext({ sampleRate });
      const enhancer = await page.Earshot.enhance(asTrack(new FakeTrack()), { audioContext: asContext(context) });
      const one = new FakeSender();
      one.track = enhancer.track as unknown as FakeTrack;
      page.Earshot.attachSender(asSender(one));
      await settle();
      expect(tap()!.context === context).toBe(sampleRate === 48000);
      expect(tap()!.context.sampleRate).toBe(48000);
    }
  });

  it('sends the native payload at once when an enhanced track is muted or stopped', async () => {
    const enhancer = await page.Earshot.enhance(asTrack(new FakeTrack()), { audioContext: asContext(new FakeContext({ sampleRate: 48000 })) });
    page.sender.track = enhancer.track as unknown as FakeTrack;
    page.Earshot.attachSender(asSender(page.sender));
    for (const muted of [true, false]) {
      enhancer.track.enabled = !muted;
      expect(enhancer.track.enabled).toBe(!muted);
      await settle();
      expect(page.sender.transform!.last('mute')).toMatchObject({ muted });
    }
    enhancer.track.stop();
    await settle();
    expect(page.sender.transform!.last('mute')).toMatchObject({ muted: true });
  });

  it('notices mute and replacement of any other track', async () => {
    page.Earshot.attachSender(asSender(page.sender));
    await settle();
    page.sender.track!.enabled = false;
    await tick();
    expect(page.sender.transform!.last('mute')).toMatchObject({ muted: true });
    const before = tap();
    await page.sender.replaceTrack(new FakeTrack());
    await tick();
    expect(before!.heard.at(-1)!.type).toBe('close');
    expect(tap()).not.toBe(before);
    expect((tap()!.context.sources.at(-1) as FakeSource).stream.tracks).toEqual([page.sender.track]);
    expect(page.sender.transform!.last('mute')).toMatchObject({ muted: false });
    await page.sender.replaceTrack(null);
    await tick();
    expect(page.sender.transform!.heard.at(-1)!.type).toBe('no-pcm');
  });

  it('sends a given source instead, whatever its rate, and never stops it', async () => {
    const track = new FakeTrack();
    const node = new FakeNode(new FakeContext({ sampleRate: 44100 }));
    const direct = new FakeNode(new FakeContext({ sampleRate: 48000 }));
    for (const source of [asTrack(track), asNode(node), asNode(direct)]) {
      const attachment = page.Earshot.attachSender(asSender(new FakeSender()), { source });
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
    const enhancer = await page.Earshot.enhance(asTrack(new FakeTrack()), { audioContext: asContext(new FakeContext({ sampleRate: 48000 })) });
    page.sender.track = enhancer.track as unknown as FakeTrack;
    const attachment = page.Earshot.attachSender(asSender(page.sender));
    await settle();
    enhancer.dispose();
    attachment.dispose();
    await settle();
    expect(tap()!.heard.at(-1)!.type).toBe('close');
  });

  it('reports a source that cannot be tapped, and goes on natively', async () => {
    browser.addModule = () => Promise.reject(new Error('blocked'));
    const attachment = page.Earshot.attachSender(asSender(page.sender));
    const codes = codesOf(attachment);
    for (let i = 0; i < 4; i++) await tick(2000);
    expect(codes).toEqual(['asset-load']);
    expect(attachment.state).toBe('bypassed');
  });

  it('tells the worker the payload types when asked', async () => {
    page.Earshot.attachSender(asSender(page.sender));
    page.sender.transform!.say({ type: 'payload-types-needed' });
    await settle();
    expect(page.sender.transform!.last('payload-types')).toEqual({ type: 'payload-types', mimeTypes: { 111: 'audio/opus' } });
  });

  it('prepares for the loss the far end reports, unless told', async () => {
    page.sender.report = [{ type: 'remote-inbound-rtp', fractionLost: 0.1, timestamp: 1 }];
    const fixed = new FakeSender();
    fixed.report = page.sender.report;
    page.Earshot.attachSender(asSender(fixed), { expectedLoss: 0.02 });
    const attachment = page.Earshot.attachSender(asSender(page.sender));
    for (let i = 0; i < 4; i++) await tick();
    expect(page.sender.transform!.last('update')).toMatchObject({ settings: { expectedLoss: 0.1 } });
    expect(fixed.transform!.last('update')).toBeUndefined();
    attachment.update({ bitrate: 20000 });
    await settle();
    expect(page.sender.transform!.last('update')).toMatchObject({ settings: { expectedLoss: 0.1, bitrate: 20000 } });
  });

  it('says so when it was attached too late to see a frame', async () => {
    page.sender.report = [{ type: 'outbound-rtp', packetsSent: 500 }];
    const flowing = new FakeSender();
    flowing.report = page.sender.report;
    const late = codesOf(page.Earshot.attachSender(asSender(page.sender)));
    const inTime = codesOf(page.Earshot.attachSender(asSender(flowing)));
    flowing.transform!.say({ type: 'flowing' });
    await settle();
    for (let i = 0; i < 12; i++) await tick();
    expect(late).toEqual(['transform-late']);
    expect(inTime).toEqual([]);
  });

  it('gives statistics, and zeros once closed', async () => {
    const attachment = page.Earshot.attachSender(asSender(page.sender));
    const stats = attachment.getStats();
    await settle();
    const { id } = page.sender.transform!.last('stats')!;
    page.sender.transform!.say({ type: 'stats', id, counters: { framesEncoded: 7 } });
    await expect(stats).resolves.toMatchObject({ framesEncoded: 7, expectedLoss: 0 });
    const open = attachment.getStats();
    attachment.dispose();
    await expect(open).resolves.toMatchObject({ framesEncoded: 0 });
    await expect(attachment.getStats()).resolves.toMatchObject({ framesEncoded: 0 });
  });
});
