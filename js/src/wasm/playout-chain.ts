import { LatencyHint, MAX_RTP_PAYLOAD_BYTES, PlayoutCodec, PlayoutParam, PlayoutStat } from './abi.js';
import { checked, created } from './heap.js';
import { instantiate, type ModuleExports } from './loader.js';

/** The playout chain's exports of `earshot-worklet.wasm`. */
export interface PlayoutExports extends ModuleExports {
  playout_create(sampleRate: number, numChannels: number, maxFrames: number, codec: number): number;
  playout_destroy(handle: number): void;
  playout_packet(handle: number): number;
  playout_insert(
    handle: number,
    bytes: number,
    payloadType: number,
    ssrc: number,
    sequenceNumber: number,
    rtpTimestamp: number,
  ): number;
  playout_output(handle: number, channel: number): number;
  playout_process(handle: number, frames: number): number;
  playout_set(handle: number, param: number, value: number): number;
  playout_stats(handle: number): number;
}

export interface PlayoutChainOptions {
  readonly sampleRate: number;
  readonly numChannels: number;
  /** Largest block. */
  readonly maxFrames: number;
  /** Of the packets; default Opus. */
  readonly codec?: PlayoutCodec;
}

const LATENCY_HINTS = {
  interactive: LatencyHint.Interactive,
  balanced: LatencyHint.Balanced,
  playback: LatencyHint.Playback,
};

/** Bounds of the delay the buffer aims at, ms, and what a shorter one is worth. */
export interface DelaySettings {
  readonly minDelay: number;
  readonly maxDelay: number;
  readonly latencyHint: keyof typeof LATENCY_HINTS;
}

/** One RTP packet as the jitter buffer wants it. */
export interface RtpPacket {
  readonly payload: ArrayBuffer | Uint8Array;
  /** Whether the payload is redundant audio data (RFC 2198); default false. */
  readonly redundant?: boolean;
  readonly payloadType: number;
  readonly ssrc: number;
  readonly sequenceNumber: number;
  readonly rtpTimestamp: number;
}

/** Jitter buffer and decoder of one stream, in an instance of its own. Nothing below `insert` and `process` allocates. */
export class PlayoutChain {
  readonly #exports: PlayoutExports;
  readonly #handle: number;
  readonly #packet: Uint8Array;
  readonly #stats: Float64Array;
  #redPayloadType = -1;

  constructor(module: WebAssembly.Module, { sampleRate, numChannels, maxFrames, codec = PlayoutCodec.Opus }: PlayoutChainOptions) {
    const exports = (this.#exports = instantiate<PlayoutExports>(module));
    const handle = created(exports.playout_create(sampleRate, numChannels, maxFrames, codec), 'playout_create');
    this.#handle = handle;
    const { buffer } = exports.memory;
    this.#packet = new Uint8Array(buffer, exports.playout_packet(handle), MAX_RTP_PAYLOAD_BYTES);
    this.output = Array.from({ length: numChannels }, (_, channel) => {
      return new Float32Array(buffer, exports.playout_output(handle, channel), maxFrames);
    });
    this.#stats = new Float64Array(buffer, exports.playout_stats(handle), PlayoutStat.Count);
  }

  /** One array per channel to read after `process`; the memory is fixed, so they stay valid. */
  readonly output: readonly Float32Array[];

  /** Whether a packet was decoded and the chain has sound to give. */
  get started(): boolean {
    return this.look()[PlayoutStat.EmittedSamples]! > 0;
  }

  configure({ minDelay, maxDelay, latencyHint }: DelaySettings): void {
    // The lower bound first would be refused while it lies above the old upper one.
    this.#set(PlayoutParam.MinDelayMs, 0);
    this.#set(PlayoutParam.MaxDelayMs, maxDelay);
    this.#set(PlayoutParam.MinDelayMs, minDelay);
    this.#set(PlayoutParam.LatencyHint, LATENCY_HINTS[latencyHint]);
  }

  /** Without sound for so long, ms, the decoder rests; 0 (default): never. */
  set restAfter(milliseconds: number) {
    this.#set(PlayoutParam.RestAfterMs, milliseconds);
  }

  /** Takes one packet. What is too long for RTP over UDP is dropped, and what the codec cannot decode is concealed: see the statistics. */
  insert(packet: RtpPacket): void {
    const payload = packet.payload instanceof Uint8Array ? packet.payload : new Uint8Array(packet.payload);
    if (payload.length <= this.#packet.length) this.#packet.set(payload);
    const { payloadType, ssrc, sequenceNumber, rtpTimestamp, redundant = false } = packet;
    if (redundant !== (payloadType === this.#redPayloadType)) {
      this.#redPayloadType = redundant ? payloadType : -1;
      this.#set(PlayoutParam.RedPayloadType, this.#redPayloadType);
    }
    this.#exports.playout_insert(this.#handle, payload.length, payloadType, ssrc, sequenceNumber, rtpTimestamp);
  }

  /** Fills the first `frames` of every output channel. Throws on a trap or refusal. */
  process(frames: number): void {
    checked(this.#exports.playout_process(this.#handle, frames), 'playout_process');
  }

  /** In the order of PlayoutStat; always the same array, and as it is now until the next call. */
  look(): Float64Array {
    // The call refreshes the values behind the pointer.
    this.#exports.playout_stats(this.#handle);
    return this.#stats;
  }

  /** A copy in the order of PlayoutStat. */
  stats(): Float64Array {
    return this.look().slice();
  }

  /** The memory behind the instance, for the tests that damage it. */
  get memory(): WebAssembly.Memory {
    return this.#exports.memory;
  }

  dispose(): void {
    this.#exports.playout_destroy(this.#handle);
  }

  #set(param: PlayoutParam, value: number): void {
    checked(this.#exports.playout_set(this.#handle, param, value), `playout_set ${PlayoutParam[param]} ${value}`);
  }
}
