import type { DecoderCommand, DecoderReport } from '../video-protocol.js';
import type { Codec } from './codec-port.js';
import { FrameDecoder } from './frame-decoder.js';
import { toPicture } from './picture-writer.js';

type Command = Exclude<DecoderCommand, { type: 'close' }>;

/** Of VP8, where nobody says otherwise (RFC 6386 §9.2: ITU-R BT.601). */
const VP8_COLOR_SPACE: VideoColorSpaceInit = { primaries: 'smpte170m', transfer: 'smpte170m', matrix: 'smpte170m', fullRange: false };

/** The far side of `VideoDecoder`. */
export class DecoderCodec implements Codec<Command> {
  readonly #decoder: FrameDecoder;
  #colorSpace = VP8_COLOR_SPACE;
  #displayAspect: number | null = null;

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
        this.#displayAspect = command.displayAspect;
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
      const picture = toPicture(decoded, { timestamp, duration, colorSpace: this.#colorSpace, displayAspect: this.#displayAspect });
      this.report({ type: 'picture', picture, timestamp, duration }, ['data' in picture ? picture.data.buffer : picture]);
    }
    this.report({ type: 'done' }, []);
  }
}

function withDefaults(colorSpace: VideoColorSpaceInit | null): VideoColorSpaceInit {
  const given = Object.entries(colorSpace ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return { ...VP8_COLOR_SPACE, ...Object.fromEntries(given) };
}
