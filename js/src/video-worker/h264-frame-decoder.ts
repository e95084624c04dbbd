import { MAX_H264_FRAME_BYTES, MAX_H264_PIXELS, StatusCode } from '../wasm/abi.js';
import { H264Decoder, type H264DecoderExports, type H264Picture, type H264Stream } from '../wasm/h264-decoder.js';
import { instantiate } from '../wasm/loader.js';
import { DecodeError } from './frame-decoder.js';

/** profile_idc of Baseline, Main and High. */
const PROFILES = [66, 77, 100];

/** H.264 frames to I420 pictures, in an instance of the module of its own. */
export class H264FrameDecoder {
  readonly #decoder: H264Decoder;

  constructor(module: WebAssembly.Module) {
    this.#decoder = new H264Decoder(instantiate<H264DecoderExports>(module));
  }

  /** The frames that follow have lengths, as an AVCDecoderConfigurationRecord says; without one they are Annex B. Throws when it is damaged. */
  describe(record?: Uint8Array): void {
    this.#decoder.describe(record);
  }

  /** The picture, valid until the next call, or null for parameter sets alone. Throws a DecodeError. */
  decode(frame: Uint8Array): H264Picture | null {
    if (frame.length > MAX_H264_FRAME_BYTES) throw new DecodeError(StatusCode.CorruptData);
    this.#decoder.reserve(frame.length).set(frame);
    const result = this.#decoder.decode(frame.length);
    if (result === StatusCode.Unsupported) throw new DecodeError(result, unsupported(this.#decoder.stream));
    if (result < 0) throw new DecodeError(result);
    return result === 1 ? this.#decoder.picture : null;
  }
}

/** What of a stream is not decoded. */
function unsupported({ profile, interlaced, yuv420, width, height }: H264Stream): string {
  if (!PROFILES.includes(profile)) return `the H.264 profile ${profile} is not decoded: Baseline, Main and High are`;
  if (interlaced) return 'interlaced H.264 is not decoded';
  if (!yuv420) return 'H.264 is decoded in 4:2:0 with 8 bits only';
  if (width * height > MAX_H264_PIXELS) return `pictures of ${width}×${height} are too large`;
  return 'B slices are not decoded, nor more slices or reference frames than real-time streams have';
}
