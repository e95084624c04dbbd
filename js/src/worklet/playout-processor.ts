import type {
  Close,
  PlayoutCommand,
  PlayoutInput,
  PlayoutReport,
  PlayoutSettings,
  ProcessorOptions,
  StateReport,
} from '../protocol.js';
import { PlayoutChain } from '../wasm/playout-chain.js';
import { ChainProcessor } from './chain-processor.js';
import { PacketInbox } from './packet-inbox.js';

type OwnCommand = Extract<PlayoutCommand, { type: 'update' | 'connect' }>;
type Options = { processorOptions: ProcessorOptions<PlayoutSettings> };

/** Packets and the native decoder's sound in, ours out: the native sound is heard until our first decoded packet. */
export class PlayoutProcessor extends ChainProcessor<PlayoutSettings, OwnCommand> {
  declare protected chain: PlayoutChain | null;
  readonly #inbox = new PacketInbox();
  #bypass: boolean;
  #opus = true;
  #started = false;
  #state: StateReport['state'] | undefined;
  #pipe: MessagePort | undefined;

  constructor(options: Options) {
    super(options, ({ module, numChannels, quantumFrames }) => {
      return new PlayoutChain(module, { sampleRate, numChannels, maxFrames: quantumFrames });
    });
    this.#bypass = options.processorOptions.settings.bypass;
    this.chain?.configure(options.processorOptions.settings);
  }

  protected override runChain(chain: PlayoutChain, output: readonly Float32Array[]): void {
    const frames = output[0]!.length;
    this.checkQuantum(frames);
    this.#inbox.drain((packet) => chain.insert(packet));
    chain.process(frames);
    this.#started ||= chain.started;
    const play = !this.#bypass && this.#opus;
    if (!play || this.#started) this.#enter(play ? 'running' : 'bypassed');
    this.fade.mix(output, chain.output);
  }

  protected override onCommand(command: OwnCommand): void {
    switch (command.type) {
      case 'update':
        this.#bypass = command.settings.bypass;
        this.chain?.configure(command.settings);
        return;
      case 'connect':
        this.#pipe?.close();
        this.#pipe = command.port;
        this.#pipe.onmessage = ({ data }: MessageEvent<PlayoutInput>) => this.#onInput(data);
        if (this.#state) this.#pipe.postMessage({ type: 'state', state: this.#state } satisfies StateReport);
        return;
    }
  }

  protected override onLatched(): void {
    // The pipe must hear of it before the window does anything: it stops silencing the native decoder.
    this.#pipe?.postMessage({ type: 'state', state: 'bypassed' } satisfies StateReport);
  }

  protected override onClose(): void {
    this.#pipe?.postMessage({ type: 'close' } satisfies Close);
    this.#pipe?.close();
  }

  #onInput(message: PlayoutInput): void {
    if (message.type === 'route') this.#opus = message.opus;
    else this.#inbox.push(message);
  }

  #enter(state: StateReport['state']): void {
    if (state === this.#state) return;
    this.#state = state;
    this.fade.target = state === 'running';
    const report: PlayoutReport = { type: 'state', state };
    this.port.postMessage(report);
    this.#pipe?.postMessage(report);
  }
}
