/** Entry of `cli-thread.mjs`: a thread of a module with threads, in Node. */
import { parentPort } from 'node:worker_threads';
import type { ThreadStart } from '../protocol.js';
import { serveThread } from '../wasm/thread.js';

parentPort!.once('message', (start: ThreadStart) => serveThread(start, (message) => parentPort!.postMessage(message)));
