// A call from this page to itself, with Earshot at both ends.
import * as Earshot from 'earshot';
import { LoopbackLink } from './loopback-link';
import type { Source } from './source';
import { VideoCall } from './video-call';

export type Stage = 'ours' | 'native' | 'off';

/** What the switches of the page say. */
export interface CallSettings {
  suppressor: Stage;
  strength: Earshot.NoiseSuppressionLevel;
  gain: Stage;
  codec: 'ours' | 'native';
  playout: 'ours' | 'native';
  fec: boolean;
  /** Networks hide losses, and packets describe the half second before them; fixed while a call is up. */
  deep: boolean;
  /** Share of packets to lose, 0 … 1. */
  loss: number;
  /** Largest extra delay of a packet in ms. */
  jitterMs: number;
}

export interface CallStats {
  readonly capture: Earshot.CaptureStats;
  readonly sender: Earshot.SenderStats;
  readonly playout: Earshot.PlayoutStats;
  /** Of the jitter buffer, the last minute. */
  readonly history: readonly Earshot.PlayoutMoment[];
}

/** Events: `error` (ErrorEvent-like, from any stage), `statechange`. */
export class LoopbackCall extends EventTarget {
  readonly #context: AudioContext;
  readonly #link = new LoopbackLink();
  #enhancer?: Earshot.Enhancer;
  #sender?: Earshot.SenderAttachment;
  #receiver?: Earshot.ReceiverAttachment;
  #video?: VideoCall;
  #closed = false;

  constructor(context: AudioContext) {
    super();
    this.#context = context;
  }

  /** The sound at the far end. Present after start(). */
  get output(): AudioNode {
    if (!this.#receiver) throw new DOMException('The call has not started', 'InvalidStateError');
    return this.#receiver.node;
  }

  /** The picture that goes with the sound. Present after start(). */
  get video(): VideoCall {
    if (!this.#video) throw new DOMException('The call has not started', 'InvalidStateError');
    return this.#video;
  }

  /** One word per stage, for the page: running, loading, bypassed … */
  get states(): readonly string[] {
    return [this.#enhancer, this.#sender, this.#receiver].map((stage) => stage?.state ?? 'closed');
  }

  /** Builds the call; resolves when the far end has a track and the connection is up. */
  async start(source: Source, settings: CallSettings): Promise<void> {
    const enhancer = await Earshot.enhance(source.stream, { audioContext: this.#context, ...captureOptions(settings) });
    if (this.#closed) return enhancer.dispose();
    this.#enhancer = enhancer;

    const sender = this.#link.near.addTrack(enhancer.track, enhancer.stream);
    this.#sender = Earshot.attachSender(sender, {
      // Deep redundancy takes its bits from the rest.
      ...(settings.deep ? { bitrate: 48_000, dred: 500 } : { bitrate: 32_000 }),
      complexity: 9,
      ...senderOptions(settings),
    });

    const farTrack = new Promise<void>((resolve) => {
      this.#link.onReceiver('audio', (receiver) => {
        this.#receiver = Earshot.attachReceiver(receiver, {
          audioContext: this.#context,
          concealment: settings.deep ? 'deep' : 'standard',
          ...receiverOptions(settings),
        });
        resolve();
      });
    });
    for (const stage of [this.#enhancer, this.#sender]) this.#watch(stage);
    await this.#link.negotiate();
    await this.#link.connected();
    await farTrack;
    if (!this.#receiver || this.#closed) return;
    this.#watch(this.#receiver);
    this.#video = new VideoCall(this.#link, { stream: enhancer.stream, sender: this.#sender, receiver: this.#receiver });
    this.#video.addEventListener('error', (event) => this.#pass(event));
  }

  apply(settings: CallSettings): void {
    this.#enhancer?.update(captureOptions(settings));
    this.#sender?.update(senderOptions(settings));
    this.#receiver?.update(receiverOptions(settings));
  }

  /** Null while the call is being built. */
  async getStats(): Promise<CallStats | null> {
    if (!this.#enhancer || !this.#sender || !this.#receiver) return null;
    const [capture, sender, playout, history] = await Promise.all([
      this.#enhancer.getStats(),
      this.#sender.getStats(),
      this.#receiver.getStats(),
      this.#receiver.getHistory(),
    ]);
    return { capture, sender, playout, history };
  }

  stop(): void {
    this.#closed = true;
    this.#link.close();
    this.#video?.dispose();
    this.#receiver?.dispose();
    this.#sender?.dispose();
    this.#enhancer?.dispose();
  }

  #watch(stage: EventTarget): void {
    stage.addEventListener('error', (event) => this.#pass(event));
    stage.addEventListener('statechange', () => this.dispatchEvent(new Event('statechange')));
  }

  #pass(event: Event): void {
    const { error } = event as Event & { error?: Error };
    this.dispatchEvent(Object.assign(new Event('error'), { error }));
  }
}

const captureOptions = (s: CallSettings) => ({
  noiseSuppression: s.suppressor === 'ours' ? s.strength : ('off' as const),
  autoGainControl: s.gain === 'ours',
});
const senderOptions = (s: CallSettings) => ({
  bypass: s.codec === 'native',
  fec: s.fec,
  expectedLoss: Math.min(0.4, s.loss),
});
const receiverOptions = (s: CallSettings) => ({
  bypass: s.playout === 'native',
  simulate: { loss: s.loss, jitter: s.jitterMs },
});
