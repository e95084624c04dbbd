import type { GainControlSettings } from '../protocol.js';
import { CaptureParam, CaptureStage, CaptureStat } from './abi.js';
import { checked, created } from './heap.js';
import { instantiate, type ModuleExports } from './loader.js';

/** The capture chain's exports of `earshot-worklet.wasm`. */
export interface CaptureExports extends ModuleExports {
  capture_create(sampleRate: number, numChannels: number, maxFrames: number, blockMultiple: number, stages: number): number;
  capture_destroy(handle: number): void;
  capture_input(handle: number, channel: number): number;
  capture_output(handle: number, channel: number): number;
  capture_set(handle: number, param: number, value: number): number;
  capture_process(handle: number, frames: number): number;
  capture_stats(handle: number): number;
  capture_latency(handle: number): number;
}

export interface CaptureChainOptions {
  readonly sampleRate: number;
  readonly numChannels: number;
  /** Largest block. */
  readonly maxFrames: number;
  /** Every block is a multiple of this; a larger one saves latency. */
  readonly blockMultiple: number;
  /** CaptureStage bits of what lies in the path of the sound; all by default. */
  readonly stages?: number;
}

export interface CaptureControls {
  /** 0 (off) … 1. */
  readonly noiseSuppression: number;
  readonly autoGainControl: boolean;
  readonly gainControl?: GainControlSettings;
  readonly limiter: boolean;
}

const GAIN_CONTROL: Readonly<Record<keyof GainControlSettings, CaptureParam>> = {
  targetLoudness: CaptureParam.TargetLoudnessLufs,
  maxGain: CaptureParam.MaxGainDb,
  initialGain: CaptureParam.InitialGainDb,
  maxGainChange: CaptureParam.MaxGainChangeDbPerSecond,
  headroom: CaptureParam.HeadroomDb,
  maxOutputNoise: CaptureParam.MaxOutputNoiseDbfs,
};

/** Noise suppression, gain control and limiter of one stream, in an instance of its own. Nothing below `process` allocates. */
export class CaptureChain {
  readonly #exports: CaptureExports;
  readonly #handle: number;
  readonly #stats: Float64Array;

  constructor(module: WebAssembly.Module, options: CaptureChainOptions) {
    const exports = (this.#exports = instantiate<CaptureExports>(module));
    const { sampleRate, numChannels, maxFrames, blockMultiple, stages = CaptureStage.NoiseSuppressor } = options;
    const handle = exports.capture_create(sampleRate, numChannels, maxFrames, blockMultiple, stages);
    this.#handle = created(handle, 'capture_create');
    const views = (pointer: (channel: number) => number) =>
      Array.from({ length: numChannels }, (_, channel) => {
        return new Float32Array(exports.memory.buffer, pointer(channel), maxFrames);
      });
    this.input = views((channel) => exports.capture_input(handle, channel));
    this.output = views((channel) => exports.capture_output(handle, channel));
    this.#stats = new Float64Array(exports.memory.buffer, exports.capture_stats(handle), CaptureStat.Count);
  }

  /** One array per channel to write before `process`; the memory is fixed, so they stay valid. */
  readonly input: readonly Float32Array[];
  /** One array per channel to read after `process`. */
  readonly output: readonly Float32Array[];

  /** How far the output lags, in samples; exact, so not always whole. */
  get latencySamples(): number {
    return this.#exports.capture_latency(this.#handle);
  }

  configure(controls: CaptureControls): void {
    this.#set(CaptureParam.NoiseSuppression, controls.noiseSuppression);
    this.#set(CaptureParam.AutoGainControl, Number(controls.autoGainControl));
    this.#set(CaptureParam.Limiter, Number(controls.limiter));
    for (const [name, value] of Object.entries(controls.gainControl ?? {})) {
      this.#set(GAIN_CONTROL[name as keyof GainControlSettings], value);
    }
  }

  /** Runs the first `frames` of every input channel through the chain. Throws on a trap or refusal. */
  process(frames: number): void {
    checked(this.#exports.capture_process(this.#handle, frames), 'capture_process');
  }

  /** A copy in the order of CaptureStat. */
  stats(): Float64Array {
    return this.look().slice();
  }

  /** The same without a copy: valid until the next look. */
  look(): Readonly<Float64Array> {
    // The call refreshes the values behind the pointer.
    this.#exports.capture_stats(this.#handle);
    return this.#stats;
  }

  /** The memory behind the instance, for the tests that damage it. */
  get memory(): WebAssembly.Memory {
    return this.#exports.memory;
  }

  dispose(): void {
    this.#exports.capture_destroy(this.#handle);
  }

  #set(param: CaptureParam, value: number): void {
    checked(this.#exports.capture_set(this.#handle, param, value), `capture_set ${CaptureParam[param]} ${value}`);
  }
}
