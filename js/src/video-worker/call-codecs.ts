import type { ScalabilityMode } from '../video-call-protocol.js';
import { instantiate } from '../wasm/loader.js';
import type { Vp8CallOptions } from '../wasm/vp8-encoder.js';
import { VP8_COLOR_SPACE } from './decoder-codec.js';
import { DecodeError, FrameDecoder } from './frame-decoder.js';
import { FrameEncoder, type FrameEncoderExports } from './frame-encoder.js';
import { toPicture } from './picture-writer.js';
import type { PictureDecoder } from './receiver-pipe.js';
import type { EncodedPicture, PictureEncoder, PictureEncoderSettings } from './sender-pipe.js';

const LAYERS = { L1T1: 1, L1T2: 2, L1T3: 3 } as const satisfies Record<ScalabilityMode, number>;

/** What a call needs of the encoder whatever the page wishes. */
const CALL: Omit<Vp8CallOptions, 'temporalLayers' | 'screenContent'> = {
  minQuantizer: 2,
  maxQuantizer: 56,
  noiseReduction: 0,
  staticThreshold: 1,
  tokenPartitions: 0,
  errorResilient: false,
  allowDrops: true,
};

/** The encoder of a call: key frames only on request, pictures dropped rather than late. */
export class CallEncoder implements PictureEncoder {
  readonly #encoder: FrameEncoder;

  constructor(module: WebAssembly.Module) {
    this.#encoder = new FrameEncoder(instantiate<FrameEncoderExports>(module));
  }

  configure({ width, height, bitrate, frameRate, speed, scalabilityMode, screenContent }: PictureEncoderSettings): void {
    const call = { ...CALL, temporalLayers: LAYERS[scalabilityMode], screenContent: screenContent ? 1 : 0 } as const;
    this.#encoder.configure({ ...call, width, height, bitrate, frameRate, speed, threads: 1, maxKeyFrameInterval: 0, colors: 'bt601' });
  }

  encode(picture: VideoFrame, options: { timestamp: number; keyFrame: boolean }): Promise<EncodedPicture | null> {
    return this.#encoder.encode(picture, options);
  }
}

/** The decoder of a call. */
export class CallDecoder implements PictureDecoder {
  readonly #decoder: FrameDecoder;

  constructor(module: WebAssembly.Module) {
    this.#decoder = new FrameDecoder(module);
  }

  decode(payload: Uint8Array, timestamp: number): VideoFrame | undefined | 'corrupt' {
    try {
      const picture = this.#decoder.decode(payload);
      return picture ? (toPicture(picture, { timestamp, duration: null, colorSpace: VP8_COLOR_SPACE, displayAspect: null }) as VideoFrame) : undefined;
    } catch (error) {
      if (error instanceof DecodeError) return 'corrupt';
      throw error;
    }
  }
}
