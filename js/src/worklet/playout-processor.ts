import type { PlayoutCommand, PlayoutReport, PlayoutSettings, ProcessorOptions } from '../protocol.js';
import { PlayoutChain } from '../wasm/playout-chain.js';
import { ChainProcessor } from './chain-processor.js';
import { PlayoutStream } from './playout-stream.js';

type OwnCommand = Extract<PlayoutCommand, { type: 'update' | 'connect' }>;
type Options = { processorOptions: ProcessorOptions<PlayoutSettings> };

/** Packets and the native decoder's sound in, ours out: the native sound is heard until our first decoded packet. */
export class PlayoutProcessor extends ChainProcessor<PlayoutSettings, OwnCommand> {
  declare protected chain: PlayoutChain | null;
  /** Not there yet when a chain that cannot be made latches in the base class: no private name, which could not be asked for then. */
  declare private stream: PlayoutStream | undefined;

  constructor(options: Options) {
    super(options, ({ module, numChannels, quantumFrames }) => {
      return new PlayoutChain(module, { sampleRate, numChannels, maxFrames: quantumFrames });
    });
    const { settings } = options.processorOptions;
    this.stream = new PlayoutStream(settings, this.fade, (report) => this.port.postMessage(report satisfies PlayoutReport));
    this.chain?.configure(settings);
  }

  protected override runChain(chain: PlayoutChain, output: readonly Float32Array[]): void {
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
    }
  }

  protected override onLatched(): void {
    this.stream?.latched();
  }

  protected override onClose(): void {
    this.stream?.close();
  }
}
