import type { PlayoutCommand, PlayoutReport, PlayoutSettings, ProcessorOptions } from '../protocol.js';
import { ChainProcessor } from './chain-processor.js';
import { CodecRelay } from './codec-relay.js';
import { PlayoutStream } from './playout-stream.js';

type OwnCommand = Extract<PlayoutCommand, { type: 'update' | 'connect' | 'history' }>;
type Options = { processorOptions: ProcessorOptions<PlayoutSettings> };

/** Packets and the native decoder's sound in, ours out: the native sound is heard until our first decoded packet. */
export class PlayoutProcessor extends ChainProcessor<PlayoutSettings, OwnCommand> {
  declare protected chain: CodecRelay | null;
  /** Not there yet when a chain that cannot be made latches in the base class: no private name, which could not be asked for then. */
  declare private stream: PlayoutStream | undefined;

  constructor(options: Options) {
    super(options, ({ module, numChannels, quantumFrames, settings }) => {
      return new CodecRelay(module, { numChannels, maxFrames: quantumFrames, settings });
    });
    const report = (report: PlayoutReport) => this.port.postMessage(report);
    this.stream = new PlayoutStream(options.processorOptions.settings, this.fade, report, () => this.chain);
  }

  protected override runChain(chain: CodecRelay, output: readonly Float32Array[]): void {
    this.checkQuantum(output[0]!.length);
    this.stream!.run(chain, output);
  }

  protected override onCommand(command: OwnCommand): void {
    switch (command.type) {
      case 'update':
        this.stream!.bypass = command.settings.bypass;
        this.chain?.configure(command.settings);
        return;
      case 'connect':
        return this.stream!.connect(command.port);
      case 'history': {
        const values = this.stream!.history();
        return this.port.postMessage({ type: 'stats', id: command.id, values } satisfies PlayoutReport, [values.buffer]);
      }
    }
  }

  protected override onLatched(): void {
    this.stream?.latched();
  }

  protected override onClose(): void {
    this.stream?.close();
  }
}
