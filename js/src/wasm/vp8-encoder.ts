import { Vp8EncoderParam, Vp8EncoderStat, Vp8FrameField, Vp8Profile } from './abi.js';
import { checked, created } from './heap.js';
import { i420Bytes } from './i420.js';
import type { ModuleExports } from './loader.js';

/** The encoder's exports of `earshot-video.wasm`. */
export interface Vp8EncoderExports extends ModuleExports {
  vp8_encoder_create(): number;
  vp8_encoder_destroy(handle: number): void;
  vp8_encoder_set(handle: number, param: number, value: number): number;
  vp8_encoder_configure(handle: number): number;
  vp8_encoder_input(handle: number): number;
  vp8_encoder_encode(handle: number, keyFrame: number, timestamp: number): number;
  vp8_encoder_packet(handle: number): number;
  vp8_encoder_frame(handle: number): number;
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
  /** Longest distance of key frames, in frames; 0 in a call: key frames only on request. */
  readonly maxKeyFrameInterval: number;
  /** 1 … 64. */
  readonly threads?: number;
  /** Whether `stats.psnrY` is wanted, which takes time. */
  readonly measureError?: boolean;
  /** Settings of a call, whose pictures have timestamps; without them a file is made. */
  readonly call?: Vp8CallOptions;
}

export interface Vp8CallOptions {
  /** 0 (best) … `maxQuantizer`. */
  readonly minQuantizer: number;
  /** … 63. */
  readonly maxQuantizer: number;
  /** Layers that may be left out on the way. */
  readonly temporalLayers: 1 | 2 | 3;
  /** 0: camera; 1: screen, text stays sharp; 2: likewise, and a new page is rather late than large. */
  readonly screenContent: 0 | 1 | 2;
  /** 0 (off) … 6. */
  readonly noiseReduction: number;
  /** Below so much change blocks are skipped, 0 … 100,000. */
  readonly staticThreshold: number;
  /** Logarithm of their number, 0 … 3. */
  readonly tokenPartitions: number;
  readonly errorResilient: boolean;
  /** Pictures may be left out to keep the bitrate. */
  readonly allowDrops: boolean;
}

/** The newest frame of an encoder. */
export interface Vp8Frame {
  /** Valid until the next call of the encoder; empty when the picture was dropped. */
  readonly bytes: Uint8Array;
  readonly key: boolean;
  /** 0 … 2. */
  readonly temporalLayer: number;
  /** No later frame refers to it. */
  readonly discardable: boolean;
  /** 0 (best) … 127. */
  readonly quantizer: number;
}

/** What was encoded so far. */
export interface Vp8EncoderStats {
  /** Without the dropped ones. */
  readonly frames: number;
  readonly dropped: number;
  readonly keyFrames: number;
  readonly bytes: number;
  /** Of the luminance, dB, over all pictures; infinite when nothing was lost, NaN when nothing was measured. */
  readonly psnrY: number;
}

/** I420 pictures to VP8 frames. */
export class Vp8Encoder {
  readonly #exports: Vp8EncoderExports;
  readonly #handle: number;
  #inputBytes = 0;

  constructor(exports: Vp8EncoderExports, options: Vp8EncoderOptions) {
    this.#exports = exports;
    this.#handle = created(exports.vp8_encoder_create(), 'vp8_encoder_create');
    try {
      this.configure(options);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** From the next picture on. Another size begins with a key frame, everything else is taken up within the stream. */
  configure(options: Vp8EncoderOptions): void {
    for (const [param, value] of parameters(options)) {
      checked(this.#exports.vp8_encoder_set(this.#handle, param, Number(value)), 'vp8_encoder_set');
    }
    checked(this.#exports.vp8_encoder_configure(this.#handle), 'vp8_encoder_configure');
    this.#inputBytes = i420Bytes(options.width, options.height);
  }

  /** The next picture goes here; valid until the next call. */
  get input(): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer, this.inputAddress, this.#inputBytes);
  }

  /** Of `input` in the memory of the module. */
  get inputAddress(): number {
    return this.#exports.vp8_encoder_input(this.#handle);
  }

  /** Encodes `input`; `timestamp` (µs) counts in calls alone. */
  encode(keyFrame = false, timestamp = 0): Vp8Frame {
    const length = checked(this.#exports.vp8_encoder_encode(this.#handle, Number(keyFrame), timestamp), 'vp8_encoder_encode');
    const { buffer } = this.#exports.memory;
    const fields = new Float64Array(buffer, this.#exports.vp8_encoder_frame(this.#handle), Vp8FrameField.Count);
    return {
      bytes: new Uint8Array(buffer, this.#exports.vp8_encoder_packet(this.#handle), length),
      key: fields[Vp8FrameField.KeyFrame] === 1,
      temporalLayer: fields[Vp8FrameField.TemporalLayer]!,
      discardable: fields[Vp8FrameField.Discardable] === 1,
      quantizer: fields[Vp8FrameField.Quantizer]!,
    };
  }

  get stats(): Vp8EncoderStats {
    const stats = new Float64Array(this.#exports.memory.buffer, this.#exports.vp8_encoder_stats(this.#handle), Vp8EncoderStat.Count);
    const squaredError = stats[Vp8EncoderStat.SquaredErrorY]! / stats[Vp8EncoderStat.SamplesY]!;
    return {
      frames: stats[Vp8EncoderStat.Frames]!,
      dropped: stats[Vp8EncoderStat.Dropped]!,
      keyFrames: stats[Vp8EncoderStat.KeyFrames]!,
      bytes: stats[Vp8EncoderStat.Bytes]!,
      psnrY: 10 * Math.log10(255 ** 2 / squaredError),
    };
  }

  dispose(): void {
    this.#exports.vp8_encoder_destroy(this.#handle);
  }
}

function parameters({ call, ...options }: Vp8EncoderOptions): [Vp8EncoderParam, number | boolean][] {
  const all: [Vp8EncoderParam, number | boolean][] = [
    [Vp8EncoderParam.Profile, call ? Vp8Profile.Call : Vp8Profile.File],
    [Vp8EncoderParam.Width, options.width],
    [Vp8EncoderParam.Height, options.height],
    [Vp8EncoderParam.FrameRateNum, options.frameRate.num],
    [Vp8EncoderParam.FrameRateDen, options.frameRate.den],
    [Vp8EncoderParam.BitrateKbps, options.bitrate],
    [Vp8EncoderParam.Speed, options.speed],
    [Vp8EncoderParam.MaxKeyFrameInterval, options.maxKeyFrameInterval],
    [Vp8EncoderParam.Threads, options.threads ?? 1],
    [Vp8EncoderParam.MeasureError, options.measureError ?? false],
  ];
  if (!call) return all;
  return [
    ...all,
    [Vp8EncoderParam.MinQuantizer, call.minQuantizer],
    [Vp8EncoderParam.MaxQuantizer, call.maxQuantizer],
    [Vp8EncoderParam.TemporalLayers, call.temporalLayers],
    [Vp8EncoderParam.ScreenContent, call.screenContent],
    [Vp8EncoderParam.NoiseReduction, call.noiseReduction],
    [Vp8EncoderParam.StaticThreshold, call.staticThreshold],
    [Vp8EncoderParam.TokenPartitions, call.tokenPartitions],
    [Vp8EncoderParam.ErrorResilient, call.errorResilient],
    [Vp8EncoderParam.AllowDrops, call.allowDrops],
  ];
}
