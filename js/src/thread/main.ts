/** Entry of `earshot-thread.js`: a thread of a module with threads. */
import type { ThreadStart } from '../protocol.js';
import { serveThread } from '../wasm/thread.js';

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data }: MessageEvent<ThreadStart>) => serveThread(data, (message) => self.postMessage(message));
