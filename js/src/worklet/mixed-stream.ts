import { CrossFade } from '../audio/cross-fade.js';
import { CutOff } from '../audio/cut-off.js';
import { Panner } from '../audio/panner.js';
import type { Fault, MixPlace, PlayoutSettings, ProcessorOptions, StateReport } from '../protocol.js';
import { chainFault } from './chain-fault.js';
import { CodecRelay } from './codec-relay.js';
import { PlayoutStream } from './playout-stream.js';

/** Without sound for so long the decoder rests: comfort noise in a turn of talk, none from those who only listen. ms */
const REST_AFTER = 2000;

/** One stream of a mix: its chain over its native sound, at its place. A chain that traps is dropped for good, and said once. */
export class MixedStream {
  #chain: CodecRelay | null = null;
  readonly #playout: PlayoutStream;
  readonly #fade = new CrossFade(sampleRate);
  readonly #panner: Panner;
  readonly #cutOffs: readonly CutOff[];
  readonly #sound: readonly Float32Array[];
  #leaving = false;

  constructor(
    { module, numChannels, quantumFrames, settings }: ProcessorOptions<PlayoutSettings>,
    private readonly report: (report: StateReport | Fault) => void,
  ) {
    this.#panner = new Panner(sampleRate, numChannels);
    this.#sound = Array.from({ length: numChannels }, () => new Float32Array(quantumFrames));
    this.#cutOffs = this.#sound.map(() => new CutOff(sampleRate));
    this.#playout = new PlayoutStream(settings, this.#fade, report, () => this.#chain);
    try {
      this.#chain = new CodecRelay(module, { numChannels, maxFrames: quantumFrames, settings, restAfter: REST_AFTER });
    } catch (error) {
      this.#latch('wasm-compile', error);
    }
  }

  /** It has left, and faded out. */
  get gone(): boolean {
    return this.#leaving && this.#panner.silent;
  }

  connect(pipe: MessagePort): void {
    this.#playout.connect(pipe);
  }

  configure(settings: PlayoutSettings): void {
    this.#playout.bypass = settings.bypass;
    try {
      this.#chain?.configure(settings);
    } catch (error) {
      this.#latch('wasm-fault', error);
    }
  }

  place({ gain, pan }: MixPlace): void {
    if (!this.#leaving) this.#panner.place(gain, pan);
  }

  leave(): void {
    this.#leaving = true;
    this.#panner.place(0, 0);
  }

  /** Adds a render quantum to `mix`. `native` is the stream as the browser plays it; without channels while nothing is connected. */
  mix(native: readonly Float32Array[], mix: readonly Float32Array[]): void {
    const sound = this.#sound;
    const frames = mix[0]!.length;
    if (frames !== sound[0]!.length) {
      const reason = new Error(`the render quantum is ${frames} frames instead of ${sound[0]!.length}`);
      if (this.#chain) this.#latch('wasm-fault', reason);
      this.#panner.add(native.slice(0, sound.length), mix);
      return;
    }
    for (let c = 0; c < sound.length; c++) {
      const dry = native[c] ?? native[0];
      if (dry) sound[c]!.set(dry);
      else sound[c]!.fill(0);
      this.#cutOffs[c]!.smooth(sound[c]!);
    }
    if (this.#chain) {
      try {
        this.#playout.run(this.#chain, sound);
      } catch (error) {
        this.#latch('wasm-fault', error);
      }
    }
    this.#panner.add(sound, mix);
  }

  stats(): Float64Array {
    try {
      return this.#chain?.stats() ?? new Float64Array();
    } catch (error) {
      this.#latch('wasm-fault', error);
      return new Float64Array();
    }
  }

  history(): Float64Array<ArrayBuffer> {
    return this.#playout.history();
  }

  close(): void {
    this.#chain = null;
    this.#playout.close();
  }

  #latch(code: Fault['code'], error: unknown): void {
    this.#chain = null;
    this.report(chainFault(code, error));
    this.#playout.latched();
  }
}
