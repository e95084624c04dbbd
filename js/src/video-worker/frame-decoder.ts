import { MAX_VP8_FRAME_BYTES, StatusCode } from '../wasm/abi.js';
import { instantiate } from '../wasm/loader.js';
import { Vp8Decoder, type Vp8DecoderExports, type Vp8Picture } from '../wasm/vp8-decoder.js';

const REASONS: Readonly<Record<number, string>> = {
  [StatusCode.CorruptData]: 'the frame does not follow the format',
  [StatusCode.FailedPrecondition]: 'the stream does not begin with a key frame',
  [StatusCode.Unsupported]: 'the pictures are too large',
};

/** A frame that was not decoded. The decoder goes on, from pictures that are wrong until the next key frame. */
export class DecodeError extends Error {
  constructor(
    readonly status: StatusCode,
    reason = REASONS[status] ?? `the decoder failed with status ${status}`,
  ) {
    super(reason);
  }
}

/** VP8 frames to I420 pictures, in an instance of the module of its own. */
export class FrameDecoder {
  readonly #decoder: Vp8Decoder;

  constructor(module: WebAssembly.Module) {
    this.#decoder = new Vp8Decoder(instantiate<Vp8DecoderExports>(module));
  }

  /** The picture, valid until the next call, or null for a frame that is not to be shown. Throws a DecodeError. */
  decode(frame: Uint8Array): Vp8Picture | null {
    if (frame.length > MAX_VP8_FRAME_BYTES) throw new DecodeError(StatusCode.CorruptData);
    this.#decoder.reserve(frame.length).set(frame);
    const result = this.#decoder.decode(frame.length);
    if (result < 0) throw new DecodeError(result);
    return result === 1 ? this.#decoder.picture : null;
  }
}
