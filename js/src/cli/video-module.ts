import { Worker } from 'node:worker_threads';
import type { ThreadStart } from '../protocol.js';
import { instantiate, simdSupported, type ModuleExports } from '../wasm/loader.js';
import { loadThreadedModule, type ThreadWorker } from '../wasm/threads.js';
import { loadModule } from './modules.js';

/** The video module, with threads or without. */
export interface VideoModule<Exports> {
  readonly exports: Exports;
  /** Threads that the codecs made so far have taken. */
  threadsRunning(): number;
  dispose(): void;
}

/** For codecs of up to `threads` threads; of one where no more can be had. */
export async function openVideoModule<Exports extends ModuleExports>(threads: number): Promise<VideoModule<Exports>> {
  if (threads > 1 && simdSupported()) {
    try {
      const threaded = await loadThreadedModule<Exports>(loadModule('video-threads'), threads, () => new NodeThread());
      return { ...threaded, threadsRunning: () => threaded.exports.threads_running() };
    } catch {
      // Without threads, which the report says.
    }
  }
  return { exports: instantiate<Exports>(loadModule('video')), threadsRunning: () => 0, dispose: () => {} };
}

class NodeThread implements ThreadWorker {
  readonly #worker = new Worker(new URL('./cli-thread.mjs', import.meta.url));

  start(message: ThreadStart): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#worker.once('message', () => resolve());
      // Later errors as well: a trap of a thread is one of its owner, which reports it.
      this.#worker.on('error', reject);
      this.#worker.postMessage(message);
    });
  }

  terminate(): void {
    void this.#worker.terminate();
  }
}
