import type { CrossFade } from '../audio/cross-fade.js';
import type { Close, PlayoutInput, PlayoutSettings, StateReport } from '../protocol.js';
import type { CodecRelay } from './codec-relay.js';
import { PlayoutHistory } from './playout-history.js';

/**
 * One received stream in a processor: packets come in by a port of the receiver pipe's, the relay's sound goes over the dry one
 * as soon as the first packet is decoded. The pipe hears of every change, since it silences the native decoder only while we run.
 */
export class PlayoutStream {
  readonly #history = new PlayoutHistory();
  #bypass: boolean;
  #playable = true;
  #started = false;
  /** What broke in a message, for `run` to throw. */
  #failure: unknown;
  #state: StateReport['state'] | undefined;
  #pipe: MessagePort | undefined;

  constructor(
    settings: PlayoutSettings,
    private readonly fade: CrossFade,
    private readonly report: (report: StateReport) => void,
    /** Null when it is gone. */
    private readonly relay: () => CodecRelay | null,
  ) {
    this.#bypass = settings.bypass;
  }

  set bypass(bypass: boolean) {
    this.#bypass = bypass;
  }

  /** Takes packets from `pipe` from now on. */
  connect(pipe: MessagePort): void {
    this.#pipe?.close();
    this.#pipe = pipe;
    pipe.onmessage = ({ data }: MessageEvent<PlayoutInput>) => this.#onInput(data);
    if (this.#state) pipe.postMessage({ type: 'state', state: this.#state } satisfies StateReport);
  }

  /** One render quantum of `relay` over `output`, which holds the dry sound. May throw before it changes `output`. */
  run(relay: CodecRelay, output: readonly Float32Array[]): void {
    if (this.#failure) throw this.#failure;
    relay.process(output[0]!.length);
    this.#started ||= relay.started;
    const play = !this.#bypass && this.#playable;
    if (!play || this.#started) this.#enter(play ? 'running' : 'bypassed');
    this.fade.mix(output, relay.output);
    this.#history.watch(relay, currentTime, output[0]!.length);
  }

  /** Of the last minute; see PlayoutHistory. */
  history(): Float64Array<ArrayBuffer> {
    return this.#history.read();
  }

  /** The chain is gone. The pipe must hear of it before the window does anything: it stops silencing the native decoder. */
  latched(): void {
    this.#pipe?.postMessage({ type: 'state', state: 'bypassed' } satisfies StateReport);
  }

  close(): void {
    this.#pipe?.postMessage({ type: 'close' } satisfies Close);
    this.#pipe?.close();
  }

  #onInput(message: PlayoutInput): void {
    const relay = this.relay();
    try {
      if (message.type === 'packet') return relay?.push(message);
      this.#playable = message.codec !== null;
      if (message.codec) relay?.follow(message.codec);
    } catch (error) {
      this.#failure = error;
    }
  }

  #enter(state: StateReport['state']): void {
    if (state === this.#state) return;
    this.#state = state;
    this.fade.target = state === 'running';
    const report: StateReport = { type: 'state', state };
    this.report(report);
    this.#pipe?.postMessage(report);
  }
}
