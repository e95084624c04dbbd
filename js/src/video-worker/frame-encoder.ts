import type { EncodedFrame, FrameEncoderSettings, Picture } from '../video-protocol.js';
import type { PictureExports } from '../wasm/picture-converter.js';
import { Vp8Encoder, type Vp8EncoderExports, type Vp8EncoderOptions } from '../wasm/vp8-encoder.js';
import { PictureReader } from './picture-reader.js';

/** Denominator of frame rates, which are whole numbers below. */
const RATE_TERM = 1000;

export type FrameEncoderExports = Vp8EncoderExports & PictureExports;

/** Pictures of any kind to VP8 frames, in an instance of the module of its own. */
export class FrameEncoder {
  readonly #exports: FrameEncoderExports;
  readonly #reader: PictureReader;
  #encoder: Vp8Encoder | undefined;
  #settings: FrameEncoderSettings | undefined;
  /** Resolves when the picture before is encoded. */
  #idle: Promise<unknown> = Promise.resolve();

  constructor(exports: FrameEncoderExports) {
    this.#exports = exports;
    this.#reader = new PictureReader(exports);
  }

  /** From the next picture on. Throws, and keeps the old settings, when one is out of range. */
  configure(settings: FrameEncoderSettings): void {
    const options = vp8Options(settings);
    if (this.#encoder) this.#encoder.configure(options);
    else this.#encoder = new Vp8Encoder(this.#exports, options);
    this.#settings = settings;
  }

  /**
   * Encodes one picture after another, in the order of the calls; null for a picture that was dropped to keep the bitrate. The
   * picture is the caller's to close. Rejects when the picture cannot be read, and when the codec failed: it is of no use then.
   */
  encode(picture: Picture, options: { readonly timestamp: number; readonly keyFrame?: boolean }): Promise<EncodedFrame | null> {
    const encoded = this.#idle.then(() => this.#encode(picture, options.timestamp, options.keyFrame ?? false));
    this.#idle = encoded.catch(() => {});
    return encoded;
  }

  async #encode(picture: Picture, timestamp: number, keyFrame: boolean): Promise<EncodedFrame | null> {
    await this.#reader.read(picture);
    if (!this.#encoder || !this.#settings) throw new Error('the encoder is not configured');
    const { width, height, colors } = this.#settings;
    const colorSpace = this.#reader.write(this.#encoder.inputAddress, width, height, colors);
    const started = performance.now();
    const { bytes, ...frame } = this.#encoder.encode(keyFrame, timestamp);
    const encodeTime = performance.now() - started;
    return bytes.length === 0 ? null : { ...frame, data: bytes.slice() as Uint8Array<ArrayBuffer>, width, height, timestamp, encodeTime, colorSpace };
  }
}

function vp8Options({ bitrate, frameRate, width, height, speed, threads, maxKeyFrameInterval, colors: _, ...call }: FrameEncoderSettings): Vp8EncoderOptions {
  return {
    width,
    height,
    frameRate: { num: Math.max(1, Math.round(frameRate * RATE_TERM)), den: RATE_TERM },
    bitrate: Math.max(1, Math.round(bitrate / 1000)),
    speed,
    threads,
    maxKeyFrameInterval,
    call,
  };
}
