import { beforeEach, describe, expect, it, vi } from 'vitest';
import { asTrack, browser, FakeGain, FakeParam, FakeTrack, openPage, settle, type FakeSource } from './support/fake-browser.js';

let Earshot: Awaited<ReturnType<typeof openPage>>['Earshot'];
beforeEach(async () => {
  ({ Earshot } = await openPage());
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  return () => vi.useRealTimers();
});

const pass = async (ms: number) => {
  await settle();
  for (let passed = 0; passed < ms; passed += 20) {
    vi.advanceTimersByTime(20);
    for (const context of browser.contexts) context.currentTime += audioClock / 50;
    await settle();
  }
};
/** Speed of the audio clock against the page's. */
let audioClock = 1;

/** How loud each track that was opened is in the graph now; undefined when it is not connected any more. */
function gains() {
  return browser.contexts[0]!.sources.map((source: FakeSource) => {
    const fade = [...source.targets].find((target) => target instanceof FakeGain);
    return fade?.gain.value;
  });
}

describe('setInput', () => {
  it('goes over when the new microphone gives sound, and leaves both and the track alone', async () => {
    const [one, two] = [new FakeTrack(), new FakeTrack('audio', 2)];
    const enhancer = await Earshot.enhance(asTrack(one));
    const { track } = enhancer;
    browser.sounding = false;
    const done = enhancer.setInput(asTrack(two));
    await pass(200);
    expect(gains()).toEqual([1, 0]);
    expect(enhancer.input).toBe(one);
    // It stutters, and steadies itself.
    browser.sounding = true;
    await pass(60);
    browser.sounding = false;
    await pass(20);
    browser.sounding = true;
    await pass(380);
    expect(gains()).toEqual([1, 0]);
    await pass(20);
    expect(gains()).toEqual([0, 1]);
    expect(enhancer.input).toBe(two);
    // The old one stays until the audio thread, which may lag, has faded it out.
    audioClock = 0;
    await pass(500);
    expect(gains()).toEqual([0, 1]);
    audioClock = 1;
    await pass(240);
    await done;
    expect(gains()).toEqual([undefined, 1]);
    expect([enhancer.track, track.readyState, one.readyState, two.readyState]).toEqual([track, 'live', 'live', 'live']);
    expect(browser.worklets).toHaveLength(1);
  });

  it('goes over to a silent microphone in the end', async () => {
    const one = new FakeTrack();
    const enhancer = await Earshot.enhance(asTrack(one));
    browser.sounding = false;
    const done = enhancer.setInput(asTrack(new FakeTrack()));
    await pass(1400);
    await done;
    expect(gains()).toEqual([undefined, 1]);
  });

  it('fades ahead of the audio clock, which a page sees late', async () => {
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()));
    const ramps = vi.spyOn(FakeParam.prototype, 'setValueAtTime');
    const done = enhancer.setInput(asTrack(new FakeTrack()));
    await pass(460);
    const { currentTime } = browser.contexts[0]!;
    expect(ramps).toHaveBeenCalledTimes(2);
    for (const [, start] of ramps.mock.calls) expect(start! - currentTime).toBeGreaterThan(0.1);
    ramps.mockRestore();
    await pass(400);
    await done;
  });

  it('lets the latest of several calls win, and gives up with the enhancer', async () => {
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()));
    browser.sounding = false;
    const [first, second] = [new FakeTrack(), new FakeTrack()].map((track) => enhancer.setInput(asTrack(track)));
    const overtaken = expect(first).rejects.toMatchObject({ code: 'invalid-state' });
    const disposed = expect(second).rejects.toMatchObject({ code: 'invalid-state' });
    await pass(100);
    await overtaken;
    expect(gains()).toEqual([1, undefined, 0]);
    browser.refusedRates = [48000];
    await expect(enhancer.setInput(asTrack(new FakeTrack()))).rejects.toMatchObject({ code: 'context' });
    expect(gains()).toEqual([1, undefined, 0]);
    enhancer.dispose();
    await pass(100);
    await disposed;
    expect(gains()).toEqual([undefined, undefined, undefined]);
    await expect(enhancer.setInput(asTrack(new FakeTrack()))).rejects.toMatchObject({ code: 'invalid-state' });
  });

  it('keeps the old microphone when the new one cannot be taken', async () => {
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()));
    const dead = new FakeTrack();
    dead.stop();
    await expect(enhancer.setInput(asTrack(dead))).rejects.toMatchObject({ code: 'invalid-argument' });
    browser.refusedRates = [48000];
    await expect(enhancer.setInput(asTrack(new FakeTrack()))).rejects.toMatchObject({ code: 'context' });
    expect(gains()).toEqual([1]);
  });
});

describe('a microphone in use', () => {
  it('may end: silence flows, the page is told, and another takes its place', async () => {
    const microphone = new FakeTrack();
    const enhancer = await Earshot.enhance(asTrack(microphone));
    const ended = vi.fn();
    enhancer.addEventListener('inputended', ended);
    microphone.readyState = 'ended';
    microphone.dispatchEvent(new Event('ended'));
    expect(ended).toHaveBeenCalledTimes(1);
    expect([enhancer.state, enhancer.track.readyState]).toEqual(['loading', 'live']);
    const next = new FakeTrack();
    void enhancer.setInput(asTrack(next));
    await pass(420);
    // What is not in use any more tells nothing any more.
    microphone.dispatchEvent(new Event('ended'));
    expect(ended).toHaveBeenCalledTimes(1);
    next.dispatchEvent(new Event('ended'));
    expect(ended).toHaveBeenCalledTimes(2);
  });

  it('may be muted by the system and comes back by a fade', async () => {
    const microphone = new FakeTrack();
    await Earshot.enhance(asTrack(microphone));
    microphone.dispatchEvent(new Event('mute'));
    expect(gains()).toEqual([0]);
    microphone.dispatchEvent(new Event('unmute'));
    expect(gains()).toEqual([1]);
  });

  it('takes nothing from a microphone that waits for its turn', async () => {
    const enhancer = await Earshot.enhance(asTrack(new FakeTrack()));
    const ended = vi.fn();
    enhancer.addEventListener('inputended', ended);
    browser.sounding = false;
    const next = new FakeTrack();
    void enhancer.setInput(asTrack(next)).catch(() => {});
    await settle();
    for (const type of ['unmute', 'ended']) next.dispatchEvent(new Event(type));
    expect(gains()).toEqual([1, 0]);
    expect(ended).not.toHaveBeenCalled();
    enhancer.dispose();
    await pass(20);
  });
});
