import type { DecoderCommand, DecoderReport } from '../video-protocol.js';
import type { Codec, ModulesToCome } from './codec-port.js';
import { FrameDecoder } from './frame-decoder.js';
import { H264FrameDecoder } from './h264-frame-decoder.js';
import { toPicture } from './picture-writer.js';

type Command = Exclude<DecoderCommand, { type: 'close' }>;

/** Of VP8, where nobody says otherwise (RFC 6386 §9.2: ITU-R BT.601). */
export const VP8_COLOR_SPACE: VideoColorSpaceInit = { primaries: 'smpte170m', transfer: 'smpte170m', matrix: 'smpte170m', fullRange: false };

const BT709: VideoColorSpaceInit = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false };
/** Lines of a picture from which on H.264 is taken for BT.709 where nobody says otherwise, as players do. */
const HD_LINES = 720;

/** The far side of `VideoDecoder`. */
export class DecoderCodec implements Codec<Command> {
  #decoder: FrameDecoder | H264FrameDecoder | undefined;
  /** What the configuration says. */
  #colorSpace: VideoColorSpaceInit = {};
  #displayAspect: number | null = null;

  constructor(
    private readonly modules: ModulesToCome,
    private readonly report: (report: DecoderReport, transfer: Transferable[]) => void,
  ) {}

  async run(command: Command): Promise<void> {
    switch (command.type) {
      case 'configure':
        await this.#configure(command);
        break;
      case 'decode':
        this.#decode(command);
        break;
      case 'flush':
        this.report({ type: 'flushed', id: command.id }, []);
    }
  }

  drop(): void {}

  async #configure({ colorSpace, displayAspect, h264 }: Extract<Command, { type: 'configure' }>): Promise<void> {
    if (h264) {
      if (!(this.#decoder instanceof H264FrameDecoder)) this.#decoder = new H264FrameDecoder(await this.modules.h264);
      this.#decoder.describe(h264.description ?? undefined);
    } else if (!(this.#decoder instanceof FrameDecoder)) {
      this.#decoder = new FrameDecoder(await this.modules.vp8);
    }
    this.#colorSpace = withoutGaps(colorSpace);
    this.#displayAspect = displayAspect;
  }

  /** Of a picture for which the configuration does not say it. */
  #impliedColorSpace(height: number): VideoColorSpaceInit {
    return this.#decoder instanceof H264FrameDecoder && height >= HD_LINES ? BT709 : VP8_COLOR_SPACE;
  }

  #decode({ data, timestamp, duration }: Extract<Command, { type: 'decode' }>): void {
    const decoded = this.#decoder!.decode(data);
    if (decoded) {
      const colorSpace = { ...this.#impliedColorSpace(decoded.height), ...this.#colorSpace };
      const picture = toPicture(decoded, { timestamp, duration, colorSpace, displayAspect: this.#displayAspect });
      this.report({ type: 'picture', picture, timestamp, duration }, ['data' in picture ? picture.data.buffer : picture]);
    }
    this.report({ type: 'done' }, []);
  }
}

function withoutGaps(colorSpace: VideoColorSpaceInit | null): VideoColorSpaceInit {
  return Object.fromEntries(Object.entries(colorSpace ?? {}).filter(([, value]) => value !== null && value !== undefined));
}
