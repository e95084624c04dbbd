import type { Fault, MixerCommand, MixerProcessorOptions, MixerReport, StateReport } from '../protocol.js';
import { MixedStream } from './mixed-stream.js';

/**
 * Many received streams, one processor: input i carries the native sound of stream i, the output is the stereo mix. Every stream
 * has a chain of its own, so that one that traps leaves the others as they are.
 */
export class MixerProcessor extends AudioWorkletProcessor {
  readonly #options: MixerProcessorOptions;
  readonly #streams = new Map<number, MixedStream>();
  #closed = false;

  constructor({ processorOptions }: { processorOptions: MixerProcessorOptions }) {
    super();
    this.#options = processorOptions;
    this.port.onmessage = ({ data }: MessageEvent<MixerCommand>) => this.#onCommand(data);
  }

  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    if (this.#closed) return false;
    const mix = outputs[0]!;
    for (const [input, stream] of this.#streams) {
      stream.mix(inputs[input]!, mix);
      if (!stream.gone) continue;
      this.#streams.delete(input);
      stream.close();
      this.#say({ type: 'removed', input });
    }
    return true;
  }

  #onCommand(command: MixerCommand): void {
    if (command.type === 'close') {
      this.#closed = true;
      for (const stream of this.#streams.values()) stream.close();
      this.#streams.clear();
      return;
    }
    if (command.type === 'add') return this.#add(command);
    const stream = this.#streams.get(command.input);
    switch (command.type) {
      case 'update':
        return stream?.configure(command.settings);
      case 'place':
        return stream?.place(command.place);
      case 'remove':
        return stream?.leave();
      case 'stats':
        return this.#say({ type: 'stats', id: command.id, values: stream?.stats() ?? new Float64Array() });
      case 'history': {
        const values = stream?.history() ?? new Float64Array();
        return this.#say({ type: 'stats', id: command.id, values }, [values.buffer]);
      }
    }
  }

  #add({ input, numChannels, settings, place, port }: Extract<MixerCommand, { type: 'add' }>): void {
    const report = (report: StateReport | Fault) => this.#say({ type: 'stream', input, report });
    const stream = new MixedStream({ ...this.#options, numChannels, settings }, report);
    stream.connect(port);
    stream.place(place);
    this.#streams.set(input, stream);
  }

  #say(report: MixerReport, transfer: Transferable[] = []): void {
    this.port.postMessage(report, transfer);
  }
}
