import type { EncodedFrame, EncodedH264Frame, EncoderCommand, EncoderReport, FrameEncoderSettings, Picture, StreamCodec } from '../video-protocol.js';
import type { Codec, ModulesToCome } from './codec-port.js';
import { FrameEncoder, type FrameEncoderExports } from './frame-encoder.js';
import { H264FrameEncoder } from './h264-frame-encoder.js';
import type { VideoInstance } from './video-instance.js';

type Command = Exclude<EncoderCommand, { type: 'close' }>;

/** An encoder of either codec; see FrameEncoder. */
interface AnyFrameEncoder {
  /** `avc` of H.264: with lengths and a description. */
  configure(settings: FrameEncoderSettings, avc: boolean): void;
  encode(picture: Picture, options: { readonly timestamp: number; readonly keyFrame?: boolean }): Promise<EncodedFrame | EncodedH264Frame | null>;
}

/** The far side of `VideoEncoder`. */
export class EncoderCodec implements Codec<Command> {
  #codec: StreamCodec | undefined;
  #encoder: AnyFrameEncoder | undefined;
  #instance: VideoInstance<FrameEncoderExports> | undefined;

  constructor(
    private readonly modules: ModulesToCome,
    /** An instance for VP8, with as many threads as there are to be. */
    private readonly openVideo: () => Promise<VideoInstance<FrameEncoderExports>>,
    private readonly report: (report: EncoderReport, transfer: Transferable[]) => void,
  ) {}

  async run(command: Command): Promise<void> {
    switch (command.type) {
      case 'configure':
        await this.#configure(command);
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
    this.#instance?.dispose();
  }

  async #configure({ settings, h264 }: Extract<Command, { type: 'configure' }>): Promise<void> {
    const codec = h264 ? 'h264' : 'vp8';
    if (codec !== this.#codec) {
      this.#encoder = h264 ? new H264FrameEncoder(await this.modules.vp8, await this.modules.h264) : await this.#openVp8();
      this.#codec = codec;
    }
    this.#encoder!.configure(settings, h264?.avc ?? false);
  }

  async #openVp8(): Promise<FrameEncoder> {
    this.#instance ??= await this.openVideo();
    return new FrameEncoder(this.#instance.exports);
  }

  async #encode({ picture, timestamp, duration, keyFrame }: Extract<Command, { type: 'encode' }>): Promise<void> {
    const frame = await this.#encoder!.encode(picture, { timestamp, keyFrame }).finally(() => close(picture));
    if (frame) this.report({ type: 'frame', frame, duration }, [frame.data.buffer]);
    this.report({ type: 'done' }, []);
  }
}

function close(picture: Picture): void {
  if ('close' in picture) picture.close();
}
