import { readText } from './heap.js';
import type { ModuleExports } from './loader.js';

/** The version of libopus in `earshot-audio.wasm` or `earshot-worklet.wasm`, for example `libopus 1.6.1`. */
export function libraryVersion(exports: ModuleExports & { library_version(): number }): string {
  return readText(exports.memory, exports.library_version());
}
