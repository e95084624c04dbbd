import { engine, type ContextLease } from '../engine.js';
import { EarshotError } from '../errors.js';
import { Insert } from '../insert.js';
import { Lifecycle, type EarshotEventMap, type State } from '../lifecycle.js';
import type { CaptureSettings } from '../protocol.js';
import { loadCaptureNode, type CaptureNode } from './capture-node.js';
import { registerEnhancedTrack } from './enhanced-track.js';
import { captureSettings, type CaptureOptions } from './options.js';
import { captureStats, type CaptureStats } from './stats.js';

export interface EnhanceOptions extends CaptureOptions {
  /** Where to process; default: the library's own 48 kHz context. Never closed by the library. */
  audioContext?: AudioContext;
}

/**
 * Cleans up a microphone: `const { stream } = await enhance(microphone)`. Resolves at once; the sound passes dry until the
 * WebAssembly has loaded (`ready`) and after any fault. Rejects with an EarshotError only for an input without live audio.
 */
export async function enhance(input: MediaStream | MediaStreamTrack, options: EnhanceOptions = {}): Promise<Enhancer> {
  const { audioContext, ...rest } = options;
  const settings = captureSettings(rest);
  const track = audioTrack(input);
  const lease: ContextLease = audioContext ? { context: audioContext, release() {} } : engine.leaseContext();
  try {
    return new Enhancer(input, track, lease, settings);
  } catch (error) {
    lease.release();
    throw EarshotError.from(
      error,
      'context',
      'capture',
      'enhance',
      'Pass an AudioContext that is open and can take this track, as `audioContext`.',
    );
  }
}

/** An enhanced microphone. Fires `statechange` and `error`. */
export class Enhancer extends EventTarget {
  /** The enhanced audio track, together with the input stream's video tracks. */
  readonly stream: MediaStream;
  /** The enhanced audio track. Fires `ended` when the microphone ends. */
  readonly track: MediaStreamTrack;
  readonly #lifecycle = new Lifecycle(this);
  readonly #source: MediaStreamAudioSourceNode;
  readonly #insert: Insert;
  readonly #input: MediaStreamTrack;
  readonly #lease: ContextLease;
  #settings: CaptureSettings;
  #node: CaptureNode | null = null;

  /** @internal */
  constructor(input: MediaStream | MediaStreamTrack, track: MediaStreamTrack, lease: ContextLease, settings: CaptureSettings) {
    super();
    const { context } = lease;
    const channelCount = track.getSettings().channelCount === 2 ? 2 : 1;
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    const destination = new MediaStreamAudioDestinationNode(context, { channelCount });
    this.#insert = new Insert(this.#source);
    this.#insert.output.connect(destination);
    this.track = destination.stream.getAudioTracks()[0]!;
    this.stream = new MediaStream([this.track, ...('getVideoTracks' in input ? input.getVideoTracks() : [])]);
    this.#lease = lease;
    this.#settings = settings;
    this.#input = track;
    registerEnhancedTrack(this.track, this.#insert.output);
    track.addEventListener('ended', this.#onEnded);
    void this.#load(channelCount);
  }

  get state(): State {
    return this.#lifecycle.state;
  }

  /** Resolves when the chain processes the sound; rejects with an EarshotError when it never will. */
  get ready(): Promise<void> {
    return this.#lifecycle.ready;
  }

  /** The fault after which the dry sound flows, if there was one. */
  get error(): EarshotError | undefined {
    return this.#lifecycle.error;
  }

  /** The capture chain's node; null until it is loaded. */
  get node(): CaptureNode | null {
    return this.#node;
  }

  /** The context the sound passes. While a browser keeps it suspended (no gesture yet), the track is silent. */
  get context(): AudioContext {
    return this.#lease.context;
  }

  /** Changes any of the options. Throws an EarshotError for a value out of range. */
  update(options: CaptureOptions): void {
    this.#settings = captureSettings(options, this.#settings);
    this.#node?.update(options);
  }

  async getStats(): Promise<CaptureStats> {
    return this.#node?.getStats() ?? captureStats(new Float64Array(), 0);
  }

  /** Stops the enhanced track and frees everything behind it. The microphone itself stays as it is. */
  dispose(): void {
    if (!this.#lifecycle.close(new EarshotError('invalid-state', 'capture', 'dispose', 'Disposed before it was ready.'))) return;
    this.#input.removeEventListener('ended', this.#onEnded);
    this.#node?.dispose();
    this.#insert.close();
    this.track.stop();
    this.#lease.release();
  }

  readonly #onEnded = () => {
    this.dispose();
    // stop() fires no event; whoever holds the enhanced track expects what the microphone's own track would do.
    this.track.dispatchEvent(new Event('ended'));
  };

  async #load(channelCount: 1 | 2): Promise<void> {
    try {
      const node = await loadCaptureNode(this.context, channelCount, () => this.#settings);
      if (this.state === 'closed') return node.dispose();
      this.#node = node;
      node.addEventListener('error', ({ error }) => this.#lifecycle.fail(error));
      node.addEventListener('statechange', () => {
        if (node.state === 'running' || (node.state === 'bypassed' && !node.error)) this.#lifecycle.settle(node.state);
      });
      this.#insert.insert(node);
    } catch (error) {
      this.#lifecycle.fail(
        EarshotError.from(error, 'context', 'capture', 'load', 'The unprocessed sound flows; enhance the microphone again to retry.'),
      );
    }
  }
}

export interface Enhancer {
  addEventListener<K extends keyof EarshotEventMap>(
    type: K,
    listener: (this: Enhancer, event: EarshotEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** The track of `input` to enhance. */
function audioTrack(input: MediaStream | MediaStreamTrack): MediaStreamTrack {
  const track = input instanceof MediaStream ? input.getAudioTracks()[0] : input;
  if (track instanceof MediaStreamTrack && track.kind === 'audio' && track.readyState === 'live') return track;
  throw new EarshotError(
    'invalid-argument',
    'capture',
    'enhance',
    'enhance() takes a live audio track or a stream with one, such as getUserMedia({ audio: true }) gives.',
  );
}
