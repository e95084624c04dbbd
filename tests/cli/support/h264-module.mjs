// The H.264 module itself, without the command around it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dist } from './earshot.mjs';

/** The exports of a fresh instance; `suffix` is '' or '-scalar'. */
export function h264Module(suffix) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(join(dist, `earshot-h264${suffix}.wasm`))), {});
  exports._initialize();
  return exports;
}

/** Decodes one frame: 1 for a new picture, 0 for none, or a negative status. */
export function decodeH264(e, handle, bytes) {
  const at = e.h264_decoder_reserve(handle, bytes.length);
  new Uint8Array(e.memory.buffer, at, bytes.length).set(bytes);
  return e.h264_decoder_decode(handle, bytes.length);
}

/** The decoder's newest picture, as a view of its memory. */
export function decodedH264(e, handle) {
  const [width, height, bytes] = new Float64Array(e.memory.buffer, e.h264_decoder_fields(handle), 3);
  return { width, height, bytes: new Uint8Array(e.memory.buffer, e.h264_decoder_picture(handle), bytes) };
}
