import { engine, type ContextLease } from '../engine.js';
import { Insert } from '../insert.js';
import type { AudioClock, PlayoutSettings } from '../protocol.js';
import { RemoteSound } from '../remote-sound.js';
import { isChannelCount } from '../validate.js';
import type { PlayoutMoment } from './history.js';
import { Loudspeaker } from './loudspeaker.js';
import { wantedConcealment, wantedEchoSafety, type Concealment, type ReceiverOptions } from './options.js';
import { outputTime } from './output-time.js';
import { PlayoutAttachment } from './playout-attachment.js';
import { PlayoutNode } from './playout-node.js';
import { playoutStats, type PlayoutStats } from './stats.js';

/**
 * Plays a receiver through our jitter buffer and decoders, of Opus and G.711. Synchronous: call it in the `track` event, since some browsers
 * give frames only to a transform that is there by then. Throws an EarshotError for a bad option or a second attachment;
 * whatever else goes wrong is an `error` event, and `node` carries the browser's own sound.
 */
export function attachReceiver(receiver: RTCRtpReceiver, options: ReceiverOptions = {}): ReceiverAttachment {
  return new ReceiverAttachment(receiver, options);
}

/** Sound does not wait longer for pictures, ms: a conversation suffers more from it than from lips that lag. */
const MAX_HOLD = 400;

/** A receiver with our jitter buffer. Fires `statechange` and `error`. */
export class ReceiverAttachment extends PlayoutAttachment {
  readonly #lease: ContextLease;
  readonly #native: RemoteSound;
  readonly #insert: Insert;
  readonly #pull: GainNode;
  readonly #loudspeaker: Loudspeaker;
  #playout: PlayoutNode | undefined;
  #concealment: Concealment;
  /** Delay that pictures want of the sound, ms. */
  #held = 0;
  #destination: MediaStreamAudioDestinationNode | undefined;

  /** @internal */
  constructor(receiver: RTCRtpReceiver, options: ReceiverOptions) {
    super(receiver, options);
    const numChannels = isChannelCount('receiver', options.channelCount ?? 1);
    this.#concealment = wantedConcealment(options.concealment);
    const echoSafe = wantedEchoSafety('receiver', options.echoSafe);
    this.#lease = engine.leaseOutputContext(options.audioContext);
    this.#native = new RemoteSound(this.#lease.context, receiver.track);
    this.#insert = new Insert(this.#native.output);
    // A node that leads to no loudspeaker is not rendered: packets would pile up, and a page that connects only once it is
    // `ready` would wait for ever.
    this.#pull = new GainNode(this.#lease.context, { gain: 0 });
    this.node.connect(this.#pull).connect(this.#lease.context.destination);
    this.#loudspeaker = new Loudspeaker(this.#lease.context, this.node, echoSafe);
    if (this.start()) void this.#load(numChannels);
  }

  /** Carries the received sound: ours, or the browser's while loading, bypassed or after a fault. Connect it where it is to play. */
  get node(): AudioNode {
    return this.#insert.output;
  }

  /** The same sound as a stream, for an `<audio>` element or a recorder. */
  get stream(): MediaStream {
    if (!this.#destination) {
      this.#destination = new MediaStreamAudioDestinationNode(this.#lease.context);
      this.node.connect(this.#destination);
    }
    return this.#destination.stream;
  }

  /** How loss is hidden: as asked for, or `'standard'` where the deep module could not be loaded. */
  get concealment(): Concealment {
    return this.#concealment;
  }

  /** Plays the sound at `destination`; default: the context's loudspeaker, as `echoSafe` says. */
  connect(destination?: AudioNode): void {
    if (destination) this.node.connect(destination);
    else this.#loudspeaker.connect();
  }

  override async getStats(): Promise<PlayoutStats> {
    const [stats, echoSafeLatency] = await Promise.all([this.#playout?.getStats() ?? playoutStats(new Float64Array()), this.#loudspeaker.delay()]);
    return { ...stats, echoSafeLatency };
  }

  override async getHistory(): Promise<PlayoutMoment[]> {
    return this.#playout?.getHistory() ?? [];
  }

  /** @internal What is heard when, for pictures that belong to it; null while that is not known. */
  async heard(): Promise<AudioClock | null> {
    const position = this.state === 'running' ? await this.#playout?.position() : undefined;
    if (!position) return null;
    const time = outputTime(this.#lease.context, position.time);
    return time === undefined ? null : { rtpTimestamp: position.rtpTimestamp, time };
  }

  /** @internal Plays so many ms later than now, or earlier as far as it was held before: for pictures that belong to it. */
  async hold(by: number): Promise<void> {
    if (by < 0 && this.#held === 0) return;
    const { currentDelay } = await this.getStats();
    this.#held = Math.min(MAX_HOLD, Math.max(0, currentDelay + by));
    this.#playout?.update(this.#playoutSettings);
  }

  /** @internal Ends what `hold()` began. */
  release(): void {
    this.#held = 0;
    this.#playout?.update(this.#playoutSettings);
  }

  get #playoutSettings(): PlayoutSettings {
    const { minDelay, maxDelay, ...settings } = this.settings;
    return { ...settings, minDelay: Math.min(maxDelay, Math.max(minDelay, this.#held)), maxDelay };
  }

  /** @internal */
  protected override onSettings(): void {
    this.#playout?.update(this.#playoutSettings);
  }

  /** @internal */
  protected override onDispose(): void {
    this.#playout?.dispose();
    this.#loudspeaker.close();
    this.#insert.close();
    this.#pull.disconnect();
    this.#native.close();
    this.#destination?.stream.getTracks().forEach((track) => track.stop());
    this.#lease.release();
  }

  /** The small module is complete without the deep one, so a page that cannot have this loses no sound. */
  async #loadModule(): Promise<WebAssembly.Module> {
    if (this.#concealment === 'deep') {
      const deep = await engine.loadModule('playout-deep').catch(() => undefined);
      if (deep) return deep;
      this.#concealment = 'standard';
    }
    return engine.loadModule('worklet');
  }

  async #load(numChannels: number): Promise<void> {
    const { context } = this.#lease;
    try {
      const [wasm] = await Promise.all([this.#loadModule(), engine.loadWorklet(context)]);
      if (this.state === 'closed') return;
      const node = new PlayoutNode(context, wasm, numChannels, this.#playoutSettings);
      this.lifecycle.follow(node);
      node.receive(this.packets());
      this.#playout = node;
      this.#insert.insert(node);
    } catch (error) {
      this.fail(error, 'context', 'load jitter buffer', "The browser's own sound plays; attach again to retry.");
    }
  }
}
