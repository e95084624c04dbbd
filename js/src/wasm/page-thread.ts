import { newWorker } from '../new-worker.js';
import type { ThreadStart } from '../protocol.js';
import type { ThreadWorker } from './threads.js';

/** A thread of a page, or of a worker in it: `url` is that of `earshot-thread.js`. */
export class PageThread implements ThreadWorker {
  readonly #worker: Worker;

  constructor(private readonly url: string) {
    this.#worker = newWorker(url, 'earshot-thread');
  }

  start(message: ThreadStart): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = () => resolve();
      this.#worker.onerror = (event) => {
        event.preventDefault?.();
        reject(new Error(`the worker ${this.url} did not start (${event.message || 'not found or blocked'})`));
      };
      this.#worker.postMessage(message);
    });
  }

  terminate(): void {
    this.#worker.terminate();
  }
}
