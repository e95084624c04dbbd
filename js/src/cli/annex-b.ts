/** H.264 as a byte stream (ITU-T H.264 Annex B): NAL units behind start codes, cut here into frames. */
import { MAX_H264_FRAME_BYTES } from '../wasm/abi.js';
import { InputError } from './input-error.js';
import type { SequentialInput } from './sequential-input.js';

const CHUNK_BYTES = 65536;
/** nal_unit_type (Table 7-1). */
const SLICE = 1;
const IDR_SLICE = 5;
/** Messages, parameter sets and the delimiter come before the slices of a frame: behind some they begin the next (§7.4.1.2.3). */
const BEFORE_SLICES = [6, 7, 8, 9];

/** Reads the frames of a stream in order. What is wrong with the file is thrown as an InputError. */
export class AnnexBReader {
  readonly #input: SequentialInput;
  /** What was read and not yet given out. */
  #bytes = new Uint8Array(2 * CHUNK_BYTES);
  #length = 0;
  #ended = false;

  constructor(input: SequentialInput) {
    this.#input = input;
    this.#readMore();
    if (this.#length === 0) throw this.#wrong('is empty');
    const first = this.#bytes.subarray(0, this.#length).findIndex((byte) => byte !== 0);
    if (first < 2 || this.#bytes[first] !== 1) throw this.#wrong('is not an H.264 byte stream (Annex B): it does not begin with a start code');
  }

  /** Each frame is valid until the next one. */
  *frames(): Iterable<Uint8Array> {
    for (let position = 0; ; position++) {
      const end = this.#findEnd(position);
      if (end === 0) return;
      yield this.#bytes.subarray(0, end);
      this.#bytes.copyWithin(0, end, this.#length);
      this.#length -= end;
    }
  }

  /** Where the frame at the beginning ends: at the start code of the unit that begins the next. */
  #findEnd(position: number): number {
    let hasSlice = false;
    for (let at = 0; ; ) {
      const unit = this.#findUnit(at);
      if (unit === undefined) {
        if (this.#ended) return this.#length;
        at = Math.max(0, this.#length - 4);
        this.#readMore();
        if (this.#length > MAX_H264_FRAME_BYTES) throw this.#wrong(`has a frame ${position} of more than ${MAX_H264_FRAME_BYTES} bytes`);
        continue;
      }
      const type = this.#bytes[unit]! & 0x1f;
      const isSlice = type === SLICE || type === IDR_SLICE;
      // A slice with first_mb_in_slice of 0, which is a single bit, is the first of its picture.
      const begins = isSlice ? this.#bytes[unit + 1]! >= 0x80 : BEFORE_SLICES.includes(type);
      if (hasSlice && begins) return this.#bytes[unit - 4] === 0 ? unit - 4 : unit - 3;
      hasSlice ||= isSlice;
      at = unit;
    }
  }

  /** The first unit behind a start code at `at` or later, if two of its bytes are there. */
  #findUnit(at: number): number | undefined {
    const last = this.#length - (this.#ended ? 4 : 5);
    for (let i = at; i <= last; i++) {
      if (this.#bytes[i + 2] === 1 && this.#bytes[i + 1] === 0 && this.#bytes[i] === 0) return i + 3;
    }
    return undefined;
  }

  #readMore(): void {
    if (this.#bytes.length < this.#length + CHUNK_BYTES) {
      const grown = new Uint8Array(2 * this.#bytes.length);
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    const count = this.#input.read(this.#bytes.subarray(this.#length, this.#length + CHUNK_BYTES));
    this.#length += count;
    this.#ended = count < CHUNK_BYTES;
  }

  #wrong(what: string): InputError {
    return new InputError(`${this.#input.path} ${what}`);
  }
}
