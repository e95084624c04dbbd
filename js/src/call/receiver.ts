import { engine, type ContextLease } from '../engine.js';
import { Insert } from '../insert.js';
import type { ReceiverCommand, ReceiverReport } from '../protocol.js';
import { RemoteSound } from '../remote-sound.js';
import { invalid, isChannelCount } from '../validate.js';
import { Attachment } from './attachment.js';
import { receiverSettings, wantedTransform, type ReceiverAllSettings, type ReceiverOptions, type ReceiverUpdate } from './options.js';
import { PlayoutNode } from './playout-node.js';
import { playoutStats, type PlayoutStats } from './stats.js';

/**
 * Plays a receiver through our jitter buffer and Opus decoder. Synchronous: call it in the `track` event, since some browsers
 * give frames only to a transform that is there by then. Throws an EarshotError for a bad option or a second attachment;
 * whatever else goes wrong is an `error` event, and `node` carries the browser's own sound.
 */
export function attachReceiver(receiver: RTCRtpReceiver, options: ReceiverOptions = {}): ReceiverAttachment {
  return new ReceiverAttachment(receiver, options);
}

/** A receiver with our jitter buffer. Fires `statechange` and `error`. */
export class ReceiverAttachment extends Attachment<ReceiverReport> {
  readonly #lease: ContextLease;
  readonly #native: RemoteSound;
  readonly #insert: Insert;
  readonly #pull: GainNode;
  #settings: ReceiverAllSettings;
  #playout: PlayoutNode | undefined;
  #destination: MediaStreamAudioDestinationNode | undefined;

  /** @internal */
  constructor(receiver: RTCRtpReceiver, options: ReceiverOptions) {
    super(receiver, 'receiver');
    if (receiver.track.kind === 'video') throw invalid('receiver', 'receiver', 'a receiver of video', 'a receiver of audio');
    const numChannels = isChannelCount('receiver', options.channelCount ?? 1);
    const wanted = wantedTransform('receiver', options.transform);
    this.#settings = receiverSettings(options);
    this.#lease = engine.leaseContext(options.audioContext);
    this.#native = new RemoteSound(this.#lease.context, receiver.track);
    this.#insert = new Insert(this.#native.output);
    // A node that leads to no loudspeaker is not rendered: packets would pile up, and a page that connects only once it is
    // `ready` would wait for ever.
    this.#pull = new GainNode(this.#lease.context, { gain: 0 });
    this.node.connect(this.#pull).connect(this.#lease.context.destination);
    try {
      if (!this.openPipe(wanted)) return;
    } catch (error) {
      this.onDispose();
      throw error;
    }
    this.#post({ type: 'start', settings: this.#settings });
    void this.#load(numChannels);
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

  /** Plays the sound at `destination`; default: the context's loudspeaker. */
  connect(destination: AudioNode = this.#lease.context.destination): void {
    this.node.connect(destination);
  }

  /** Changes any of these options at once. Throws an EarshotError for a value out of range. */
  update(options: ReceiverUpdate): void {
    this.#settings = receiverSettings(options, this.#settings);
    this.#post({ type: 'update', settings: this.#settings });
    this.#playout?.update(this.#settings);
  }

  async getStats(): Promise<PlayoutStats> {
    return this.#playout?.getStats() ?? playoutStats(new Float64Array());
  }

  /** @internal */
  protected override onReport(report: ReceiverReport): void {
    if (report.type === 'payload-types-needed') this.sendPayloadTypes();
  }

  /** @internal */
  protected override onTick(): void {}

  /** @internal */
  protected override onDispose(): void {
    this.#playout?.dispose();
    this.#insert.close();
    this.#pull.disconnect();
    this.#native.close();
    this.#destination?.stream.getTracks().forEach((track) => track.stop());
    this.#lease.release();
  }

  #post(command: ReceiverCommand, transfer?: Transferable[]): void {
    this.send(command, transfer);
  }

  async #load(numChannels: number): Promise<void> {
    const { context } = this.#lease;
    try {
      const [wasm] = await Promise.all([engine.loadModule('worklet'), engine.loadWorklet(context)]);
      if (this.state === 'closed') return;
      const node = new PlayoutNode(context, wasm, numChannels, this.#settings);
      this.lifecycle.follow(node);
      const { port1, port2 } = new MessageChannel();
      this.#post({ type: 'playout', port: port1 }, [port1]);
      node.receive(port2);
      this.#playout = node;
      this.#insert.insert(node);
    } catch (error) {
      this.fail(error, 'context', 'load jitter buffer', "The browser's own sound plays; attach again to retry.");
    }
  }
}
