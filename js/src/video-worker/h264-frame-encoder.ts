import type { EncodedH264Frame, FrameEncoderSettings, Picture } from '../video-protocol.js';
import { H264Format, PictureFormat } from '../wasm/abi.js';
import { H264Encoder, type H264EncoderExports, type H264EncoderOptions } from '../wasm/h264-encoder.js';
import { i420Bytes } from '../wasm/i420.js';
import { instantiate } from '../wasm/loader.js';
import { PictureConverter, type PictureExports } from '../wasm/picture-converter.js';
import { PictureReader } from './picture-reader.js';

/** Denominator of frame rates, which are whole numbers below. */
const RATE_TERM = 1000;
/** Key frames come on request. */
const NO_INTERVAL = 1_000_000;
/** The first NAL unit's header, behind a start code or a length of four bytes. */
const HEADER_AT = 4;
/** nal_ref_idc in it (ITU-T H.264 §7.3.1); 0: no later frame refers to the unit. */
const REFERENCE_MASK = 0x60;

/** Pictures of any kind to H.264 frames, in instances of both modules of its own: conversion is in that of VP8. One for each picture. */
export class H264FrameEncoder {
  readonly #pictures: PictureExports;
  readonly #reader: PictureReader;
  /** Lends the memory that pictures are converted into. */
  readonly #converted: PictureConverter;
  readonly #exports: H264EncoderExports;
  #encoder: H264Encoder | undefined;
  #options: H264EncoderOptions | undefined;
  #settings: FrameEncoderSettings | undefined;

  constructor(video: WebAssembly.Module, h264: WebAssembly.Module) {
    this.#pictures = instantiate<PictureExports>(video);
    this.#reader = new PictureReader(this.#pictures);
    this.#converted = new PictureConverter(this.#pictures);
    this.#exports = instantiate<H264EncoderExports>(h264);
  }

  /**
   * From the next picture on: rates are taken up within the stream, everything else begins with a key frame. `avc`: with lengths
   * and a description, else Annex B. Throws when a setting is out of range: the encoder is of no use then.
   */
  configure(settings: FrameEncoderSettings, avc: boolean): void {
    const options = h264Options(settings, avc);
    if (this.#encoder && this.#options && sameStream(options, this.#options)) {
      this.#encoder.setRates(options.bitrate, options.frameRate);
    } else {
      this.#encoder?.dispose();
      this.#encoder = undefined;
      this.#encoder = new H264Encoder(this.#exports, options);
    }
    this.#options = options;
    this.#settings = settings;
  }

  /** Encodes one picture; the next when it is done. The picture is the caller's to close. Rejects as FrameEncoder does. */
  async encode(picture: Picture, { timestamp, keyFrame = false }: { readonly timestamp: number; readonly keyFrame?: boolean }): Promise<EncodedH264Frame> {
    await this.#reader.read(picture);
    const encoder = this.#encoder;
    if (!encoder || !this.#settings) throw new Error('the encoder is not configured');
    const { width, height, colors } = this.#settings;
    const address = this.#converted.source(PictureFormat.I420, width, height).byteOffset;
    const colorSpace = this.#reader.write(address, width, height, colors);
    encoder.input.set(new Uint8Array(this.#pictures.memory.buffer, address, i420Bytes(width, height)));
    const started = performance.now();
    const data = encoder.encode(keyFrame).slice() as Uint8Array<ArrayBuffer>;
    const encodeTime = performance.now() - started;
    const { isKeyFrame: key, temporalLayer } = encoder;
    const description = key && this.#options?.format === H264Format.Avc ? encoder.description.slice() as Uint8Array<ArrayBuffer> : undefined;
    const discardable = !key && (data[HEADER_AT]! & REFERENCE_MASK) === 0;
    return { codec: 'h264', data, width, height, key, timestamp, temporalLayer, discardable, encodeTime, colorSpace, ...(description && { description }) };
  }
}

function h264Options({ width, height, frameRate, bitrate, speed, maxKeyFrameInterval, temporalLayers }: FrameEncoderSettings, avc: boolean): H264EncoderOptions {
  return {
    width,
    height,
    frameRate: { num: Math.max(1, Math.round(frameRate * RATE_TERM)), den: RATE_TERM },
    bitrate: Math.max(1, Math.round(bitrate / 1000)),
    complexity: speed <= 3 ? 2 : speed <= 5 ? 1 : 0,
    maxKeyFrameInterval: maxKeyFrameInterval || NO_INTERVAL,
    temporalLayers,
    format: avc ? H264Format.Avc : H264Format.AnnexB,
  };
}

/** Whether they differ in nothing but the rates. */
function sameStream(a: H264EncoderOptions, b: H264EncoderOptions): boolean {
  return (['width', 'height', 'complexity', 'maxKeyFrameInterval', 'temporalLayers', 'format'] as const).every((name) => a[name] === b[name]);
}
