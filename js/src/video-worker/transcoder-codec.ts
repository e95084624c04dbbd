import type { TranscoderCommand, TranscoderReport, TranscoderSettings } from '../video-protocol.js';
import type { Codec, ModulesToCome } from './codec-port.js';
import { Transcoder } from './transcoder.js';

type Command = Exclude<TranscoderCommand, { type: 'close' }>;

/** The far side of `VideoTranscoder`. */
export class TranscoderCodec implements Codec<Command> {
  #transcoder: Transcoder | undefined;

  /** @param modules of each codec, awaited when it is needed */
  constructor(
    private readonly modules: ModulesToCome,
    private readonly report: (report: TranscoderReport, transfer: Transferable[]) => void,
  ) {}

  async run(command: Command): Promise<void> {
    switch (command.type) {
      case 'configure':
        await this.#configure(command.settings);
        break;
      case 'transcode':
        this.#transcode(command);
        break;
      case 'keyFrame':
        this.#transcoder?.requestKeyFrame();
        break;
      case 'bitrate':
        this.#transcoder?.setBitrate(command.bitrate);
        break;
      case 'flush':
        this.report({ type: 'flushed', id: command.id }, []);
    }
  }

  drop(): void {}

  async #configure(settings: TranscoderSettings): Promise<void> {
    const codecs = [...new Set([settings.from, settings.to])];
    const loaded = await Promise.all(codecs.map(async (codec) => [codec, await this.modules[codec]] as const));
    this.#transcoder = new Transcoder(Object.fromEntries(loaded), settings);
  }

  #transcode({ data, timestamp, duration, key }: Extract<Command, { type: 'transcode' }>): void {
    const made = this.#transcoder!.transcode(data, { timestamp, key });
    if (made.type === 'frame') this.report({ type: 'frame', frame: made, duration }, [made.data.buffer]);
    else this.report(made, []);
    this.report({ type: 'done' }, []);
  }
}
