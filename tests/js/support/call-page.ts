import { afterEach, beforeEach, vi } from 'vitest';
import { browser, FakeEndpoint, FakeSender, openPage, settle } from './fake-browser.js';

/** A page with one sender and one receiver, renewed before each test; time passes only by `tick`. */
export interface CallPage {
  Earshot: Awaited<ReturnType<typeof openPage>>['Earshot'];
  sender: FakeSender;
  receiver: FakeEndpoint;
}

export function callPage(): CallPage {
  const page = {} as CallPage;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    const { Earshot } = await openPage();
    Object.assign(page, { Earshot, sender: new FakeSender(), receiver: new FakeEndpoint() });
  });
  afterEach(() => vi.useRealTimers());
  return page;
}

export const tick = async (ms = 250) => {
  vi.advanceTimersByTime(ms);
  await settle();
};
export const worker = () => browser.workers.at(-1)!;

/** The codes of all errors `target` reports from now on. */
export function codesOf(target: { addEventListener(type: 'error', listener: (event: { error: { code: string } }) => void): void }) {
  const codes: string[] = [];
  target.addEventListener('error', ({ error }) => codes.push(error.code));
  return codes;
}
