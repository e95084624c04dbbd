// The video module itself, without the command around it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dist, root } from './earshot.mjs';

/** The exports of a fresh instance; `suffix` is '' or '-scalar'. */
export function videoModule(suffix) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(join(dist, `earshot-video${suffix}.wasm`))), {});
  exports._initialize();
  return exports;
}

/** Decodes one frame: 1 for a new picture, 0 for none, or a negative status. */
export function decodeFrame(e, handle, bytes) {
  const at = e.vp8_decoder_reserve(handle, bytes.length);
  new Uint8Array(e.memory.buffer, at, bytes.length).set(bytes);
  return e.vp8_decoder_decode(handle, bytes.length);
}

/** The decoder's newest picture, as a view of its memory. */
export function decodedPicture(e, handle) {
  const [, , bytes] = new Float64Array(e.memory.buffer, e.vp8_decoder_fields(handle), 3);
  return new Uint8Array(e.memory.buffer, e.vp8_decoder_picture(handle), bytes);
}

/** The number of a VP8 encoder's parameter. */
export const encoderParam = (name) => {
  const [params] = /enum class Vp8EncoderParam[^}]*/.exec(readFileSync(join(root, 'wasm/bindings/abi.h'), 'utf8'));
  return Number(new RegExp(`${name} = (\\d+)`).exec(params)[1]);
};
