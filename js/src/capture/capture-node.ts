import { engine } from '../engine.js';
import { EarshotError } from '../errors.js';
import type { EarshotEventMap, State } from '../lifecycle.js';
import { CAPTURE_PROCESSOR, type CaptureReport, type CaptureSettings } from '../protocol.js';
import { ChainNode } from '../worklet-node.js';
import { captureSettings, type CaptureOptions } from './options.js';
import { captureStats, type CaptureStats } from './stats.js';

export interface CaptureNodeOptions extends CaptureOptions {
  /** 1 (default) or 2; other inputs are mixed to it. */
  channelCount?: 1 | 2;
}

/**
 * The capture chain (noise suppression → gain control → limiter) as an AudioWorkletNode with one input and one output, at any
 * context rate. Fires `statechange` and `error`. Made by `createCaptureNode()`.
 */
export class CaptureNode extends ChainNode<CaptureSettings> {
  #settings: CaptureSettings;
  #latency = 0;

  /** @internal */
  constructor(context: BaseAudioContext, wasm: WebAssembly.Module, numChannels: number, settings: CaptureSettings) {
    super(context, CAPTURE_PROCESSOR, 'capture', wasm, numChannels, settings);
    this.#settings = settings;
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

  /** By how much the chain delays the sound, in seconds; 0 until `ready`. */
  get latency(): number {
    return this.#latency;
  }

  /** Changes any of the options. Throws an EarshotError for a value out of range. */
  update(options: CaptureOptions): void {
    this.#settings = captureSettings(options, this.#settings);
    this.port.postMessage({ type: 'update', settings: this.#settings });
  }

  async getStats(): Promise<CaptureStats> {
    return captureStats(await this.askStats(), this.#latency);
  }

  /** Ends the processor and disconnects the node. */
  dispose(): void {
    this.close();
  }

  /** @internal */
  protected override onState(report: Extract<CaptureReport, { type: 'state' }>): void {
    this.#latency = report.latencySamples / this.context.sampleRate;
    super.onState(report);
  }
}

export interface CaptureNode {
  addEventListener<K extends keyof EarshotEventMap>(
    type: K,
    listener: (this: CaptureNode, event: EarshotEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/**
 * The capture chain for a page with its own graph: `source.connect(node).connect(destination)`. Loads what is needed first;
 * rejects with an EarshotError if it cannot, in which case the page connects its source directly.
 */
export async function createCaptureNode(
  context: BaseAudioContext,
  options: CaptureNodeOptions = {},
): Promise<CaptureNode> {
  const { channelCount = 1, ...rest } = options;
  if (channelCount !== 1 && channelCount !== 2) {
    throw new EarshotError('invalid-argument', 'capture', 'option channelCount', 'channelCount must be 1 or 2.');
  }
  const settings = captureSettings(rest);
  return loadCaptureNode(context, channelCount, () => settings);
}

/** `settings` is asked when everything has loaded, which may be long after the call. */
export async function loadCaptureNode(
  context: BaseAudioContext,
  channelCount: 1 | 2,
  settings: () => CaptureSettings,
): Promise<CaptureNode> {
  const [wasm] = await Promise.all([engine.loadModule('worklet'), engine.loadWorklet(context)]);
  return new CaptureNode(context, wasm, channelCount, settings());
}
