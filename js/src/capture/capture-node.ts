import { engine } from '../engine.js';
import { EarshotError } from '../errors.js';
import { CAPTURE_PROCESSOR, type CaptureCommand, type CapturePurpose, type CaptureReport, type CaptureSettings, type Fault } from '../protocol.js';
import { isChannelCount, oneOf } from '../validate.js';
import { ChainNode } from '../worklet-node.js';
import { followListeners, VoiceActivityEvent, type CaptureEventMap } from './events.js';
import { captureSettings, defaultSettings, type CaptureOptions } from './options.js';
import { captureStats, type CaptureStats } from './stats.js';

export interface CaptureNodeOptions extends CaptureOptions {
  /** 1 (default) or 2; other inputs are mixed to it. Both channels get the same gain. */
  channelCount?: 1 | 2;
  /**
   * `'microphone'` (default), or `'remote'` for the sound of a remote participant: gain control and limiter without the noise
   * suppressor and its delay, so that `noiseSuppression` has no effect.
   */
  purpose?: CapturePurpose;
}

/**
 * The capture chain (noise suppression → gain control → limiter) as an AudioWorkletNode with one input and one output, at any
 * context rate. Fires `statechange`, `error`, `speechstart`, `speechend` and `voiceactivity`. Made by `createCaptureNode()`.
 */
export class CaptureNode extends ChainNode<CaptureSettings, CaptureReport, CaptureEventMap> {
  #settings: CaptureSettings;
  #latency = 0;
  #speaking = false;

  /** @internal */
  constructor(context: BaseAudioContext, wasm: WebAssembly.Module, channelCount: number, settings: CaptureSettings) {
    super(context, CAPTURE_PROCESSOR, 'capture', wasm, channelCount, settings);
    this.#settings = settings;
    followListeners(this, 'voiceactivity', (on) => this.#post({ type: 'watch-voice', on }));
  }

  /** By how much the chain delays the sound, in seconds, exactly; 0 until `ready`. */
  get latency(): number {
    return this.#latency;
  }

  /** Whether somebody speaks: true from `speechstart` to `speechend`. */
  get speaking(): boolean {
    return this.#speaking;
  }

  /** Changes any of the options. Throws an EarshotError for a value out of range. */
  update(options: CaptureOptions): void {
    this.#settings = captureSettings(options, this.#settings);
    this.#post({ type: 'update', settings: this.#settings });
  }

  async getStats(): Promise<CaptureStats> {
    return captureStats(await this.ask('stats'), this.#latency);
  }

  /** Ends the processor and disconnects the node. */
  dispose(): void {
    if (this.close()) this.#hear(false);
  }

  /** @internal */
  protected override onReport(report: CaptureReport): void {
    switch (report.type) {
      case 'latency':
        this.#latency = report.samples / this.context.sampleRate;
        return;
      case 'speech':
        return this.#hear(report.active);
      case 'voice':
        this.dispatchEvent(new VoiceActivityEvent(report.probability, report.active));
        return;
    }
  }

  /** @internal */
  protected override onFault(fault: Fault): void {
    super.onFault(fault);
    this.#hear(false);
  }

  #post(command: CaptureCommand): void {
    this.port.postMessage(command);
  }

  #hear(speaking: boolean): void {
    if (speaking === this.#speaking) return;
    this.#speaking = speaking;
    this.dispatchEvent(new Event(speaking ? 'speechstart' : 'speechend'));
  }
}

/**
 * The capture chain for a page with its own graph: `source.connect(node).connect(destination)`. Loads what is needed first;
 * rejects with an EarshotError if it cannot, in which case the page connects its source directly.
 */
export async function createCaptureNode(
  context: BaseAudioContext,
  options: CaptureNodeOptions = {},
): Promise<CaptureNode> {
  const { channelCount = 1, purpose = 'microphone', ...rest } = options;
  const channels = isChannelCount('capture', channelCount);
  const settings = captureSettings(rest, defaultSettings(oneOf('capture', 'purpose', purpose, ['microphone', 'remote'])));
  return loadCaptureNode(context, channels, () => settings);
}

/** `settings` is asked when everything has loaded, which may be long after the call. */
export async function loadCaptureNode(
  context: BaseAudioContext,
  channelCount: 1 | 2,
  settings: () => CaptureSettings,
): Promise<CaptureNode> {
  const [wasm] = await Promise.all([engine.loadModule('worklet'), engine.loadWorklet(context)]);
  try {
    return new CaptureNode(context, wasm, channelCount, settings());
  } catch (error) {
    throw EarshotError.from(error, 'context', 'capture', 'create the node', 'Pass an AudioContext that is open.');
  }
}
