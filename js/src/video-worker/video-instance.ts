import type { ThreadedVideo } from '../video-protocol.js';
import { instantiate, type ModuleExports } from '../wasm/loader.js';
import { PageThread } from '../wasm/page-thread.js';
import { loadThreadedModule } from '../wasm/threads.js';

/** An instance of the video module, with threads or without. */
export interface VideoInstance<Exports> {
  readonly exports: Exports;
  /** Ends its threads: nothing of it may be called any more. */
  dispose(): void;
}

/** For a codec of `threads` threads; of one, in the module without, where they do not start. */
export async function openVideo<Exports extends ModuleExports>(
  module: Promise<WebAssembly.Module>,
  threaded: Promise<ThreadedVideo | null>,
  threads: number,
): Promise<VideoInstance<Exports>> {
  const found = threads > 1 ? await threaded : null;
  if (found) {
    try {
      return await loadThreadedModule<Exports>(found.module, threads, () => new PageThread(found.threadUrl));
    } catch {
      // Slower, and no reason to fail.
    }
  }
  return { exports: instantiate<Exports>(await module), dispose: () => {} };
}
