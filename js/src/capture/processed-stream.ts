import { engine, type ContextLease } from '../engine.js';
import { EarshotError } from '../errors.js';
import { Insert } from '../insert.js';
import { LifecycleTarget } from '../lifecycle.js';
import type { CaptureSettings } from '../protocol.js';
import { loadCaptureNode, type CaptureNode } from './capture-node.js';
import { followListeners, VoiceActivityEvent, type CaptureEventMap } from './events.js';
import { captureSettings, type CaptureOptions } from './options.js';
import { captureStats, type CaptureStats } from './stats.js';

/** A graph's entry, from a track. */
export interface StreamSource {
  readonly output: AudioNode;
  close(): void;
}

/**
 * A stream whose sound goes through a capture chain: dry until that has loaded and after any fault. What microphones and remote
 * participants have in common.
 */
export abstract class ProcessedStream<Events extends CaptureEventMap = CaptureEventMap> extends LifecycleTarget<Events> {
  /** The processed audio track, together with the input stream's video tracks. */
  readonly stream: MediaStream;
  /** The processed audio track. */
  readonly track: MediaStreamTrack;
  /** @internal */
  protected readonly insert: Insert;
  readonly #lease: ContextLease;
  readonly #source: StreamSource;
  #settings: CaptureSettings;
  #node: CaptureNode | null = null;
  #watched = false;

  /** @internal */
  protected constructor(
    lease: ContextLease,
    source: StreamSource,
    input: MediaStream | MediaStreamTrack,
    channelCount: 1 | 2,
    settings: CaptureSettings,
  ) {
    super();
    this.#lease = lease;
    this.#source = source;
    this.#settings = settings;
    this.insert = new Insert(source.output);
    const destination = new MediaStreamAudioDestinationNode(lease.context, { channelCount });
    this.insert.output.connect(destination);
    this.track = destination.stream.getAudioTracks()[0]!;
    this.stream = new MediaStream([this.track, ...('getVideoTracks' in input ? input.getVideoTracks() : [])]);
    followListeners(this, 'voiceactivity', (any) => this.#watchVoice(any));
    void this.#load(channelCount);
  }

  /** The chain's node; null until it is loaded. */
  get node(): CaptureNode | null {
    return this.#node;
  }

  /** The context the sound passes. While a browser keeps it suspended (no gesture yet), the track is silent. */
  get context(): AudioContext {
    return this.#lease.context;
  }

  /** Whether somebody speaks: true from `speechstart` to `speechend`. */
  get speaking(): boolean {
    return this.#node?.speaking ?? false;
  }

  async getStats(): Promise<CaptureStats> {
    return this.#node?.getStats() ?? captureStats(new Float64Array(), 0);
  }

  /** Stops the processed track and frees everything behind it. The input stays as it is. */
  dispose(): void {
    if (!this.lifecycle.close(new EarshotError('invalid-state', 'capture', 'dispose', 'Disposed before it was ready.'))) return;
    this.#node?.dispose();
    this.insert.close();
    this.#source.close();
    this.track.stop();
    this.#lease.release();
  }

  /** @internal */
  protected apply(options: CaptureOptions): void {
    this.#settings = captureSettings(options, this.#settings);
    this.#node?.update(options);
  }

  async #load(channelCount: 1 | 2): Promise<void> {
    try {
      const node = await loadCaptureNode(this.context, channelCount, () => this.#settings);
      if (this.state === 'closed') return node.dispose();
      this.#node = node;
      this.lifecycle.follow(node);
      for (const type of ['speechstart', 'speechend'] as const) node.addEventListener(type, () => this.dispatchEvent(new Event(type)));
      this.#watchVoice(this.#watched);
      this.insert.insert(node);
    } catch (error) {
      const advice = 'The unprocessed sound flows; make a new object to retry.';
      this.lifecycle.fail(EarshotError.from(error, 'context', 'capture', 'load', advice));
    }
  }

  #watchVoice(watched: boolean): void {
    this.#watched = watched;
    if (watched) this.#node?.addEventListener('voiceactivity', this.#onVoice);
    else this.#node?.removeEventListener('voiceactivity', this.#onVoice);
  }

  readonly #onVoice = ({ probability, active }: VoiceActivityEvent) => {
    this.dispatchEvent(new VoiceActivityEvent(probability, active));
  };
}

/** The live audio track of what a page gave to `operation`. */
export function audioTrack(input: MediaStream | MediaStreamTrack, operation: string): MediaStreamTrack {
  const track = input instanceof MediaStream ? input.getAudioTracks()[0] : input;
  if (track instanceof MediaStreamTrack && track.kind === 'audio' && track.readyState === 'live') return track;
  throw new EarshotError(
    'invalid-argument',
    'capture',
    operation,
    `${operation}() takes a live audio track or a stream with one, such as getUserMedia({ audio: true }) gives.`,
  );
}

/**
 * Makes something in `given` or, without it, in a context of the library that takes the track, for a remote one where it is played;
 * throws an EarshotError.
 */
export function inContext<T>(
  given: AudioContext | undefined,
  purpose: CaptureSettings['purpose'],
  operation: string,
  make: (lease: ContextLease) => T,
): T {
  const tried = (lease: ContextLease): T => {
    try {
      return make(lease);
    } catch (error) {
      lease.release();
      throw error;
    }
  };
  try {
    const lease = purpose === 'remote' ? engine.leaseOutputContext(given) : engine.leaseContext(given);
    try {
      return tried(lease);
    } catch (error) {
      if (given || !refusesRate(error)) throw error;
      return tried(engine.leaseDeviceContext());
    }
  } catch (error) {
    throw contextError(error, operation);
  }
}

export function contextError(error: unknown, operation: string): EarshotError {
  const advice = refusesRate(error)
    ? 'This browser connects a track only to an AudioContext of the same sample rate: make the context without a sampleRate, or leave audioContext out.'
    : 'Pass an AudioContext that is open and can take this track, as `audioContext`.';
  return EarshotError.from(error, 'context', 'capture', operation, advice);
}

/** Firefox refused to connect a track to a context of another rate. */
function refusesRate(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotSupportedError';
}
