import { beforeEach, describe, expect, it } from 'vitest';
import type { Leveler, VoiceActivityEvent } from '../../js/src/index.js';
import { asContext, asTrack, browser, FakeContext, FakeTrack, openPage, settle } from './support/fake-browser.js';

let Earshot: Awaited<ReturnType<typeof openPage>>['Earshot'];
beforeEach(async () => ({ Earshot } = await openPage()));

const says = (data: object) => browser.worklets[0]!.say(data);
const speech = (active: boolean) => says({ type: 'speech', active });
const watching = () => browser.worklets[0]!.heard.filter(({ type }) => type === 'watch-voice').map(({ on }) => on);

function heard(target: EventTarget, ...types: string[]) {
  const seen: string[] = [];
  for (const type of types) target.addEventListener(type, () => seen.push(type));
  return seen;
}

/** What all three have in common. */
type Listened = Pick<Leveler, 'addEventListener' | 'removeEventListener' | 'dispatchEvent' | 'speaking'>;

const enhancer = () => Earshot.enhance(asTrack(new FakeTrack()));
const makers: Record<string, () => Promise<Listened>> = {
  enhancer,
  leveler: () => Earshot.level(asTrack(new FakeTrack())),
  node: () => Earshot.createCaptureNode(asContext(new FakeContext())),
};

describe.each(Object.entries(makers))('speech events of the %s', (_, make) => {
  it('follow the decision of the chain, and end with it', async () => {
    const target = await make();
    await settle();
    const seen = heard(target, 'speechstart', 'speechend');
    for (const active of [true, true, false, true]) {
      speech(active);
      expect(target.speaking).toBe(active);
    }
    says({ type: 'fault', code: 'wasm-fault', operation: 'capture_process', reason: 'trap' });
    expect(target.speaking).toBe(false);
    expect(seen).toEqual(['speechstart', 'speechend', 'speechstart', 'speechend']);
  });

  it('carry the probability while somebody listens, whatever way the listener goes', async () => {
    const target = await make();
    await settle();
    const seen: [number, boolean][] = [];
    const listener = ({ probability, active }: VoiceActivityEvent) => void seen.push([probability, active]);
    target.addEventListener('voiceactivity', listener);
    target.addEventListener('voiceactivity', listener);
    says({ type: 'voice', probability: 0.7, active: true });
    target.removeEventListener('voiceactivity', listener);
    expect(seen).toEqual([[0.7, true]]);
    expect(watching()).toEqual([true, false]);

    target.addEventListener('voiceactivity', listener, { once: true });
    expect(watching().at(-1)).toBe(true);
    says({ type: 'voice', probability: 0.2, active: false });
    expect(watching().at(-1)).toBe(false);

    const abort = new AbortController();
    target.addEventListener('voiceactivity', listener, { signal: abort.signal });
    expect(watching().at(-1)).toBe(true);
    abort.abort();
    expect(watching().at(-1)).toBe(false);
    target.addEventListener('voiceactivity', listener, { signal: abort.signal });
    target.addEventListener('statechange', () => {});
    expect(watching()).toHaveLength(6);
    expect(seen).toHaveLength(2);
  });
});

it('voice activity that was asked for while loading comes when loaded', async () => {
  const target = await enhancer();
  target.addEventListener('voiceactivity', () => {});
  await settle();
  expect(watching()).toEqual([true]);
});

it('an enhancer tells of speech into a disabled track alone', async () => {
  const target = await enhancer();
  await settle();
  const seen = heard(target, 'speakingwhilemuted');
  for (const enabled of [true, false]) {
    target.track.enabled = enabled;
    speech(true);
    speech(false);
  }
  expect(seen).toEqual(['speakingwhilemuted']);
});
