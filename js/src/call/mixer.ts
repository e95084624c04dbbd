import { engine, type ContextLease } from '../engine.js';
import { EarshotError } from '../errors.js';
import { LifecycleTarget } from '../lifecycle.js';
import { inRange } from '../validate.js';
import { Loudspeaker } from './loudspeaker.js';
import { MixerInput, type MixerInputOptions } from './mixer-input.js';
import { MixerNode } from './mixer-node.js';
import { wantedEchoSafety, type EchoSafe } from './options.js';

export interface MixerOptions {
  /** Where to play; default: the library's own context, at the device's rate. Never closed by the library. */
  audioContext?: AudioContext;
  /** How `connect()` goes to the loudspeaker; default `'auto'`. Fixed. */
  echoSafe?: EchoSafe;
  /** Receivers it can play at once, 1 … 64; default 25. Fixed. */
  maxInputs?: number;
}

/** The most one processor is asked to mix; see docs/guides/playout.md for what that costs. */
const MAX_INPUTS = 64;

/**
 * Plays the receivers of a conference in one audio processor: `mixer.add(receiver, { gain, pan })` in each `track` event, and
 * `mixer.connect()` once. Of many participants only those who speak are decoded. Throws an EarshotError for a bad option.
 */
export function createMixer(options: MixerOptions = {}): Mixer {
  return new Mixer(options);
}

/** A stereo mix of many receivers. Fires `statechange` and `error`. */
export class Mixer extends LifecycleTarget {
  readonly #maxInputs: number;
  readonly #lease: ContextLease;
  readonly #output: GainNode;
  readonly #pull: GainNode;
  readonly #loudspeaker: Loudspeaker;
  readonly #inputs = new Map<number, MixerInput>();
  /** Inputs of the processor that still fade out. */
  readonly #fading = new Set<number>();
  #node: MixerNode | undefined;
  #destination: MediaStreamAudioDestinationNode | undefined;

  /** @internal */
  constructor(options: MixerOptions) {
    super();
    this.#maxInputs = Math.round(inRange('mixer', 'maxInputs', options.maxInputs ?? 25, 1, MAX_INPUTS));
    const echoSafe = wantedEchoSafety('mixer', options.echoSafe);
    this.#lease = engine.leaseOutputContext(options.audioContext);
    const { context } = this.#lease;
    this.#output = new GainNode(context, { channelCount: 2, channelCountMode: 'explicit' });
    // A node that leads to no loudspeaker is not rendered, and packets would pile up.
    this.#pull = new GainNode(context, { gain: 0 });
    this.#output.connect(this.#pull).connect(context.destination);
    this.#loudspeaker = new Loudspeaker(context, this.#output, echoSafe);
    void this.#load();
  }

  /** Carries the mix, in stereo, all the time. Connect it where it is to play. */
  get node(): AudioNode {
    return this.#output;
  }

  /** The mix as a stream, for an `<audio>` element or a recorder. */
  get stream(): MediaStream {
    if (!this.#destination) {
      this.#destination = new MediaStreamAudioDestinationNode(this.#lease.context, { channelCount: 2 });
      this.#output.connect(this.#destination);
    }
    return this.#destination.stream;
  }

  /** What is in the mix. */
  get inputs(): readonly MixerInput[] {
    return [...this.#inputs.values()];
  }

  /** Plays the mix at `destination`; default: the context's loudspeaker, as `echoSafe` says. */
  connect(destination?: AudioNode): void {
    if (destination) this.#output.connect(destination);
    else this.#loudspeaker.connect();
  }

  /**
   * Adds a receiver, which fades in. Synchronous: call it in the `track` event, as attachReceiver(). Throws an EarshotError for a
   * bad option, a receiver that has an attachment already, a mixer that is closed or full.
   */
  add(receiver: RTCRtpReceiver, options: MixerInputOptions = {}): MixerInput {
    if (this.state === 'closed') throw new EarshotError('invalid-state', 'mixer', 'add', 'This mixer was disposed; make a new one.');
    const input = this.#freeInput();
    const slot = {
      context: this.#lease.context,
      output: this.#output,
      input,
      outputDelay: () => this.#loudspeaker.delay(),
      release: () => this.#release(input),
    };
    const added = new MixerInput(slot, receiver, options);
    this.#inputs.set(input, added);
    if (this.#node) added.insert(this.#node);
    else if (this.error) added.lose(this.error);
    return added;
  }

  /** Disposes all inputs and stops the mix. The calls go on with their native sound. */
  dispose(): void {
    if (!this.lifecycle.close(new EarshotError('invalid-state', 'mixer', 'dispose', 'Disposed before it was ready.'))) return;
    for (const input of this.inputs) input.dispose();
    this.#node?.close();
    this.#loudspeaker.close();
    this.#output.disconnect();
    this.#pull.disconnect();
    this.#destination?.stream.getTracks().forEach((track) => track.stop());
    this.#lease.release();
  }

  #freeInput(): number {
    for (let input = 0; input < this.#maxInputs; input++) {
      if (!this.#inputs.has(input) && !this.#fading.has(input)) return input;
    }
    const advice = `This mixer plays ${this.#maxInputs} receivers already: dispose one, or make the mixer with a larger maxInputs.`;
    throw new EarshotError('invalid-state', 'mixer', 'add', advice);
  }

  #release(input: number): void {
    if (this.#inputs.delete(input) && this.#node && this.state !== 'closed') this.#fading.add(input);
  }

  async #load(): Promise<void> {
    const { context } = this.#lease;
    try {
      const [wasm] = await Promise.all([engine.loadModule('worklet'), engine.loadWorklet(context)]);
      if (this.state === 'closed') return;
      const node = new MixerNode(context, wasm, this.#maxInputs, (input) => this.#fading.delete(input));
      node.connect(this.#output);
      node.addEventListener('processorerror', () => {
        this.#node = undefined;
        this.lifecycle.fail(processorError());
      });
      this.#node = node;
      for (const input of this.#inputs.values()) input.insert(node);
      this.lifecycle.settle('running');
    } catch (error) {
      const reason = EarshotError.from(error, 'context', 'mixer', 'load', "The browser's own sound plays; make a new mixer to retry.");
      for (const input of this.#inputs.values()) input.lose(reason);
      this.lifecycle.fail(reason);
    }
  }
}

function processorError(): EarshotError {
  return new EarshotError('wasm-fault', 'mixer', 'mix', "The browser gave up the mixer's processor. The browser's own sound plays; make a new mixer.");
}
