/**
 * A module with threads: an instance, its shared memory, and a worker for each thread. The workers are started before the first
 * codec is made, because a codec waits for its threads without letting go of the one it runs in. That one has to be a worker in a
 * page; Node's main thread may wait as well.
 */
import type { ThreadStart } from '../protocol.js';
import { MAX_VIDEO_THREADS, VIDEO_THREADS_INITIAL_PAGES, VIDEO_THREADS_MAX_PAGES } from './abi.js';
import { instantiate, type ModuleExports } from './loader.js';

/** What `earshot-video-threads.wasm` exports besides what `earshot-video.wasm` does. */
export interface ThreadedExports extends ModuleExports {
  threads_provide(count: number): void;
  threads_running(): number;
}

/** A worker that runs `serveThread`; how to make one differs between pages and Node. */
export interface ThreadWorker {
  /** Sends the message; resolves when it is answered, rejects when the worker cannot run. */
  start(message: ThreadStart): Promise<void>;
  terminate(): void;
}

export interface ThreadedModule<Exports> {
  readonly exports: Exports & ThreadedExports;
  /** Workers: the first codec that is made in `exports` takes as many of them as it has a use for, the next one from the rest. */
  readonly threads: number;
  /** Ends the workers. Codecs that are left may not be called any more. */
  dispose(): void;
}

/**
 * Instantiates `earshot-video-threads.wasm` for codecs of up to `threads` threads, 2 … MAX_VIDEO_THREADS. An encoder of n has n
 * workers (one is for its loop filter), a decoder n - 1. Rejects when the engine gives no shared memory or no workers, and leaves
 * nothing behind then.
 */
export async function loadThreadedModule<Exports extends ModuleExports>(
  module: WebAssembly.Module,
  threads: number,
  newWorker: () => ThreadWorker,
): Promise<ThreadedModule<Exports>> {
  const memory = new WebAssembly.Memory({ initial: VIDEO_THREADS_INITIAL_PAGES, maximum: VIDEO_THREADS_MAX_PAGES, shared: true });
  const exports = instantiate<Exports & ThreadedExports>(module, memory);
  const workers: ThreadWorker[] = [];
  const dispose = () => workers.forEach((worker) => worker.terminate());
  try {
    while (workers.length < Math.min(threads, MAX_VIDEO_THREADS)) workers.push(newWorker());
    await Promise.all(workers.map((worker, index) => worker.start({ type: 'start', module, memory, index })));
  } catch (error) {
    dispose();
    throw error;
  }
  exports.threads_provide(workers.length);
  return { exports, threads: workers.length, dispose };
}
