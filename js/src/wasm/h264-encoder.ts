import { H264EncoderStat, H264Format } from './abi.js';
import { checked, created, HeapView } from './heap.js';
import { i420Bytes } from './i420.js';
import type { ModuleExports } from './loader.js';

/** The encoder's exports of `earshot-h264.wasm`. */
export interface H264EncoderExports extends ModuleExports {
  h264_encoder_create(width: number, height: number, frameRateNum: number, frameRateDen: number, bitrate: number, complexity: number, interval: number, temporalLayers: number, format: number): number;
  h264_encoder_destroy(handle: number): void;
  h264_encoder_input(handle: number): number;
  h264_encoder_set_rates(handle: number, bitrate: number, frameRateNum: number, frameRateDen: number): number;
  h264_encoder_encode(handle: number, keyFrame: number): number;
  h264_encoder_packet(handle: number): number;
  h264_encoder_description(handle: number): number;
  h264_encoder_stats(handle: number): number;
}

export interface H264EncoderOptions {
  /** 16 pixels or more; of an odd size the last column is left out. */
  readonly width: number;
  /** Likewise. */
  readonly height: number;
  /** Frames per second as a fraction of whole numbers. */
  readonly frameRate: { readonly num: number; readonly den: number };
  /** kbit/s, 1 … 1,000,000. */
  readonly bitrate: number;
  /** 0 (fast) … 2 (good); 0 by default. */
  readonly complexity?: number;
  /** Longest distance of key frames, in frames. */
  readonly maxKeyFrameInterval: number;
  /** 1 (the default) … 3. */
  readonly temporalLayers?: number;
  /** Annex B by default. */
  readonly format?: H264Format;
}

/** What was encoded so far. */
export interface H264EncoderStats {
  readonly frames: number;
  readonly keyFrames: number;
  readonly bytes: number;
  /** Of the luminance, dB, over all pictures; infinite when nothing was lost. */
  readonly psnrY: number;
}

/** I420 pictures to H.264 frames of the Constrained Baseline profile. */
export class H264Encoder {
  readonly #exports: H264EncoderExports;
  readonly #handle: number;
  readonly #input: HeapView<Uint8Array>;

  constructor(exports: H264EncoderExports, options: H264EncoderOptions) {
    this.#exports = exports;
    const { width, height, frameRate, bitrate, complexity = 0, maxKeyFrameInterval, temporalLayers = 1, format = H264Format.AnnexB } = options;
    const handle = exports.h264_encoder_create(width, height, frameRate.num, frameRate.den, bitrate, complexity, maxKeyFrameInterval, temporalLayers, format);
    this.#handle = created(handle, 'h264_encoder_create');
    const input = exports.h264_encoder_input(this.#handle);
    this.#input = new HeapView(exports.memory, (buffer) => new Uint8Array(buffer, input, i420Bytes(width, height)));
  }

  /** The next picture goes here. */
  get input(): Uint8Array {
    return this.#input.get();
  }

  /** From the next picture on; ranges as in the options. */
  setRates(bitrate: number, frameRate: { readonly num: number; readonly den: number }): void {
    checked(this.#exports.h264_encoder_set_rates(this.#handle, bitrate, frameRate.num, frameRate.den), 'h264_encoder_set_rates');
  }

  /** Encodes `input`. The result is valid until the next call. */
  encode(keyFrame = false): Uint8Array {
    const bytes = checked(this.#exports.h264_encoder_encode(this.#handle, Number(keyFrame)), 'h264_encoder_encode');
    return new Uint8Array(this.#exports.memory.buffer, this.#exports.h264_encoder_packet(this.#handle), bytes);
  }

  /** Whether the newest frame is a key frame. */
  get isKeyFrame(): boolean {
    return this.#fields()[H264EncoderStat.IsKeyFrame] === 1;
  }

  /** Of the newest frame, 0 … 2. */
  get temporalLayer(): number {
    return this.#fields()[H264EncoderStat.TemporalLayer]!;
  }

  /** The AVCDecoderConfigurationRecord of the stream, valid until the next call; empty before the first frame. */
  get description(): Uint8Array {
    const bytes = this.#fields()[H264EncoderStat.DescriptionBytes]!;
    return new Uint8Array(this.#exports.memory.buffer, this.#exports.h264_encoder_description(this.#handle), bytes);
  }

  get stats(): H264EncoderStats {
    const fields = this.#fields();
    const squaredError = fields[H264EncoderStat.SquaredErrorY]! / fields[H264EncoderStat.SamplesY]!;
    return {
      frames: fields[H264EncoderStat.Frames]!,
      keyFrames: fields[H264EncoderStat.KeyFrames]!,
      bytes: fields[H264EncoderStat.Bytes]!,
      psnrY: 10 * Math.log10(255 ** 2 / squaredError),
    };
  }

  dispose(): void {
    this.#exports.h264_encoder_destroy(this.#handle);
  }

  #fields(): Float64Array {
    return new Float64Array(this.#exports.memory.buffer, this.#exports.h264_encoder_stats(this.#handle), H264EncoderStat.Count);
  }
}
