import { readText } from './heap.js';
import type { ModuleExports } from './loader.js';

/** The version of the codec library in a module: of libvpx in `earshot-video.wasm`, of openh264 in `earshot-h264.wasm`, else of libopus, for example `libopus 1.6.1`. */
export function libraryVersion(exports: ModuleExports & { library_version(): number }): string {
  return readText(exports.memory, exports.library_version());
}
