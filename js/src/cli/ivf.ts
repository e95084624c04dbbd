/** IVF, the container of libvpx's tools: a header of 32 bytes, then frames with a header of 12 bytes each, little-endian. */
import { MAX_VP8_FRAME_BYTES } from '../wasm/abi.js';
import { InputError } from './input-error.js';
import type { OutputFile } from './output-file.js';
import type { SequentialInput } from './sequential-input.js';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 12;
/** Headers name their length; libvpx writes no other. */
const MAX_HEADER_BYTES = 1024;
const VP8 = 'VP80';

/** Frames per second as a fraction. */
export interface FrameRate {
  readonly num: number;
  readonly den: number;
}

export interface IvfHeader {
  readonly width: number;
  readonly height: number;
  readonly frameRate: FrameRate;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const textOf = (bytes: Uint8Array) => String.fromCharCode(...bytes);

/** Reads a VP8 stream. What is wrong with the file is thrown as an InputError. */
export class IvfReader {
  readonly header: IvfHeader;
  readonly #input: SequentialInput;
  #frames = 0;

  constructor(input: SequentialInput) {
    this.#input = input;
    const bytes = new Uint8Array(HEADER_BYTES);
    const count = input.read(bytes);
    if (count === 0) throw this.#wrong('is empty');
    if (textOf(bytes.subarray(0, 4)) !== 'DKIF') throw this.#wrong('is not an IVF file');
    if (count < HEADER_BYTES) throw this.#wrong('is truncated: it ends inside its header');
    const codec = textOf(bytes.subarray(8, 12));
    if (codec !== VP8) throw this.#wrong(`holds ${codec}; vp8 decode takes ${VP8}`);
    const view = viewOf(bytes);
    const length = view.getUint16(6, true);
    if (length < HEADER_BYTES || length > MAX_HEADER_BYTES) throw this.#wrong(`has a header of ${length} bytes; IVF has ${HEADER_BYTES}`);
    const rest = new Uint8Array(length - HEADER_BYTES);
    if (input.read(rest) < rest.length) throw this.#wrong('is truncated: it ends inside its header');
    this.header = {
      width: view.getUint16(12, true),
      height: view.getUint16(14, true),
      frameRate: { num: view.getUint32(16, true), den: view.getUint32(20, true) },
    };
  }

  /**
   * The frames in order. `reserve` gives the memory for each; only when all of a frame is there it is yielded.
   * @param reserve called with the frame's size
   */
  *frames(reserve: (bytes: number) => Uint8Array): Iterable<Uint8Array> {
    const header = new Uint8Array(FRAME_HEADER_BYTES);
    for (;;) {
      const count = this.#input.read(header);
      if (count === 0) return;
      if (count < FRAME_HEADER_BYTES) throw this.#wrong(`is truncated: it ends inside the header of frame ${this.#frames}`);
      const size = viewOf(header).getUint32(0, true);
      if (size > MAX_VP8_FRAME_BYTES) throw this.#wrong(`says that frame ${this.#frames} has ${size} bytes; ${MAX_VP8_FRAME_BYTES} are possible`);
      const frame = reserve(size);
      const read = this.#input.read(frame);
      if (read < size) throw this.#wrong(`is truncated: of frame ${this.#frames} it has ${read} of ${size} bytes`);
      yield frame;
      this.#frames++;
    }
  }

  #wrong(what: string): InputError {
    return new InputError(`${this.#input.path} ${what}`);
  }
}

/** Writes a VP8 stream; end() sets the number of frames where the file can be gone back in. */
export class IvfWriter {
  readonly #file: OutputFile;
  #frames = 0;
  #bytes = HEADER_BYTES;

  constructor(file: OutputFile, { width, height, frameRate }: IvfHeader) {
    this.#file = file;
    const bytes = new Uint8Array(HEADER_BYTES);
    bytes.set(Buffer.from('DKIF'));
    bytes.set(Buffer.from(VP8), 8);
    const view = viewOf(bytes);
    view.setUint16(6, HEADER_BYTES, true);
    view.setUint16(12, width, true);
    view.setUint16(14, height, true);
    view.setUint32(16, frameRate.num, true);
    view.setUint32(20, frameRate.den, true);
    file.write(bytes);
  }

  /** Of the whole file so far. */
  get bytes(): number {
    return this.#bytes;
  }

  write(frame: Uint8Array): void {
    const bytes = new Uint8Array(FRAME_HEADER_BYTES + frame.length);
    const view = viewOf(bytes);
    view.setUint32(0, frame.length, true);
    view.setBigUint64(4, BigInt(this.#frames), true);
    bytes.set(frame, FRAME_HEADER_BYTES);
    this.#file.write(bytes);
    this.#frames++;
    this.#bytes += bytes.length;
  }

  end(): void {
    if (!this.#file.seekable) return;
    const count = new Uint8Array(4);
    viewOf(count).setUint32(0, this.#frames, true);
    this.#file.write(count, 24);
  }
}
