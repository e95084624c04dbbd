import { G711Law } from './abi.js';
import { created, HeapView } from './heap.js';
import type { ModuleExports } from './loader.js';

/** The G.711 exports of `earshot-audio.wasm`. */
export interface G711Exports extends ModuleExports {
  buffer_alloc(bytes: number): number;
  buffer_free(pointer: number): void;
  g711_encode(law: number, pcm: number, codes: number, count: number): void;
  g711_decode(law: number, codes: number, pcm: number, count: number): void;
}

/** G.711 in blocks of at most `maxSamples`. */
export class G711 {
  readonly #exports: G711Exports;
  readonly #law: G711Law;
  readonly #pcmPointer: number;
  readonly #codesPointer: number;
  readonly #pcm: HeapView<Int16Array>;
  readonly #codes: HeapView<Uint8Array>;

  constructor(exports: G711Exports, law: 'alaw' | 'ulaw', maxSamples: number) {
    this.#exports = exports;
    this.#law = law === 'alaw' ? G711Law.ALaw : G711Law.MuLaw;
    const pcm = (this.#pcmPointer = created(exports.buffer_alloc(2 * maxSamples), 'buffer_alloc'));
    const codes = (this.#codesPointer = created(exports.buffer_alloc(maxSamples), 'buffer_alloc'));
    this.#pcm = new HeapView(exports.memory, (b) => new Int16Array(b, pcm, maxSamples));
    this.#codes = new HeapView(exports.memory, (b) => new Uint8Array(b, codes, maxSamples));
  }

  /** One byte a sample, valid until the next call. */
  encode(pcm: Int16Array): Uint8Array {
    this.#pcm.get().set(pcm);
    this.#exports.g711_encode(this.#law, this.#pcmPointer, this.#codesPointer, pcm.length);
    return this.#codes.get().subarray(0, pcm.length);
  }

  /** One sample a byte, valid until the next call. */
  decode(codes: Uint8Array): Int16Array {
    this.#codes.get().set(codes);
    this.#exports.g711_decode(this.#law, this.#codesPointer, this.#pcmPointer, codes.length);
    return this.#pcm.get().subarray(0, codes.length);
  }

  dispose(): void {
    this.#exports.buffer_free(this.#pcmPointer);
    this.#exports.buffer_free(this.#codesPointer);
  }
}
