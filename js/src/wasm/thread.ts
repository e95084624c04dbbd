import type { ThreadReport, ThreadStart } from '../protocol.js';

/** The exports of a module with threads that are for their workers. */
interface ThreadExports {
  thread_run(index: number): void;
  thread_fail(): void;
}

/** All that the worker of a thread does, until it is terminated: does not return, and throws only when the module traps. */
export function serveThread({ module, memory, index }: ThreadStart, report: (message: ThreadReport) => void): void {
  // Without `_initialize`: what that sets up is in the memory.
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as ThreadExports;
  report({ type: 'ready' });
  try {
    exports.thread_run(index);
  } catch (error) {
    exports.thread_fail();
    throw error;
  }
}
