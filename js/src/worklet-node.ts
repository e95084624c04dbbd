import { EarshotError, type EarshotModule } from './errors.js';
import { Lifecycle } from './lifecycle.js';
import type { CaptureReport, Fault, PlayoutReport, ProcessorOptions } from './protocol.js';
import { Requests } from './requests.js';

/**
 * AudioWorkletNode, or an empty class where there is none: a page must be able to import the library on a server and in a
 * browser without Web Audio, where `support()` and the errors then say what is missing.
 */
const WorkletNode = (globalThis.AudioWorkletNode ?? class {}) as typeof AudioWorkletNode;

/**
 * A worklet node whose processor runs a WebAssembly chain, with our life cycle on top. The processor itself passes the dry
 * sound until the chain runs and after a fault; this class only learns of it.
 */
export abstract class ChainNode<Settings> extends WorkletNode {
  /** @internal */
  protected readonly lifecycle: Lifecycle;
  readonly #stats = new Requests<Float64Array>();
  #latest: Float64Array = new Float64Array();
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
    this.port.onmessage = ({ data }: MessageEvent<CaptureReport | PlayoutReport>) => this.#onReport(data);
    this.addEventListener('processorerror', () => {
      this.#onSilence();
      this.#onFault({ type: 'fault', code: 'wasm-fault', operation: processor, reason: 'the processor threw' });
    });
  }

  /** @internal The latest values while the processor cannot answer: a context that is suspended or closed. */
  protected askStats(): Promise<Float64Array> {
    if (this.#silent || this.context.state !== 'running') return Promise.resolve(this.#latest);
    return this.#stats.ask((id) => this.port.postMessage({ type: 'stats', id }));
  }

  /** @internal Ends the processor. Returns false if it was closed before. */
  protected close(): boolean {
    const reason = new EarshotError('invalid-state', this.module, 'dispose', 'The node was disposed before it ran.');
    if (!this.lifecycle.close(reason)) return false;
    this.port.postMessage({ type: 'close' });
    this.#latest = new Float64Array();
    this.#onSilence();
    this.disconnect();
    return true;
  }

  #onSilence(): void {
    this.#silent = true;
    this.#stats.close(this.#latest);
  }

  /** @internal For subclasses: the chain carries the sound, or passes it on request. */
  protected onState(report: Extract<CaptureReport | PlayoutReport, { type: 'state' }>): void {
    this.lifecycle.settle(report.state);
  }

  #onReport(report: CaptureReport | PlayoutReport): void {
    switch (report.type) {
      case 'state':
        return this.onState(report);
      case 'stats':
        this.#latest = report.values;
        return this.#stats.answer(report.id, report.values);
      case 'fault':
        return this.#onFault(report);
    }
  }

  #onFault(fault: Fault): void {
    this.lifecycle.fail(faultError(fault, this.module));
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
