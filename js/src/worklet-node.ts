import { EarshotError, type EarshotModule } from './errors.js';
import { Lifecycle, type EarshotEventMap, type State, type TypedListeners } from './lifecycle.js';
import type { Fault, ProcessorOptions, StateReport, StatsReport } from './protocol.js';
import { Requests } from './requests.js';

/**
 * AudioWorkletNode, or an empty class where there is none: a page must be able to import the library on a server and in a
 * browser without Web Audio, where `support()` and the errors then say what is missing.
 */
export const WorkletNode = (globalThis.AudioWorkletNode ?? class {}) as typeof AudioWorkletNode;

/** What every chain processor says. */
type CommonReport = StateReport | StatsReport | Fault;

/**
 * A worklet node whose processor runs a WebAssembly chain, with our life cycle on top. The processor itself passes the dry
 * sound until the chain runs and after a fault; this class only learns of it.
 */
export abstract class ChainNode<
  Settings,
  Report extends { readonly type: string } = never,
  Events extends EarshotEventMap = EarshotEventMap,
> extends WorkletNode {
  /** @internal */
  protected readonly lifecycle: Lifecycle;
  declare addEventListener: TypedListeners<Events & AudioWorkletNodeEventMap>;
  declare removeEventListener: TypedListeners<Events & AudioWorkletNodeEventMap>;
  readonly #requests = new Requests<StatsReport | undefined>();
  readonly #latest = new Map<string, Float64Array>();
  #silent = false;

  /** @internal */
  protected constructor(
    context: BaseAudioContext,
    processor: string,
    private readonly module: EarshotModule,
    wasm: WebAssembly.Module,
    numChannels: number,
    settings: Settings,
  ) {
    const processorOptions: ProcessorOptions<Settings> = {
      module: wasm,
      numChannels,
      quantumFrames: (context as { renderQuantumSize?: number }).renderQuantumSize ?? 128,
      settings,
    };
    super(context, processor, {
      numberOfInputs: 1,
      numberOfOutputs: 1,
      outputChannelCount: [numChannels],
      channelCount: numChannels,
      channelCountMode: 'explicit',
      channelInterpretation: 'speakers',
      processorOptions,
    });
    this.lifecycle = new Lifecycle(this);
    this.port.onmessage = ({ data }: MessageEvent<CommonReport | Report>) => this.#onReport(data);
    this.addEventListener('processorerror', () => {
      this.#onSilence();
      this.onFault({ type: 'fault', code: 'wasm-fault', operation: processor, reason: 'the processor threw' });
    });
  }

  get state(): State {
    return this.lifecycle.state;
  }

  /** Resolves when the chain runs; rejects with an EarshotError when it never will. */
  get ready(): Promise<void> {
    return this.lifecycle.ready;
  }

  /** The fault after which the dry sound flows, if there was one. */
  get error(): EarshotError | undefined {
    return this.lifecycle.error;
  }

  /** @internal Its latest answer while the processor cannot give one: a context that is suspended or closed. */
  protected async ask(type: 'stats' | 'history'): Promise<Float64Array> {
    const report = await this.askNow(type);
    if (report) this.#latest.set(type, report.values);
    return this.#latest.get(type) ?? new Float64Array();
  }

  /** @internal Undefined while the processor cannot answer. */
  protected async askNow(type: 'stats' | 'history'): Promise<StatsReport | undefined> {
    if (this.#silent || this.context.state !== 'running') return undefined;
    return this.#requests.ask((id) => this.port.postMessage({ type, id }));
  }

  /** @internal Ends the processor. Returns false if it was closed before. */
  protected close(): boolean {
    const reason = new EarshotError('invalid-state', this.module, 'dispose', 'The node was disposed before it ran.');
    if (!this.lifecycle.close(reason)) return false;
    this.port.postMessage({ type: 'close' });
    this.#latest.clear();
    this.#onSilence();
    this.disconnect();
    return true;
  }

  #onSilence(): void {
    this.#silent = true;
    this.#requests.close(undefined);
  }

  /** @internal What the processor says besides what all of them say. */
  protected onReport(_report: Report): void {}

  /** @internal The chain is gone. */
  protected onFault(fault: Fault): void {
    this.lifecycle.fail(faultError(fault, this.module));
  }

  #onReport(report: CommonReport | Report): void {
    switch (report.type) {
      case 'state':
        return this.lifecycle.settle((report as StateReport).state);
      case 'stats':
        return this.#requests.answer((report as StatsReport).id, report as StatsReport);
      case 'fault':
        return this.onFault(report as Fault);
      default:
        return this.onReport(report as Report);
    }
  }
}

/** A fault of another thread as the error the page sees. */
export function faultError(fault: Fault, module: EarshotModule): EarshotError {
  return new EarshotError(
    fault.code,
    module,
    fault.operation,
    `${fault.operation} failed (${fault.reason}). The unprocessed sound flows instead; dispose this object and make a new one to try again.`,
  );
}
