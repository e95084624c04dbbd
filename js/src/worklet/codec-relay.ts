import { CROSS_FADE_SECONDS, CrossFade } from '../audio/cross-fade.js';
import type { PlayedCodec, PlayoutSettings, ReceivedPacket } from '../protocol.js';
import { PlayoutCodec, PlayoutStat } from '../wasm/abi.js';
import { PlayoutChain } from '../wasm/playout-chain.js';
import { addCounters, clearCounters } from '../wasm/playout-counters.js';
import { PacketInbox } from './packet-inbox.js';

const CODECS: Readonly<Record<PlayedCodec, { codec: PlayoutCodec; clockRate: number }>> = {
  opus: { codec: PlayoutCodec.Opus, clockRate: 48000 },
  pcma: { codec: PlayoutCodec.Pcma, clockRate: 8000 },
  pcmu: { codec: PlayoutCodec.Pcmu, clockRate: 8000 },
};

/** With less in its buffer, ms, a chain makes up the next sound that it takes: it takes 10 ms at a time. */
const SPENT = 10;

/** A chain to which no more packets come takes it for a stall of the network, and stretches what it has up to so much. */
const SLOWEST = 2;

export interface RelayOptions {
  readonly numChannels: number;
  readonly maxFrames: number;
  readonly settings: PlayoutSettings;
  /** See PlayoutChain; default never. */
  readonly restAfter?: number;
}

/** A chain and the packets on their way to it. */
interface Leg {
  readonly codec: PlayedCodec;
  readonly clockRate: number;
  readonly chain: PlayoutChain;
  readonly inbox: PacketInbox;
  readonly insert: (packet: ReceivedPacket) => void;
}

/**
 * One stream through a chain for each codec it comes in, one after another. On a change of codec the chain before plays what it has
 * while the next one gathers packets for as long, so that nothing is left out and the delay stays about what it is; then one fades
 * into the other. Chains are made in messages; `process` allocates nothing.
 */
export class CodecRelay {
  readonly #module: WebAssembly.Module;
  readonly #options: RelayOptions;
  #settings: PlayoutSettings;
  /** What is heard. */
  #leg: Leg;
  /** What follows as soon as `#leg` has played what it holds: within `#wait` frames. */
  #next: Leg | undefined;
  #wait = 0;
  /** What was heard before, while it fades out. */
  #last: Leg | undefined;
  readonly #fade = new CrossFade(sampleRate);
  readonly #faded: readonly Float32Array[];
  /** Whether `#leg` still has the lower bound of its delay that made it begin with its first packet. */
  #held = false;
  /** Counters of the chains that are gone. */
  readonly #past = new Float64Array(PlayoutStat.Count);
  readonly #values = new Float64Array(PlayoutStat.Count);

  /** Throws when a chain cannot be made. */
  constructor(module: WebAssembly.Module, options: RelayOptions) {
    this.#module = module;
    this.#options = options;
    this.#settings = options.settings;
    this.#faded = Array.from({ length: options.numChannels }, () => new Float32Array(options.maxFrames));
    this.#leg = this.#make('opus', options.settings);
  }

  /** Whether a packet was decoded and there is sound to give. */
  get started(): boolean {
    return this.#leg.chain.started;
  }

  /** One array per channel to read after `process`. */
  get output(): readonly Float32Array[] {
    return this.#last ? this.#faded : this.#leg.chain.output;
  }

  configure(settings: PlayoutSettings): void {
    this.#settings = settings;
    this.#leg.chain.configure(settings);
    this.#next?.chain.configure(settings);
    this.#held = false;
  }

  /** The codec of the packets from now on; Opus at first. Throws when its chain cannot be made. */
  follow(codec: PlayedCodec): void {
    if (codec === (this.#next ?? this.#leg).codec) return;
    // The codec has changed again, before any sound of this one.
    if (this.#next) addCounters(this.#past, this.#next.chain.look(), this.#next.clockRate);
    const { chain } = this.#leg;
    const longest = chain.started ? SLOWEST * Math.round(chain.look()[PlayoutStat.CurrentDelayMs]!) : 0;
    const { minDelay, maxDelay } = this.#settings;
    // A chain begins as long before the newest packet as it is to delay it.
    this.#next = this.#make(codec, { ...this.#settings, minDelay: Math.max(minDelay, Math.min(maxDelay, longest)) });
    this.#wait = (longest * sampleRate) / 1000;
  }

  /** Takes a packet of the codec told last. */
  push(packet: ReceivedPacket): void {
    if (this.#held) this.configure(this.#settings);
    (this.#next ?? this.#leg).inbox.push(packet);
  }

  /** Plays `frames`; see `output`. Throws on a trap or refusal. */
  process(frames: number): void {
    this.#leg.inbox.drain(this.#leg.insert);
    if (this.#next) {
      this.#next.inbox.drain(this.#next.insert);
      this.#wait = Math.min(this.#wait, this.#left());
      if (this.#wait <= 0) this.#handOver(this.#next);
      this.#wait -= frames;
    }
    this.#leg.chain.process(frames);
    if (this.#fade.isWet) this.#last = undefined;
    if (this.#last) this.#fadeOut(this.#last, frames);
  }

  /** In the order of PlayoutStat, the counters those of all chains; samples count at 48 kHz. Always the same array. */
  look(): Float64Array {
    const values = this.#values;
    const heard = this.#leg.chain.look();
    values.set(heard);
    clearCounters(values);
    addCounters(values, this.#past);
    addCounters(values, heard, this.#leg.clockRate);
    if (this.#next) addCounters(values, this.#next.chain.look(), this.#next.clockRate);
    // Only Opus has the clock that others reckon with.
    if (this.#leg.codec !== 'opus' || !this.#leg.chain.started) values[PlayoutStat.PlayoutTimestamp] = NaN;
    return values;
  }

  /** A copy of that. */
  stats(): Float64Array {
    return this.look().slice();
  }

  #make(name: PlayedCodec, settings: PlayoutSettings): Leg {
    const { numChannels, maxFrames, restAfter = 0 } = this.#options;
    const { codec, clockRate } = CODECS[name];
    const chain = new PlayoutChain(this.#module, { sampleRate, numChannels, maxFrames, codec });
    chain.restAfter = restAfter;
    chain.configure(settings);
    return { codec: name, clockRate, chain, inbox: new PacketInbox(clockRate), insert: (packet) => chain.insert(packet) };
  }

  /** Frames until a fade must begin to end with the last sound of the chain, once it has decoded its last packet. */
  #left(): number {
    const values = this.#leg.chain.look();
    const more = values[PlayoutStat.PacketsInBuffer]! > 0 || values[PlayoutStat.CurrentDelayMs]! >= SPENT;
    return more ? Infinity : (values[PlayoutStat.LatencyMs]! / 1000 - CROSS_FADE_SECONDS) * sampleRate;
  }

  #handOver(next: Leg): void {
    // What the chain still gives is for the fade alone.
    addCounters(this.#past, this.#leg.chain.look(), this.#leg.clockRate);
    this.#last = this.#leg;
    this.#leg = next;
    this.#next = undefined;
    this.#held = true;
    this.#fade.restart();
  }

  #fadeOut({ chain }: Leg, frames: number): void {
    chain.process(frames);
    for (let c = 0; c < this.#faded.length; c++) this.#faded[c]!.set(chain.output[c]!);
    this.#fade.mix(this.#faded, this.#leg.chain.output);
  }
}
