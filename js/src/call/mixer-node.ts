import type { Fault, MixerCommand, MixerProcessorOptions, MixerReport, MixPlace, PlayoutSettings, StateReport } from '../protocol.js';
import { MIXER_PROCESSOR } from '../protocol.js';
import { Requests } from '../requests.js';
import { WorkletNode } from '../worklet-node.js';

/** What a stream of the mix says of itself. */
export type StreamReport = StateReport | Fault;

/** A stream as the processor gets it. */
export interface MixerStream {
  readonly numChannels: number;
  readonly settings: PlayoutSettings;
  readonly place: MixPlace;
  /** The receiver pipe's end that gives the packets. */
  readonly port: MessagePort;
}

/** The window's end of the mixer processor: input i is the native sound of stream i, the output the stereo mix. */
export class MixerNode extends WorkletNode {
  readonly #listeners = new Map<number, (report: StreamReport) => void>();
  readonly #requests = new Requests<Float64Array>();
  #silent = false;

  /** `onRemoved` is told when an input has faded out and can be used again. */
  constructor(context: BaseAudioContext, module: WebAssembly.Module, maxInputs: number, onRemoved: (input: number) => void) {
    const quantumFrames = (context as { renderQuantumSize?: number }).renderQuantumSize ?? 128;
    super(context, MIXER_PROCESSOR, {
      numberOfInputs: maxInputs,
      numberOfOutputs: 1,
      outputChannelCount: [2],
      processorOptions: { module, quantumFrames } satisfies MixerProcessorOptions,
    });
    this.port.onmessage = ({ data }: MessageEvent<MixerReport>) => {
      if (data.type === 'stream') this.#listeners.get(data.input)?.(data.report);
      else if (data.type === 'stats') this.#requests.answer(data.id, data.values);
      else onRemoved(data.input);
    };
    this.addEventListener('processorerror', () => {
      this.#onSilence();
      const fault: Fault = { type: 'fault', code: 'wasm-fault', operation: MIXER_PROCESSOR, reason: 'the processor threw' };
      for (const listener of this.#listeners.values()) listener(fault);
    });
  }

  add(input: number, stream: MixerStream, listener: (report: StreamReport) => void): void {
    this.#listeners.set(input, listener);
    this.#send({ type: 'add', input, ...stream }, [stream.port]);
  }

  update(input: number, settings: PlayoutSettings): void {
    this.#send({ type: 'update', input, settings });
  }

  place(input: number, place: MixPlace): void {
    this.#send({ type: 'place', input, place });
  }

  remove(input: number): void {
    this.#listeners.delete(input);
    this.#send({ type: 'remove', input });
  }

  /** See StatsReport; empty while the context cannot answer. */
  ask(type: 'stats' | 'history', input: number): Promise<Float64Array> {
    if (this.#silent || this.context.state !== 'running') return Promise.resolve(new Float64Array());
    return this.#requests.ask((id) => this.#send({ type, input, id }));
  }

  close(): void {
    this.#send({ type: 'close' });
    this.#onSilence();
    this.disconnect();
  }

  #send(command: MixerCommand, transfer: Transferable[] = []): void {
    this.port.postMessage(command, transfer);
  }

  #onSilence(): void {
    this.#silent = true;
    this.#requests.close(new Float64Array());
  }
}
