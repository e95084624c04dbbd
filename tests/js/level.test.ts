import { beforeEach, describe, expect, it } from 'vitest';
import { asContext, asStream, asTrack, browser, FakeContext, FakeNode, FakeStream, FakeTrack, openPage, routes, settle } from './support/fake-browser.js';

let Earshot: Awaited<ReturnType<typeof openPage>>['Earshot'];
beforeEach(async () => ({ Earshot } = await openPage()));

describe('level', () => {
  it('levels a remote track without the noise suppressor, played muted by an element for the browsers that need one', async () => {
    const remote = new FakeTrack();
    const leveler = await Earshot.level(asTrack(remote), { targetLoudness: -20, limiter: false });
    await settle();
    const [node] = browser.worklets;
    expect(node!.options.processorOptions).toMatchObject({
      numChannels: 1,
      settings: { purpose: 'remote', noiseSuppression: 0, autoGainControl: true, gainControl: { targetLoudness: -20 }, limiter: false },
    });
    const [context] = browser.contexts;
    expect(routes(context!.sources[0]!, context!.destinations[0]!)).toEqual([['earshot-capture']]);
    expect(browser.elements).toMatchObject([{ muted: true, srcObject: { tracks: [remote] } }]);
    leveler.update({ maxGain: 10, bypass: true });
    expect(node!.heard.at(-1)).toMatchObject({ settings: { gainControl: { targetLoudness: -20, maxGain: 10 }, bypass: true, limiter: false } });
    expect(() => leveler.update({ maxGain: -1 })).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });

  it('plays where it is told, and carries the video along', async () => {
    const video = new FakeTrack('video');
    const leveler = await Earshot.level(asStream(new FakeStream([video, new FakeTrack()])));
    expect(leveler.stream.getVideoTracks()).toEqual([video]);
    const [context] = browser.contexts;
    const played = () => routes(context!.sources[0]!, context!.destination).length;
    expect(played()).toBe(0);
    leveler.connect();
    expect(played()).toBe(1);
    const own = new FakeNode(context!);
    leveler.connect(own as unknown as AudioNode);
    expect(routes(context!.sources[0]!, own)).toHaveLength(1);
  });

  it('closes with the participant, or when told, and leaves the remote track alone', async () => {
    const [gone, told] = [new FakeTrack(), new FakeTrack()];
    const one = await Earshot.level(asTrack(gone));
    const two = await Earshot.level(asTrack(told));
    gone.dispatchEvent(new Event('ended'));
    expect([one.state, two.state]).toEqual(['closed', 'loading']);
    two.dispose();
    two.dispose();
    expect(told.readyState).toBe('live');
    expect([one.track.readyState, two.track.readyState]).toEqual(['ended', 'ended']);
    expect(browser.elements.map(({ srcObject }) => srcObject)).toEqual([null, null]);
    expect(browser.contexts[0]!.state).toBe('closed');
  });

  it('refuses what holds no live audio, and options out of range', async () => {
    await expect(Earshot.level(asStream(new FakeStream()))).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(Earshot.level(asTrack(new FakeTrack()), { targetLoudness: 0 })).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(Earshot.level(asTrack(new FakeTrack()), { channelCount: 0 as 1 })).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(browser.contexts.every(({ state }) => state === 'closed')).toBe(true);
  });
});

describe('createCaptureNode', () => {
  it('takes a purpose and channels, and refuses others', async () => {
    const context = asContext(new FakeContext());
    await Earshot.createCaptureNode(context, { purpose: 'remote', channelCount: 2 });
    expect(browser.worklets[0]!.options).toMatchObject({ outputChannelCount: [2], processorOptions: { settings: { purpose: 'remote' } } });
    await expect(Earshot.createCaptureNode(context, { purpose: 'music' as 'remote' })).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(Earshot.createCaptureNode(context, { channelCount: 3 as 2 })).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});
