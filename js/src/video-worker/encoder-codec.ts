import type { EncoderCommand, EncoderReport, Picture } from '../video-protocol.js';
import type { Codec } from './codec-port.js';
import { FrameEncoder, type FrameEncoderExports } from './frame-encoder.js';
import type { VideoInstance } from './video-instance.js';

type Command = Exclude<EncoderCommand, { type: 'close' }>;

/** The far side of `VideoEncoder`. */
export class EncoderCodec implements Codec<Command> {
  readonly #encoder: FrameEncoder;

  constructor(
    private readonly instance: VideoInstance<FrameEncoderExports>,
    private readonly report: (report: EncoderReport, transfer: Transferable[]) => void,
  ) {
    this.#encoder = new FrameEncoder(instance.exports);
  }

  async run(command: Command): Promise<void> {
    switch (command.type) {
      case 'configure':
        this.#encoder.configure(command.settings);
        break;
      case 'encode':
        await this.#encode(command);
        break;
      case 'flush':
        this.report({ type: 'flushed', id: command.id }, []);
    }
  }

  drop(command: Command): void {
    if (command.type === 'encode') close(command.picture);
  }

  dispose(): void {
    this.instance.dispose();
  }

  async #encode({ picture, timestamp, duration, keyFrame }: Extract<Command, { type: 'encode' }>): Promise<void> {
    const frame = await this.#encoder.encode(picture, { timestamp, keyFrame }).finally(() => close(picture));
    if (frame) this.report({ type: 'frame', frame, duration }, [frame.data.buffer]);
    this.report({ type: 'done' }, []);
  }
}

function close(picture: Picture): void {
  if ('close' in picture) picture.close();
}
