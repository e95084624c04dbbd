import { checked, created } from './heap.js';
import type { ModuleExports } from './loader.js';

/** The rate converter's exports of `earshot-file.wasm`. */
export interface ResamplerExports extends ModuleExports {
  resampler_create(inputRate: number, outputRate: number, numChannels: number, maxFrames: number): number;
  resampler_destroy(handle: number): void;
  resampler_input(handle: number, channel: number): number;
  resampler_output(handle: number, channel: number): number;
  resampler_process(handle: number, frames: number): number;
  resampler_delay(handle: number): number;
}

export interface ResamplerOptions {
  /** 8000 … 192000. */
  readonly inputRate: number;
  /** 8000 … 192000. */
  readonly outputRate: number;
  readonly numChannels: number;
  /** Largest block, at most 65536. */
  readonly maxFrames: number;
}

/** Streaming conversion between any two sample rates. */
export class Resampler {
  readonly #exports: ResamplerExports;
  readonly #handle: number;
  readonly #options: ResamplerOptions;

  constructor(exports: ResamplerExports, options: ResamplerOptions) {
    this.#exports = exports;
    this.#options = options;
    const { inputRate, outputRate, numChannels, maxFrames } = options;
    const handle = exports.resampler_create(inputRate, outputRate, numChannels, maxFrames);
    this.#handle = created(handle, 'resampler_create');
  }

  /** How far the output lags, in output samples; not always whole. */
  get delay(): number {
    return this.#exports.resampler_delay(this.#handle);
  }

  /** Converts a block, one array per channel; the result is valid until the next call. */
  process(channels: readonly Float32Array[]): Float32Array[] {
    const { memory, resampler_input, resampler_output, resampler_process } = this.#exports;
    const view = (pointer: number, frames: number) => new Float32Array(memory.buffer, pointer, frames);
    const frames = channels[0]!.length;
    if (frames > this.#options.maxFrames) throw new RangeError(`resampler_process: ${frames} frames are too many`);
    channels.forEach((channel, c) => view(resampler_input(this.#handle, c), frames).set(channel));
    const count = checked(resampler_process(this.#handle, frames), 'resampler_process');
    return channels.map((_, c) => view(resampler_output(this.#handle, c), count));
  }

  dispose(): void {
    this.#exports.resampler_destroy(this.#handle);
  }
}
