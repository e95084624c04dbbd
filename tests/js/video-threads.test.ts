/** The worker's side of encoding in threads; webcodecs.test.ts has the window's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { serveCodec, type Codec } from '../../js/src/video-worker/codec-port.js';
import { openVideo } from '../../js/src/video-worker/video-instance.js';
import { browser, FakeWorker, settle } from './support/fake-browser.js';

const moduleOf = (name: string) => new WebAssembly.Module(readFileSync(join(import.meta.dirname, `../../dist/earshot-${name}.wasm`)));
const plain = Promise.resolve(moduleOf('video'));
const threadUrl = 'https://page.example/earshot/earshot-thread.js';
const threaded = Promise.resolve({ module: moduleOf('video-threads'), threadUrl });
const isShared = ({ exports }: { exports: { memory: WebAssembly.Memory } }) => exports.memory.buffer instanceof SharedArrayBuffer;

/** Answers as its script would, or says that it is not there. */
class ThreadWorker extends FakeWorker {
  static missing = false;
  override postMessage(message: { type: string }) {
    super.postMessage(message);
    queueMicrotask(() => (ThreadWorker.missing ? this.onerror?.({ message: '' }) : this.onmessage?.({ data: { type: 'ready' } })));
  }
}

beforeEach(() => {
  browser.workers = [];
  ThreadWorker.missing = false;
  vi.stubGlobal('Worker', ThreadWorker);
  vi.stubGlobal('location', { origin: 'https://page.example' });
  return () => vi.unstubAllGlobals();
});

it('has a worker for each thread, on one memory, until it is disposed of', async () => {
  const instance = await openVideo(plain, threaded, 3);
  expect(isShared(instance)).toBe(true);
  expect(browser.workers.map(({ url }) => url)).toEqual([threadUrl, threadUrl, threadUrl]);
  expect(browser.workers.map(({ heard: [start] }) => start!['index'])).toEqual([0, 1, 2]);
  for (const { heard } of browser.workers) expect(heard[0]!['memory']).toBe(instance.exports.memory);
  expect(browser.workers.some(({ terminated }) => terminated)).toBe(false);
  instance.dispose();
  expect(browser.workers.every(({ terminated }) => terminated)).toBe(true);
});

it('has the module without threads, and no workers, for one thread and where threads are not to be had', async () => {
  for (const [found, threads] of [[threaded, 1], [Promise.resolve(null), 4]] as const) {
    const instance = await openVideo(plain, found, threads);
    expect(isShared(instance)).toBe(false);
    instance.dispose();
  }
  expect(browser.workers).toEqual([]);
  // Nobody is asked for threads that are not wanted.
  await openVideo(plain, new Promise<null>(() => {}), 1);
});

it('leaves no workers behind where they do not start', async () => {
  ThreadWorker.missing = true;
  expect(isShared(await openVideo(plain, threaded, 2))).toBe(false);
  expect(browser.workers.map(({ terminated }) => terminated)).toEqual([true, true]);
});

it('takes scripts of another origin through one line of its own', async () => {
  const scripts: Promise<string>[] = [];
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => (scripts.push((blob as Blob).text()), 'blob:thread'));
  const url = 'https://cdn.example/earshot-thread.js';
  (await openVideo(plain, threaded.then(({ module }) => ({ module, threadUrl: url })), 2)).dispose();
  expect(browser.workers.map((worker) => worker.url)).toEqual(['blob:thread', 'blob:thread']);
  expect(await scripts[0]).toBe(`importScripts("${url}")`);
  vi.restoreAllMocks();
});

it('disposes of a codec when its port closes, after the command that runs', async () => {
  const order: string[] = [];
  let finish!: () => void;
  const codec: Codec<{ type: 'encode' }> = {
    run: () => new Promise<void>((resolve) => (finish = resolve)).then(() => void order.push('ran')),
    drop: () => order.push('dropped'),
    dispose: () => order.push('disposed'),
  };
  const { port1, port2 } = new MessageChannel();
  serveCodec(port2, Promise.resolve(codec));
  for (const type of ['encode', 'encode', 'close']) port1.postMessage({ type });
  await settle();
  expect(order).toEqual([]);
  finish();
  await settle();
  expect(order).toEqual(['ran', 'dropped', 'disposed']);
});
