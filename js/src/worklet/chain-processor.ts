import { CrossFade } from '../audio/cross-fade.js';
import { CutOff } from '../audio/cut-off.js';
import type { Fault, StatsRequest, Close, ProcessorOptions } from '../protocol.js';
import { chainFault } from './chain-fault.js';

/** What the chains of wasm/ have in common. */
export interface Chain {
  /** A copy of the statistics. */
  stats(): Float64Array;
}

/** What every chain processor understands besides its own commands. */
type CommonCommand = StatsRequest | Close;

/**
 * A processor around one WebAssembly chain. The output holds the dry sound first, and the chain's over it as far as the
 * cross-fade says; a chain that traps or refuses is dropped for good within the same render quantum, and reported once.
 */
export abstract class ChainProcessor<Settings, Command extends { readonly type: string }> extends AudioWorkletProcessor {
  protected chain: Chain | null = null;
  protected readonly fade = new CrossFade(sampleRate);
  readonly #quantumFrames: number;
  readonly #cutOffs: readonly CutOff[];
  #closed = false;

  constructor(
    { processorOptions }: { processorOptions: ProcessorOptions<Settings> },
    create: (options: ProcessorOptions<Settings>) => Chain,
  ) {
    super();
    this.#quantumFrames = processorOptions.quantumFrames;
    this.#cutOffs = Array.from({ length: processorOptions.numChannels }, () => new CutOff(sampleRate));
    this.port.onmessage = ({ data }: MessageEvent<Command | CommonCommand>) => this.#onMessage(data);
    try {
      this.chain = create(processorOptions);
    } catch (error) {
      this.#latch('wasm-compile', error);
    }
  }

  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    if (this.#closed) return false;
    const input = inputs[0]!;
    const output = outputs[0]!;
    // A processor with nothing connected to its input has no channels there; its output is silence already.
    if (input.length > 0) output.forEach((channel, c) => channel.set(input[c] ?? input[0]!));
    output.forEach((channel, c) => this.#cutOffs[c]!.smooth(channel));
    if (!this.chain) return true;
    try {
      this.runChain(this.chain, output);
    } catch (error) {
      this.#latch('wasm-fault', error);
    }
    return true;
  }

  /** Runs the chain and fades its sound over `output`, which holds the dry sound. May throw before the fade: that is the fault. */
  protected abstract runChain(chain: Chain, output: readonly Float32Array[]): void;

  /** May throw as well. */
  protected abstract onCommand(command: Command): void;

  /** The chain is gone; the dry sound flows from now on. */
  protected onLatched(): void {}

  protected onClose(): void {}

  #onMessage(message: Command | CommonCommand): void {
    try {
      switch (message.type) {
        case 'stats': {
          const { id } = message as StatsRequest;
          this.port.postMessage({ type: 'stats', id, values: this.chain?.stats() ?? new Float64Array(), time: currentTime });
          return;
        }
        case 'close':
          this.#closed = true;
          this.chain = null;
          this.onClose();
          return;
        default:
          this.onCommand(message as Command);
      }
    } catch (error) {
      this.#latch('wasm-fault', error);
    }
  }

  #latch(code: Fault['code'], error: unknown): void {
    this.chain = null;
    this.port.postMessage(chainFault(code, error));
    this.onLatched();
  }

  /** Throws if the browser renders another quantum than the chain was made for. */
  protected checkQuantum(frames: number): void {
    if (frames !== this.#quantumFrames) {
      throw new Error(`the render quantum is ${frames} frames instead of ${this.#quantumFrames}`);
    }
  }
}
