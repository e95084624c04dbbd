import type { CrossFade } from '../audio/cross-fade.js';
import type { Close, PlayoutInput, PlayoutSettings, StateReport } from '../protocol.js';
import type { PlayoutChain } from '../wasm/playout-chain.js';
import { PacketInbox } from './packet-inbox.js';

/**
 * One received stream in a processor: packets come in by a port of the receiver pipe's, the chain's sound goes over the dry one
 * as soon as the first packet is decoded. The pipe hears of every change, since it silences the native decoder only while we run.
 */
export class PlayoutStream {
  readonly #inbox = new PacketInbox();
  #bypass: boolean;
  #opus = true;
  #started = false;
  #state: StateReport['state'] | undefined;
  #pipe: MessagePort | undefined;

  constructor(
    settings: PlayoutSettings,
    private readonly fade: CrossFade,
    private readonly report: (report: StateReport) => void,
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

  /** One render quantum of `chain` over `output`, which holds the dry sound. May throw before it changes `output`. */
  run(chain: PlayoutChain, output: readonly Float32Array[]): void {
    this.#inbox.drain((packet) => chain.insert(packet));
    chain.process(output[0]!.length);
    this.#started ||= chain.started;
    const play = !this.#bypass && this.#opus;
    if (!play || this.#started) this.#enter(play ? 'running' : 'bypassed');
    this.fade.mix(output, chain.output);
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
    if (message.type === 'route') this.#opus = message.opus;
    else this.#inbox.push(message);
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
