import { microphones } from '../capture/microphones.js';
import { LoopbackOutput } from './loopback-output.js';
import type { EchoSafe } from './options.js';

/** Time constant of the change between the two ways, s: a step in speech would be heard. */
const FADE_SECONDS = 0.005;
/** Waits before a loopback that was lost is opened again, ms; after the last, the direct way stays. */
const RETRY_DELAYS = [1000, 5000, 25000];

/**
 * Where a sound is heard: directly, or by a loopback where an echo canceller has to know it. The direct way carries the sound
 * until the loopback does, and again when that is lost: echo is better than silence.
 */
export class Loudspeaker {
  readonly #context: AudioContext;
  readonly #direct: GainNode;
  #loopback: LoopbackOutput | undefined;
  #heard = false;
  #wanted = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #unfollow: (() => void) | undefined;

  constructor(
    context: AudioContext,
    private readonly source: AudioNode,
    private readonly echoSafe: EchoSafe,
  ) {
    this.#context = context;
    this.#direct = new GainNode(context);
  }

  /** Lets the sound be heard. A second call changes nothing. */
  connect(): void {
    this.source.connect(this.#direct).connect(this.#context.destination);
    // Before that the loopback would have nothing to send, and the browser might not let an element play.
    this.#context.addEventListener('statechange', this.#choose);
    this.#unfollow = microphones.follow(this.#choose);
    this.#choose();
  }

  /** What the loopback adds to the delay, seconds; 0 while the sound is heard directly. */
  async delay(): Promise<number> {
    return this.#heard ? this.#loopback!.delay() : 0;
  }

  close(): void {
    this.#unfollow?.();
    this.#context.removeEventListener('statechange', this.#choose);
    this.#leave();
    this.#direct.disconnect();
  }

  readonly #choose = (): void => {
    const safe = this.echoSafe === 'auto' ? microphones.cancelRemoteOnly : this.echoSafe;
    const wanted = safe && (this.#wanted || this.#context.state === 'running');
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (wanted) void this.#open(0);
    else this.#leave();
  };

  async #open(attempt: number): Promise<void> {
    const loopback = new LoopbackOutput(this.#context, () => this.#lose(loopback, 0));
    this.#loopback = loopback;
    this.source.connect(loopback.input);
    try {
      await loopback.open();
    } catch {
      return this.#lose(loopback, attempt);
    }
    if (this.#loopback !== loopback) return;
    // At the same moment, so that each sound is heard once; the loopback's delay is a pause.
    this.#heard = true;
    this.#fade(this.#direct, 0);
    this.#fade(loopback.input, 1);
  }

  #lose(loopback: LoopbackOutput, attempt: number): void {
    if (this.#loopback !== loopback) return;
    this.#leave();
    const delay = RETRY_DELAYS[attempt];
    if (delay !== undefined) this.#retry = setTimeout(() => void this.#open(attempt + 1), delay);
  }

  #leave(): void {
    clearTimeout(this.#retry);
    if (!this.#loopback) return;
    this.#fade(this.#direct, 1);
    this.source.disconnect(this.#loopback.input);
    this.#loopback.close();
    this.#loopback = undefined;
    this.#heard = false;
  }

  #fade({ gain }: GainNode, value: number): void {
    gain.setTargetAtTime(value, this.#context.currentTime, FADE_SECONDS);
  }
}
