import { MAX_OPUS_PACKET_BYTES, MAX_OPUS_PACKET_FRAMES } from './abi.js';
import { checked, created, HeapView } from './heap.js';
import type { ModuleExports } from './loader.js';

/** The decoder's exports of `earshot-audio.wasm`. */
export interface DecoderExports extends ModuleExports {
  decoder_create(sampleRate: number, numChannels: number): number;
  decoder_destroy(handle: number): void;
  decoder_packet(handle: number): number;
  decoder_output(handle: number): number;
  decoder_decode(handle: number, bytes: number): number;
  decoder_conceal(handle: number, frames: number): number;
  decoder_reset(handle: number): void;
  decoder_set_gain(handle: number, gain: number): number;
}

/** Opus packets of one stream to interleaved samples. */
export class OpusDecoder {
  readonly #exports: DecoderExports;
  readonly #numChannels: number;
  readonly #handle: number;
  readonly #packet: HeapView<Uint8Array>;
  readonly #output: HeapView<Float32Array>;

  constructor(exports: DecoderExports, sampleRate: number, numChannels: number) {
    this.#exports = exports;
    this.#numChannels = numChannels;
    this.#handle = created(exports.decoder_create(sampleRate, numChannels), 'decoder_create');
    const packet = exports.decoder_packet(this.#handle);
    const output = exports.decoder_output(this.#handle);
    this.#packet = new HeapView(exports.memory, (b) => new Uint8Array(b, packet, MAX_OPUS_PACKET_BYTES));
    this.#output = new HeapView(exports.memory, (b) => new Float32Array(b, output, MAX_OPUS_PACKET_FRAMES * numChannels));
  }

  /** The sound of `payload`, valid until the next call. Throws when it is not an Opus packet. */
  decode(payload: Uint8Array): Float32Array {
    if (payload.length > MAX_OPUS_PACKET_BYTES) throw new Error(`decoder_decode: ${payload.length} bytes are too many`);
    this.#packet.get().set(payload);
    return this.#take(checked(this.#exports.decoder_decode(this.#handle, payload.length), 'decoder_decode'));
  }

  /** Sound in place of `frames` samples per channel that are missing: a multiple of 2.5 ms, at most 120 ms. */
  conceal(frames: number): Float32Array {
    return this.#take(checked(this.#exports.decoder_conceal(this.#handle, frames), 'decoder_conceal'));
  }

  /** Forgets the stream so far. */
  reset(): void {
    this.#exports.decoder_reset(this.#handle);
  }

  /** Gain of the output in 1/256 dB, as OpusHead holds it. */
  setGain(gain: number): void {
    checked(this.#exports.decoder_set_gain(this.#handle, gain), 'decoder_set_gain');
  }

  dispose(): void {
    this.#exports.decoder_destroy(this.#handle);
  }

  #take(frames: number): Float32Array {
    return this.#output.get().subarray(0, frames * this.#numChannels);
  }
}
