import { OggHeaderField, OggPacketField } from './abi.js';
import { checked, created, readText } from './heap.js';
import type { ModuleExports } from './loader.js';

/** The reader's exports of `earshot-file.wasm`. */
export interface OggReaderExports extends ModuleExports {
  ogg_reader_create(): number;
  ogg_reader_destroy(handle: number): void;
  ogg_reader_input(handle: number): number;
  ogg_reader_feed(handle: number, bytes: number): number;
  ogg_reader_next(handle: number): number;
  ogg_reader_packet(handle: number): number;
  ogg_reader_fields(handle: number): number;
  ogg_reader_header(handle: number): number;
  ogg_reader_error(handle: number): number;
  ogg_reader_complete(handle: number): number;
}

/** OpusHead (RFC 7845 §5.1). */
export interface OggOpusHeader {
  readonly numChannels: number;
  /** Samples at 48 kHz. */
  readonly preSkip: number;
  /** Of the sound before encoding, 0 when unknown. */
  readonly inputSampleRate: number;
  /** 1/256 dB. */
  readonly outputGain: number;
}

/** A packet and its place. Frames are samples per channel at 48 kHz. */
export interface OggOpusPacket {
  /** Valid until the next call of the reader. */
  readonly bytes: Uint8Array;
  /** Sound missing from the file before it, to be concealed: a multiple of 2.5 ms. */
  readonly gapFrames: number;
  /** To drop from the start of the decoded packet. */
  readonly skipFrames: number;
  /** To keep after those. */
  readonly keepFrames: number;
  /** A stream begins: reset the decoder, and look at `header`. */
  readonly firstOfStream: boolean;
}

/** An Ogg Opus file, fed piece by piece, to Opus packets. */
export class OggOpusReader {
  /** Longest piece. */
  static readonly MAX_FEED_BYTES = 65536;

  readonly #exports: OggReaderExports;
  readonly #handle: number;

  constructor(exports: OggReaderExports) {
    this.#exports = exports;
    this.#handle = created(exports.ogg_reader_create(), 'ogg_reader_create');
  }

  /** Appends a piece of the file; an empty one ends it. Take all packets before feeding more. */
  feed(bytes: Uint8Array): void {
    const { memory, ogg_reader_input, ogg_reader_feed } = this.#exports;
    new Uint8Array(memory.buffer, ogg_reader_input(this.#handle), OggOpusReader.MAX_FEED_BYTES).set(bytes);
    checked(ogg_reader_feed(this.#handle, bytes.length), 'ogg_reader_feed');
  }

  /** The next packet, or undefined when more is needed or the file is read. Throws, saying what is wrong with the file. */
  next(): OggOpusPacket | undefined {
    const found = this.#exports.ogg_reader_next(this.#handle);
    const { memory } = this.#exports;
    if (found < 0) throw new Error(readText(memory, this.#exports.ogg_reader_error(this.#handle)));
    if (found === 0) return undefined;
    const fields = new Float64Array(memory.buffer, this.#exports.ogg_reader_fields(this.#handle), OggPacketField.Count);
    const bytes = fields[OggPacketField.Bytes]!;
    return {
      bytes: new Uint8Array(memory.buffer, this.#exports.ogg_reader_packet(this.#handle), bytes),
      gapFrames: fields[OggPacketField.GapFrames]!,
      skipFrames: fields[OggPacketField.SkipFrames]!,
      keepFrames: fields[OggPacketField.KeepFrames]!,
      firstOfStream: fields[OggPacketField.FirstOfStream] !== 0,
    };
  }

  /** Of the stream being read; undefined before one was found. */
  get header(): OggOpusHeader | undefined {
    const pointer = this.#exports.ogg_reader_header(this.#handle);
    if (pointer === 0) return undefined;
    const fields = new Float64Array(this.#exports.memory.buffer, pointer, OggHeaderField.Count);
    return {
      numChannels: fields[OggHeaderField.NumChannels]!,
      preSkip: fields[OggHeaderField.PreSkip]!,
      inputSampleRate: fields[OggHeaderField.InputSampleRateHz]!,
      outputGain: fields[OggHeaderField.OutputGain]!,
    };
  }

  /** Whether the newest stream came to its end; without it the file was cut off. */
  get complete(): boolean {
    return this.#exports.ogg_reader_complete(this.#handle) !== 0;
  }

  dispose(): void {
    this.#exports.ogg_reader_destroy(this.#handle);
  }
}
