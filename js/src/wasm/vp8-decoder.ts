import { Vp8PictureField } from './abi.js';
import { created } from './heap.js';
import type { ModuleExports } from './loader.js';

/** The decoder's exports of `earshot-video.wasm`. */
export interface Vp8DecoderExports extends ModuleExports {
  vp8_decoder_create(): number;
  vp8_decoder_destroy(handle: number): void;
  vp8_decoder_reserve(handle: number, bytes: number): number;
  vp8_decoder_decode(handle: number, bytes: number): number;
  vp8_decoder_picture(handle: number): number;
  vp8_decoder_fields(handle: number): number;
}

/** A decoded picture. */
export interface Vp8Picture {
  readonly width: number;
  readonly height: number;
  /** I420, valid until the next call of the decoder. */
  readonly bytes: Uint8Array;
}

/** VP8 frames to I420 pictures. */
export class Vp8Decoder {
  readonly #exports: Vp8DecoderExports;
  readonly #handle: number;

  constructor(exports: Vp8DecoderExports) {
    this.#exports = exports;
    this.#handle = created(exports.vp8_decoder_create(), 'vp8_decoder_create');
  }

  /** Where a frame of `bytes` goes, valid until the next call; MAX_VP8_FRAME_BYTES at most. */
  reserve(bytes: number): Uint8Array {
    const pointer = created(this.#exports.vp8_decoder_reserve(this.#handle, bytes), 'vp8_decoder_reserve');
    return new Uint8Array(this.#exports.memory.buffer, pointer, bytes);
  }

  /** Decodes the reserved frame of `bytes`: 1 when `picture` is a new one, 0 when the frame is not to be shown, or a StatusCode. */
  decode(bytes: number): number {
    return this.#exports.vp8_decoder_decode(this.#handle, bytes);
  }

  get picture(): Vp8Picture {
    const { memory } = this.#exports;
    const fields = new Float64Array(memory.buffer, this.#exports.vp8_decoder_fields(this.#handle), Vp8PictureField.Count);
    const [width, height, bytes] = [fields[Vp8PictureField.Width]!, fields[Vp8PictureField.Height]!, fields[Vp8PictureField.Bytes]!];
    return { width, height, bytes: new Uint8Array(memory.buffer, this.#exports.vp8_decoder_picture(this.#handle), bytes) };
  }

  dispose(): void {
    this.#exports.vp8_decoder_destroy(this.#handle);
  }
}
