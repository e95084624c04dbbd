import { MAX_OPUS_PACKET_BYTES } from './abi.js';
import { checked, created, HeapView } from './heap.js';
import type { ModuleExports } from './loader.js';

/** The writer's exports of `earshot-file.wasm`. */
export interface OggWriterExports extends ModuleExports {
  text_buffer(): number;
  ogg_writer_create(
    numChannels: number,
    preSkip: number,
    inputSampleRate: number,
    serial: number,
    vendorBytes: number,
    commentBytes: number,
  ): number;
  ogg_writer_destroy(handle: number): void;
  ogg_writer_packet(handle: number): number;
  ogg_writer_write(handle: number, bytes: number): number;
  ogg_writer_finish(handle: number, numFrames: number): number;
  ogg_writer_take(handle: number): number;
  ogg_writer_bytes(handle: number): number;
}

export interface OggOpusWriterOptions {
  readonly numChannels: number;
  /** The encoder's lookahead in samples at 48 kHz. */
  readonly preSkip: number;
  /** Of the sound before encoding, for information. */
  readonly inputSampleRate: number;
  readonly serial: number;
  /** The encoder library, ASCII. */
  readonly vendor: string;
  /** One `NAME=value`, ASCII; 256 characters with the vendor. */
  readonly comment: string;
}

/** Opus packets to an Ogg Opus file (RFC 7845). */
export class OggOpusWriter {
  readonly #exports: OggWriterExports;
  readonly #handle: number;
  readonly #packet: HeapView<Uint8Array>;

  constructor(exports: OggWriterExports, options: OggOpusWriterOptions) {
    this.#exports = exports;
    const { numChannels, preSkip, inputSampleRate, serial, vendor, comment } = options;
    const texts = Uint8Array.from(vendor + comment, (character) => character.charCodeAt(0));
    if (texts.length > 256) throw new RangeError('vendor and comment have 256 characters at most');
    new Uint8Array(exports.memory.buffer, exports.text_buffer(), texts.length).set(texts);
    const handle = exports.ogg_writer_create(numChannels, preSkip, inputSampleRate, serial, vendor.length, comment.length);
    this.#handle = created(handle, 'ogg_writer_create');
    const packet = exports.ogg_writer_packet(handle);
    this.#packet = new HeapView(exports.memory, (b) => new Uint8Array(b, packet, MAX_OPUS_PACKET_BYTES));
  }

  write(packet: Uint8Array): void {
    if (packet.length > MAX_OPUS_PACKET_BYTES) throw new RangeError(`ogg_writer_write: ${packet.length} bytes are too many`);
    this.#packet.get().set(packet);
    checked(this.#exports.ogg_writer_write(this.#handle, packet.length), 'ogg_writer_write');
  }

  /** Ends the stream so that readers give out `numFrames` samples per channel at 48 kHz: an end inside the last packet. */
  finish(numFrames: number): void {
    checked(this.#exports.ogg_writer_finish(this.#handle, numFrames), 'ogg_writer_finish');
  }

  /** The bytes of the file made since the last call, valid until the next. */
  takePages(): Uint8Array {
    const size = this.#exports.ogg_writer_take(this.#handle);
    return new Uint8Array(this.#exports.memory.buffer, this.#exports.ogg_writer_bytes(this.#handle), size);
  }

  dispose(): void {
    this.#exports.ogg_writer_destroy(this.#handle);
  }
}
