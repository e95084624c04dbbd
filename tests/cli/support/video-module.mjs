// The video module itself, without the command around it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { dist, root } from './earshot.mjs';

/** The exports of a fresh instance; `suffix` is '' or '-scalar'. */
export function videoModule(suffix) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(join(dist, `earshot-video${suffix}.wasm`))), {});
  exports._initialize();
  return exports;
}

/**
 * A fresh instance of the module with threads and its workers: `e` as above, `terminate` to end the workers. The memory is as large as
 * the interface says, or the engine refuses it.
 */
export async function threadedVideoModule(threads) {
  const abi = readFileSync(join(root, 'wasm/bindings/abi.h'), 'utf8');
  const [initial, maximum] = ['Initial', 'Max'].map((name) => Number(new RegExp(`kVideoThreads${name}Pages = (\\d+)`).exec(abi)[1]));
  const module = new WebAssembly.Module(readFileSync(join(dist, 'earshot-video-threads.wasm')));
  const memory = new WebAssembly.Memory({ initial, maximum, shared: true });
  const e = { ...new WebAssembly.Instance(module, { env: { memory } }).exports, memory };
  e._initialize();
  const workers = Array.from({ length: threads }, () => new Worker(join(dist, 'cli-thread.mjs')));
  await Promise.all(workers.map((worker, index) => new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.postMessage({ type: 'start', module, memory, index });
  })));
  e.threads_provide(threads);
  return { e, terminate: () => Promise.all(workers.map((worker) => worker.terminate())) };
}

/** A VP8 encoder with the parameters of abi.h, for example { Width: 320 }. */
export function createEncoder(e, parameters) {
  const handle = e.vp8_encoder_create();
  for (const [name, value] of Object.entries(parameters)) e.vp8_encoder_set(handle, encoderParam(`k${name}`), value);
  if (e.vp8_encoder_configure(handle) !== 0) throw new Error('vp8_encoder_configure refused');
  return handle;
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
