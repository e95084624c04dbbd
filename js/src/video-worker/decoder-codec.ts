import type { DecoderCommand, DecoderReport, Picture } from '../video-protocol.js';
import type { Vp8Picture } from '../wasm/vp8-decoder.js';
import type { Codec } from './codec-port.js';
import { FrameDecoder } from './frame-decoder.js';

type Command = Exclude<DecoderCommand, { type: 'close' }>;

/** Of VP8, where nobody says otherwise (RFC 6386 §9.2: ITU-R BT.601). */
export const VP8_COLOR_SPACE: VideoColorSpaceInit = { primaries: 'smpte170m', transfer: 'smpte170m', matrix: 'smpte170m', fullRange: false };

/** The far side of `VideoDecoder`. */
export class DecoderCodec implements Codec<Command> {
  readonly #decoder: FrameDecoder;
  #colorSpace = VP8_COLOR_SPACE;

  constructor(
    module: WebAssembly.Module,
    private readonly report: (report: DecoderReport, transfer: Transferable[]) => void,
  ) {
    this.#decoder = new FrameDecoder(module);
  }

  run(command: Command): void {
    switch (command.type) {
      case 'configure':
        this.#colorSpace = withDefaults(command.colorSpace);
        break;
      case 'decode':
        this.#decode(command);
        break;
      case 'flush':
        this.report({ type: 'flushed', id: command.id }, []);
    }
  }

  drop(): void {}

  #decode({ data, timestamp, duration }: Extract<Command, { type: 'decode' }>): void {
    const decoded = this.#decoder.decode(data);
    if (decoded) {
      const picture = toPicture(decoded, timestamp, duration, this.#colorSpace);
      this.report({ type: 'picture', picture, timestamp, duration }, ['data' in picture ? picture.data.buffer : picture]);
    }
    this.report({ type: 'done' }, []);
  }
}

function withDefaults(colorSpace: VideoColorSpaceInit | null): VideoColorSpaceInit {
  const given = Object.entries(colorSpace ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return { ...VP8_COLOR_SPACE, ...Object.fromEntries(given) };
}

/** A VideoFrame, or a plain picture where there is none. */
export function toPicture({ width, height, bytes }: Vp8Picture, timestamp: number, duration: number | null, colorSpace: VideoColorSpaceInit): Picture {
  const init = { format: 'I420', codedWidth: width, codedHeight: height, colorSpace } as const;
  if (typeof VideoFrame === 'undefined') return { ...init, data: bytes.slice() as Uint8Array<ArrayBuffer> };
  return new VideoFrame(bytes as Uint8Array<ArrayBuffer>, { ...init, timestamp, ...(duration !== null && { duration }) });
}
