import type { MixPlace, PlayoutSettings } from '../protocol.js';
import { RemoteSound } from '../remote-sound.js';
import { inRange, isChannelCount } from '../validate.js';
import { faultError } from '../worklet-node.js';
import { playoutHistory, type PlayoutMoment } from './history.js';
import type { MixerNode, StreamReport } from './mixer-node.js';
import type { ReceiverUpdate } from './options.js';
import { PlayoutAttachment } from './playout-attachment.js';
import { playoutStats, type PlayoutStats } from './stats.js';
import type { TransformKind } from './transform.js';

/** How a receiver is played in a mix. */
export interface MixerInputOptions extends ReceiverUpdate {
  /** Linear, 0 … 4; default 1. */
  gain?: number;
  /** −1 (left) … 1 (right), with equal power as a StereoPannerNode; default 0. */
  pan?: number;
  /** Channels to decode, 1 (default) or 2. */
  channelCount?: 1 | 2;
  transform?: 'auto' | TransformKind;
}

/** What an input needs of its mixer. */
export interface MixerSlot {
  readonly context: AudioContext;
  readonly output: AudioNode;
  readonly input: number;
  /** By how much the mix is heard later than it could be, for the echo canceller, seconds. */
  outputDelay(): Promise<number>;
  /** Called when the input is disposed, or its connection has closed. */
  release(): void;
}

/**
 * One receiver in a mix: our decoder's sound, or the browser's own while loading, bypassed or after a fault. Fires `statechange`
 * and `error`. Closes with its connection.
 */
export class MixerInput extends PlayoutAttachment {
  readonly #slot: MixerSlot;
  readonly #numChannels: 1 | 2;
  readonly #native: RemoteSound;
  /** Gives the mix as many channels as are decoded. */
  readonly #entry: GainNode;
  // The way of the native sound while there is no processor.
  readonly #gain: GainNode;
  readonly #panner: StereoPannerNode;
  #node: MixerNode | undefined;
  #place: MixPlace;

  /** @internal */
  constructor(slot: MixerSlot, receiver: RTCRtpReceiver, options: MixerInputOptions) {
    super(receiver, { nativeDecoder: 'silence', ...options });
    this.#slot = slot;
    this.#numChannels = isChannelCount('receiver', options.channelCount ?? 1);
    const { context } = slot;
    this.#place = { gain: checkedGain(options.gain ?? 1), pan: checkedPan(options.pan ?? 0) };
    this.#gain = new GainNode(context, { gain: this.#place.gain });
    this.#panner = new StereoPannerNode(context, { pan: this.#place.pan });
    this.#entry = new GainNode(context, { channelCount: this.#numChannels, channelCountMode: 'explicit' });
    this.#native = new RemoteSound(context, receiver.track);
    this.#native.output.connect(this.#entry).connect(this.#gain).connect(this.#panner).connect(slot.output);
    this.start();
  }

  /** Linear, 0 … 4. Changes glide. Throws an EarshotError for a value out of range. */
  get gain(): number {
    return this.#place.gain;
  }

  set gain(gain: number) {
    this.#move({ ...this.#place, gain: checkedGain(gain) });
  }

  /** −1 (left) … 1 (right). Changes glide. Throws an EarshotError for a value out of range. */
  get pan(): number {
    return this.#place.pan;
  }

  set pan(pan: number) {
    this.#move({ ...this.#place, pan: checkedPan(pan) });
  }

  override async getStats(): Promise<PlayoutStats> {
    const [values, echoSafeLatency] = await Promise.all([this.#node?.ask('stats', this.#slot.input), this.#slot.outputDelay()]);
    return { ...playoutStats(values ?? new Float64Array()), echoSafeLatency };
  }

  override async getHistory(): Promise<PlayoutMoment[]> {
    return playoutHistory((await this.#node?.ask('history', this.#slot.input)) ?? new Float64Array());
  }

  /** @internal The mixer's processor is there. */
  insert(node: MixerNode): void {
    if (this.state === 'closed' || !this.answers) return;
    this.#node = node;
    const { input } = this.#slot;
    const stream = { numChannels: this.#numChannels, settings: this.settings, place: this.#place, port: this.packets() };
    node.add(input, stream, (report) => this.#onStream(report));
    this.#entry.connect(node, 0, input);
    this.#entry.disconnect(this.#gain);
    // Our processor catches what it can; a browser that gives it up all the same makes it silent for good.
    node.addEventListener('processorerror', () => this.#bypass(node));
  }

  /** @internal The mixer's processor will never be there. */
  lose(error: unknown): void {
    this.fail(error, 'context', 'load mixer', "The browser's own sound plays; make a new mixer to retry.");
  }

  /** @internal */
  protected override onSettings(settings: PlayoutSettings): void {
    this.#node?.update(this.#slot.input, settings);
  }

  /** @internal */
  protected override onDispose(): void {
    this.#node?.remove(this.#slot.input);
    this.#entry.disconnect();
    this.#panner.disconnect();
    this.#native.close();
    this.#slot.release();
  }

  #onStream(report: StreamReport): void {
    if (report.type === 'state') this.lifecycle.settle(report.state);
    else this.lifecycle.fail(faultError(report, 'mixer'));
  }

  #move(place: MixPlace): void {
    this.#place = place;
    this.#gain.gain.value = place.gain;
    this.#panner.pan.value = place.pan;
    this.#node?.place(this.#slot.input, place);
  }

  #bypass(node: MixerNode): void {
    if (this.#node !== node || this.state === 'closed') return;
    this.#node = undefined;
    this.#entry.connect(this.#gain);
    this.#entry.disconnect(node);
  }
}

const checkedGain = (gain: number) => inRange('mixer', 'gain', gain, 0, 4);
const checkedPan = (pan: number) => inRange('mixer', 'pan', pan, -1, 1);
