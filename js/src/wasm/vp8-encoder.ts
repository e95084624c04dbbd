import { Vp8EncoderStat } from './abi.js';
import { checked, created, HeapView } from './heap.js';
import { i420Bytes } from './i420.js';
import type { ModuleExports } from './loader.js';

/** The encoder's exports of `earshot-video.wasm`. */
export interface Vp8EncoderExports extends ModuleExports {
  vp8_encoder_create(width: number, height: number, frameRateNum: number, frameRateDen: number, bitrate: number, speed: number, interval: number): number;
  vp8_encoder_destroy(handle: number): void;
  vp8_encoder_input(handle: number): number;
  vp8_encoder_encode(handle: number, keyFrame: number): number;
  vp8_encoder_packet(handle: number): number;
  vp8_encoder_stats(handle: number): number;
}

export interface Vp8EncoderOptions {
  readonly width: number;
  readonly height: number;
  /** Frames per second as a fraction of whole numbers. */
  readonly frameRate: { readonly num: number; readonly den: number };
  /** kbit/s, 1 … 1,000,000. */
  readonly bitrate: number;
  /** 1 (slow, good) … 16. */
  readonly speed: number;
  /** Longest distance of key frames, in frames. */
  readonly maxKeyFrameInterval: number;
}

/** What was encoded so far. */
export interface Vp8EncoderStats {
  readonly frames: number;
  readonly keyFrames: number;
  readonly bytes: number;
  /** Of the luminance, dB, over all pictures; infinite when nothing was lost. */
  readonly psnrY: number;
}

/** I420 pictures to VP8 frames. */
export class Vp8Encoder {
  readonly #exports: Vp8EncoderExports;
  readonly #handle: number;
  readonly #input: HeapView<Uint8Array>;

  constructor(exports: Vp8EncoderExports, options: Vp8EncoderOptions) {
    this.#exports = exports;
    const { width, height, frameRate, bitrate, speed, maxKeyFrameInterval } = options;
    const handle = exports.vp8_encoder_create(width, height, frameRate.num, frameRate.den, bitrate, speed, maxKeyFrameInterval);
    this.#handle = created(handle, 'vp8_encoder_create');
    const input = exports.vp8_encoder_input(this.#handle);
    this.#input = new HeapView(exports.memory, (buffer) => new Uint8Array(buffer, input, i420Bytes(width, height)));
  }

  /** The next picture goes here. */
  get input(): Uint8Array {
    return this.#input.get();
  }

  /** Encodes `input`. The result is valid until the next call. */
  encode(keyFrame = false): Uint8Array {
    const bytes = checked(this.#exports.vp8_encoder_encode(this.#handle, Number(keyFrame)), 'vp8_encoder_encode');
    return new Uint8Array(this.#exports.memory.buffer, this.#exports.vp8_encoder_packet(this.#handle), bytes);
  }

  get stats(): Vp8EncoderStats {
    const stats = new Float64Array(this.#exports.memory.buffer, this.#exports.vp8_encoder_stats(this.#handle), Vp8EncoderStat.Count);
    const squaredError = stats[Vp8EncoderStat.SquaredErrorY]! / stats[Vp8EncoderStat.SamplesY]!;
    return {
      frames: stats[Vp8EncoderStat.Frames]!,
      keyFrames: stats[Vp8EncoderStat.KeyFrames]!,
      bytes: stats[Vp8EncoderStat.Bytes]!,
      psnrY: 10 * Math.log10(255 ** 2 / squaredError),
    };
  }

  dispose(): void {
    this.#exports.vp8_encoder_destroy(this.#handle);
  }
}
