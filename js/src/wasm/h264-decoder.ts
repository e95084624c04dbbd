import { H264PictureField } from './abi.js';
import { checked, created } from './heap.js';
import type { ModuleExports } from './loader.js';

/** The decoder's exports of `earshot-h264.wasm`. */
export interface H264DecoderExports extends ModuleExports {
  h264_decoder_create(): number;
  h264_decoder_destroy(handle: number): void;
  h264_decoder_reserve(handle: number, bytes: number): number;
  h264_decoder_describe(handle: number, bytes: number): number;
  h264_decoder_decode(handle: number, bytes: number): number;
  h264_decoder_picture(handle: number): number;
  h264_decoder_fields(handle: number): number;
}

/** A decoded picture. */
export interface H264Picture {
  readonly width: number;
  readonly height: number;
  /** I420, valid until the next call of the decoder. */
  readonly bytes: Uint8Array;
}

/** What the newest parameter set of a stream says, also when it was refused. */
export interface H264Stream {
  /** profile_idc; 0 before the first parameter set. */
  readonly profile: number;
  /** constraint_set0_flag (bit 7) … constraint_set5_flag (bit 2). */
  readonly constraints: number;
  readonly level: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  /** Whether it is 4:2:0 with 8 bits. */
  readonly yuv420: boolean;
}

/** H.264 frames to I420 pictures. */
export class H264Decoder {
  readonly #exports: H264DecoderExports;
  readonly #handle: number;

  constructor(exports: H264DecoderExports) {
    this.#exports = exports;
    this.#handle = created(exports.h264_decoder_create(), 'h264_decoder_create');
  }

  /** Where a frame of `bytes` goes, valid until the next call; MAX_H264_FRAME_BYTES at most. */
  reserve(bytes: number): Uint8Array {
    const pointer = created(this.#exports.h264_decoder_reserve(this.#handle, bytes), 'h264_decoder_reserve');
    return new Uint8Array(this.#exports.memory.buffer, pointer, bytes);
  }

  /** The frames that follow have lengths, as this AVCDecoderConfigurationRecord says; without one they are Annex B. */
  describe(record: Uint8Array = new Uint8Array(0)): void {
    this.reserve(record.length).set(record);
    checked(this.#exports.h264_decoder_describe(this.#handle, record.length), 'h264_decoder_describe');
  }

  /** Decodes the reserved frame of `bytes`: 1 when `picture` is a new one, 0 when there were parameter sets alone, or a StatusCode. */
  decode(bytes: number): number {
    return this.#exports.h264_decoder_decode(this.#handle, bytes);
  }

  get picture(): H264Picture {
    const fields = this.#fields();
    const pointer = this.#exports.h264_decoder_picture(this.#handle);
    return {
      width: fields[H264PictureField.Width]!,
      height: fields[H264PictureField.Height]!,
      bytes: new Uint8Array(this.#exports.memory.buffer, pointer, fields[H264PictureField.Bytes]!),
    };
  }

  get stream(): H264Stream {
    const fields = this.#fields();
    return {
      profile: fields[H264PictureField.Profile]!,
      constraints: fields[H264PictureField.Constraints]!,
      level: fields[H264PictureField.Level]!,
      width: fields[H264PictureField.StreamWidth]!,
      height: fields[H264PictureField.StreamHeight]!,
      interlaced: fields[H264PictureField.IsInterlaced] === 1,
      yuv420: fields[H264PictureField.IsYuv420] === 1,
    };
  }

  dispose(): void {
    this.#exports.h264_decoder_destroy(this.#handle);
  }

  #fields(): Float64Array {
    return new Float64Array(this.#exports.memory.buffer, this.#exports.h264_decoder_fields(this.#handle), H264PictureField.Count);
  }
}
