/** The deep modules: loaded only when asked for, and replaced by the small ones where they cannot be had. */
import { describe, expect, it, vi } from 'vitest';
import { callPage, codesOf, tick, worker } from './support/call-page.js';
import { asReceiver, asSender, browser, settle } from './support/fake-browser.js';

const page = callPage();

/** The names of the files fetched, in order; those that match `missing` are not there. */
function watchFetch(missing = /^$/): string[] {
  const names: string[] = [];
  const fetchAll = globalThis.fetch;
  vi.stubGlobal('fetch', async (url: string) => {
    const name = url.split('/').at(-1)!;
    names.push(name);
    return missing.test(name) ? new Response('', { status: 404 }) : fetchAll(url);
  });
  return names;
}

const patiently = async () => {
  for (let i = 0; i < 4; i++) await tick(2000);
};

describe('attachReceiver with deep concealment', () => {
  it('loads the deep module instead of the small one, and only when asked to', async () => {
    const fetched = watchFetch();
    const attachment = page.Earshot.attachReceiver(asReceiver(page.receiver), { concealment: 'deep' });
    await settle();
    expect(fetched.filter((name) => name.endsWith('.wasm'))).toEqual(['earshot-playout-deep.wasm']);
    expect(attachment.concealment).toBe('deep');
    expect(browser.worklets.map(({ name }) => name)).toEqual(['earshot-playout']);
  });

  it('plays with the small module where the deep one is missing, without an error', async () => {
    const fetched = watchFetch(/deep/);
    const attachment = page.Earshot.attachReceiver(asReceiver(page.receiver), { concealment: 'deep' });
    const codes = codesOf(attachment);
    await patiently();
    expect(fetched.at(-1)).toBe('earshot-worklet.wasm');
    expect(attachment.concealment).toBe('standard');
    expect(browser.worklets.map(({ name }) => name)).toEqual(['earshot-playout']);
    expect(codes).toEqual([]);
  });

  it('does not look for a deep module without SIMD', async () => {
    page.Earshot.configure({ simd: false });
    const fetched = watchFetch();
    const attachment = page.Earshot.attachReceiver(asReceiver(page.receiver), { concealment: 'deep' });
    await settle();
    expect(fetched.filter((name) => name.endsWith('.wasm'))).toEqual(['earshot-worklet-scalar.wasm']);
    expect(attachment.concealment).toBe('standard');
  });

  it('refuses another word', () => {
    expect(() => page.Earshot.attachReceiver(asReceiver(page.receiver), { concealment: 'best' as 'deep' })).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
    expect(page.Earshot.attachReceiver(asReceiver(page.receiver)).concealment).toBe('standard');
  });
});

describe('attachSender with deep redundancy', () => {
  const supplied = () => worker().heard.filter(({ type }) => type === 'module').map(({ name, module }) => [name, module !== null]);

  it('gives the worker the deep encoder alone', async () => {
    const attachment = page.Earshot.attachSender(asSender(page.sender), { dred: 500 });
    await settle();
    expect(supplied()).toEqual([['encoder-deep', true]]);
    expect(page.sender.transform!.last('start')).toMatchObject({ settings: { dred: 500 } });
    attachment.update({ bitrate: 48000 });
    await settle();
    expect(page.sender.transform!.last('update')).toMatchObject({ settings: { dred: 500, bitrate: 48000 } });
    expect(attachment.dred).toBe(500);
  });

  it('gives the worker the small encoder where the deep one is missing, without an error', async () => {
    watchFetch(/deep/);
    const attachment = page.Earshot.attachSender(asSender(page.sender), { dred: 500 });
    const codes = codesOf(attachment);
    await patiently();
    expect(supplied()).toEqual([['audio', true], ['encoder-deep', false]]);
    expect(attachment.dred).toBe(0);
    expect(codes).toEqual([]);
  });

  it('reports once when neither can be loaded', async () => {
    watchFetch(/wasm/);
    const codes = codesOf(page.Earshot.attachSender(asSender(page.sender), { dred: 500 }));
    for (let i = 0; i < 3; i++) await patiently();
    expect(codes).toEqual(['asset-load']);
  });

  it('refuses what is out of range, and leaves it out by default', async () => {
    for (const dred of [-1, 1001, NaN]) {
      expect(() => page.Earshot.attachSender(asSender(page.sender), { dred })).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    }
    page.Earshot.attachSender(asSender(page.sender));
    await settle();
    expect(supplied()).toEqual([['audio', true]]);
  });
});
