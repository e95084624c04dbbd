/** VP8 and H.264 behind one interface each way, for what is made of both. */
import type { StreamCodec } from '../video-protocol.js';
import { H264Format, MAX_H264_FRAME_BYTES, MAX_VP8_FRAME_BYTES, StatusCode } from '../wasm/abi.js';
import { H264Decoder, type H264DecoderExports } from '../wasm/h264-decoder.js';
import { H264Encoder, type H264EncoderExports } from '../wasm/h264-encoder.js';
import { instantiate } from '../wasm/loader.js';
import { Vp8Decoder, type Vp8DecoderExports } from '../wasm/vp8-decoder.js';
import { Vp8Encoder, type Vp8EncoderExports, type Vp8EncoderOptions } from '../wasm/vp8-encoder.js';

/** `earshot-video.wasm` for VP8, `earshot-h264.wasm`. */
export type StreamModules = Readonly<Partial<Record<StreamCodec, WebAssembly.Module>>>;

export interface DecodedPicture {
  readonly width: number;
  readonly height: number;
  /** I420, valid until the next call. */
  readonly bytes: Uint8Array;
}

export interface StreamDecoder {
  /** The picture, null for a frame that is not to be shown, or what is wrong with the frame. */
  decode(frame: Uint8Array): DecodedPicture | null | StatusCode;
}

/** @param description of H.264 whose frames have lengths: an AVCDecoderConfigurationRecord */
export function makeStreamDecoder(codec: StreamCodec, modules: StreamModules, description?: Uint8Array): StreamDecoder {
  if (codec === 'vp8') return wrapDecoder(new Vp8Decoder(instantiate<Vp8DecoderExports>(moduleOf(codec, modules))), MAX_VP8_FRAME_BYTES);
  const decoder = new H264Decoder(instantiate<H264DecoderExports>(moduleOf(codec, modules)));
  decoder.describe(description);
  return wrapDecoder(decoder, MAX_H264_FRAME_BYTES);
}

function wrapDecoder(decoder: Vp8Decoder | H264Decoder, maxBytes: number): StreamDecoder {
  return {
    decode(frame) {
      if (frame.length > maxBytes) return StatusCode.CorruptData;
      decoder.reserve(frame.length).set(frame);
      const result = decoder.decode(frame.length);
      if (result < 0) return result;
      return result === 1 ? decoder.picture : null;
    },
  };
}

export interface StreamRates {
  /** bit/s */
  readonly bitrate: number;
  /** Pictures a second, about. */
  readonly frameRate: number;
}

export interface StreamFrame {
  /** Valid until the next call. */
  readonly bytes: Uint8Array;
  readonly key: boolean;
  readonly width: number;
  readonly height: number;
  /** With key frames of H.264 whose frames have lengths. */
  readonly description?: Uint8Array;
}

export interface StreamEncoder {
  /** From the next picture on; another size begins with a key frame. Throws when it is out of range. */
  configure(width: number, height: number, rates: StreamRates): void;
  /** The next picture goes here: I420 of the configured size. */
  readonly input: Uint8Array;
  /** @param timestamp µs */
  encode(keyFrame: boolean, timestamp: number): StreamFrame;
}

/** @param avc H.264 with lengths and a description, not start codes */
export function makeStreamEncoder(codec: StreamCodec, modules: StreamModules, avc = false): StreamEncoder {
  const module = moduleOf(codec, modules);
  return codec === 'vp8' ? new Vp8StreamEncoder(instantiate<Vp8EncoderExports>(module)) : new H264StreamEncoder(instantiate<H264EncoderExports>(module), avc);
}

function moduleOf(codec: StreamCodec, modules: StreamModules): WebAssembly.Module {
  const module = modules[codec];
  if (!module) throw new Error(`the module of ${codec} is not there`);
  return module;
}

/** Denominator of frame rates, which are whole numbers below. */
const RATE_TERM = 1000;
/** Key frames come on request. */
const NO_INTERVAL = 1_000_000;

const rateOf = (frameRate: number) => ({ num: Math.max(1, Math.round(frameRate * RATE_TERM)), den: RATE_TERM });
const kilobits = (bitrate: number) => Math.max(1, Math.round(bitrate / 1000));

class Vp8StreamEncoder implements StreamEncoder {
  readonly #exports: Vp8EncoderExports;
  #encoder: Vp8Encoder | undefined;
  #width = 0;
  #height = 0;

  constructor(exports: Vp8EncoderExports) {
    this.#exports = exports;
  }

  configure(width: number, height: number, { bitrate, frameRate }: StreamRates): void {
    const options: Vp8EncoderOptions = {
      width,
      height,
      frameRate: rateOf(frameRate),
      bitrate: kilobits(bitrate),
      speed: 6,
      maxKeyFrameInterval: 0,
      call: { minQuantizer: 2, maxQuantizer: 56, temporalLayers: 1, screenContent: 0, noiseReduction: 0, staticThreshold: 1, tokenPartitions: 0, errorResilient: false, allowDrops: false },
    };
    if (this.#encoder) this.#encoder.configure(options);
    else this.#encoder = new Vp8Encoder(this.#exports, options);
    this.#width = width;
    this.#height = height;
  }

  get input(): Uint8Array {
    return this.#encoder!.input;
  }

  encode(keyFrame: boolean, timestamp: number): StreamFrame {
    const { bytes, key } = this.#encoder!.encode(keyFrame, timestamp);
    return { bytes, key, width: this.#width, height: this.#height };
  }
}

class H264StreamEncoder implements StreamEncoder {
  readonly #exports: H264EncoderExports;
  readonly #avc: boolean;
  #encoder: H264Encoder | undefined;
  #width = 0;
  #height = 0;

  constructor(exports: H264EncoderExports, avc: boolean) {
    this.#exports = exports;
    this.#avc = avc;
  }

  configure(width: number, height: number, { bitrate, frameRate }: StreamRates): void {
    if (this.#encoder && width === this.#width && height === this.#height) {
      this.#encoder.setRates(kilobits(bitrate), rateOf(frameRate));
      return;
    }
    this.#encoder?.dispose();
    this.#encoder = undefined;
    this.#encoder = new H264Encoder(this.#exports, {
      width,
      height,
      frameRate: rateOf(frameRate),
      bitrate: kilobits(bitrate),
      maxKeyFrameInterval: NO_INTERVAL,
      format: this.#avc ? H264Format.Avc : H264Format.AnnexB,
    });
    this.#width = width;
    this.#height = height;
  }

  get input(): Uint8Array {
    return this.#encoder!.input;
  }

  encode(keyFrame: boolean): StreamFrame {
    const encoder = this.#encoder!;
    const bytes = encoder.encode(keyFrame);
    const key = encoder.isKeyFrame;
    // Of odd sizes the last column and row are left out.
    const [width, height] = [this.#width & ~1, this.#height & ~1];
    return { bytes, key, width, height, ...(key && this.#avc && { description: encoder.description }) };
  }
}
