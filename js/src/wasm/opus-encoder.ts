import type { EncoderSettings } from '../protocol.js';
import { EncoderParam, MAX_OPUS_PACKET_BYTES, MAX_OPUS_PACKET_FRAMES, OpusApplication, OpusBandwidth, StatusCode } from './abi.js';
import { checked, created, HeapView } from './heap.js';
import { instantiate, type ModuleExports } from './loader.js';

/** The encoder's exports of `earshot-audio.wasm` and of `earshot-encoder-deep.wasm`. */
export interface EncoderExports extends ModuleExports {
  encoder_create(sampleRate: number, numChannels: number, application: number): number;
  encoder_destroy(handle: number): void;
  encoder_input(handle: number): number;
  encoder_packet(handle: number): number;
  encoder_set(handle: number, param: number, value: number): number;
  encoder_encode(handle: number, frames: number): number;
  encoder_lookahead(handle: number): number;
}

const APPLICATIONS: Readonly<Record<EncoderSettings['application'], number>> = {
  voip: OpusApplication.Voip,
  audio: OpusApplication.Audio,
  lowdelay: OpusApplication.LowDelay,
};

const BANDWIDTHS: Readonly<Record<EncoderSettings['maxBandwidth'], number>> = {
  narrowband: OpusBandwidth.Narrowband,
  mediumband: OpusBandwidth.Mediumband,
  wideband: OpusBandwidth.Wideband,
  superwideband: OpusBandwidth.Superwideband,
  fullband: OpusBandwidth.Fullband,
};

/** What an encoder can be told; everything but the application may change between packets. */
export interface EncoderControls extends Omit<EncoderSettings, 'bypass' | 'numChannels' | 'application' | 'redundancy' | 'dred'> {
  /** ms; the small module goes without. */
  readonly dred?: number;
}

export interface EncoderOptions extends EncoderControls {
  readonly application: EncoderSettings['application'];
  readonly numChannels: number;
  /** 8000, 12000, 16000, 24000 or 48000; 48000 when left out. */
  readonly sampleRate?: number;
}

/** One stream to Opus packets, in an instance of its own: a fault takes nothing else with it. */
export class OpusEncoder {
  readonly #exports: EncoderExports;
  readonly #handle: number;
  readonly #input: HeapView<Float32Array>;
  readonly #packet: HeapView<Uint8Array>;

  static create(module: WebAssembly.Module, options: EncoderOptions): OpusEncoder {
    return new OpusEncoder(instantiate<EncoderExports>(module), options);
  }

  constructor(exports: EncoderExports, options: EncoderOptions) {
    this.#exports = exports;
    const { sampleRate = 48000, numChannels } = options;
    const application = APPLICATIONS[options.application];
    this.#handle = created(exports.encoder_create(sampleRate, numChannels, application), 'encoder_create');
    const input = exports.encoder_input(this.#handle);
    const packet = exports.encoder_packet(this.#handle);
    this.#input = new HeapView(exports.memory, (b) => new Float32Array(b, input, MAX_OPUS_PACKET_FRAMES * numChannels));
    this.#packet = new HeapView(exports.memory, (b) => new Uint8Array(b, packet, MAX_OPUS_PACKET_BYTES));
    this.configure(options);
  }

  /** Interleaved samples of the next packet, room for 120 ms. */
  get input(): Float32Array {
    return this.#input.get();
  }

  /** How far the decoded sound lags the input, in samples per channel at the encoder's rate. */
  get lookahead(): number {
    return this.#exports.encoder_lookahead(this.#handle);
  }

  /** Throws when a value is out of its range. */
  configure(controls: EncoderControls): void {
    this.#set(EncoderParam.Bitrate, controls.bitrate);
    this.#set(EncoderParam.Complexity, controls.complexity);
    this.#set(EncoderParam.Fec, Number(controls.fec));
    this.#set(EncoderParam.ExpectedLoss, Math.round(100 * controls.expectedLoss));
    this.#set(EncoderParam.Dtx, Number(controls.dtx));
    this.#set(EncoderParam.MaxBandwidth, BANDWIDTHS[controls.maxBandwidth]);
    // Who took the small module knows that it cannot.
    this.#set(EncoderParam.DredMs, controls.dred ?? 0, StatusCode.Unsupported);
  }

  /** Encodes `frames` samples per channel of `input`. The result is valid until the next call. */
  encode(frames: number): Uint8Array {
    const bytes = checked(this.#exports.encoder_encode(this.#handle, frames), 'encoder_encode');
    return this.#packet.get().subarray(0, bytes);
  }

  dispose(): void {
    this.#exports.encoder_destroy(this.#handle);
  }

  #set(param: EncoderParam, value: number, allowed?: StatusCode): void {
    const status = this.#exports.encoder_set(this.#handle, param, value);
    if (status !== allowed) checked(status, `encoder_set ${EncoderParam[param]} ${value}`);
  }
}
