import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fileError, InputError } from './input-error.js';
import { codecs, encodingOf, type SampleEncoding, type WavFormat } from './wav-format.js';

const WAVE_FORMAT_EXTENSIBLE = 0xfffe;
/** The longest fmt chunk any format defines is 40 bytes; more is tolerated, not read. */
const MAX_FMT_BYTES = 40;
/** Chunks before the sound; real files have a handful. */
const MAX_CHUNKS = 1000;
/** Sizes of a writer that could not go back (ffmpeg into a pipe): the sound goes to the end of the file. */
const UNKNOWN_SIZE = 0xffffffff;

const fourCc = (view: DataView, offset: number) => String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(offset + i)));

/** Reads a RIFF/WAVE file in pieces. Every claim of its header is checked; what is wrong is said in an InputError. */
export class WavReader implements WavFormat {
  readonly sampleRate: number;
  readonly numChannels: number;
  readonly encoding: SampleEncoding;
  /** Samples per channel. */
  readonly numFrames: number;
  readonly #fd: number;
  readonly #dataOffset: number;
  #position = 0;
  #bytes = new Uint8Array(0);

  constructor(readonly path: string) {
    try {
      this.#fd = openSync(path, 'r');
    } catch (error) {
      throw fileError('read', path, error);
    }
    try {
      const { format, dataOffset, dataBytes } = this.#readHeader();
      this.sampleRate = format.sampleRate;
      this.numChannels = format.numChannels;
      this.encoding = format.encoding;
      this.#dataOffset = dataOffset;
      this.numFrames = Math.floor(dataBytes / (codecs[this.encoding].bytes * this.numChannels));
      if (this.numFrames === 0) throw this.#wrong('holds no sound: its data chunk is empty');
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  /** The next samples into the start of `channels`; returns how many per channel, 0 at the end. */
  read(channels: readonly Float32Array[]): number {
    const { bytes, read } = codecs[this.encoding];
    const frameBytes = bytes * this.numChannels;
    const frames = Math.min(channels[0]!.length, this.numFrames - this.#position);
    if (frames === 0) return 0;
    if (this.#bytes.length < frames * frameBytes) this.#bytes = new Uint8Array(frames * frameBytes);
    const offset = this.#dataOffset + this.#position * frameBytes;
    if (this.#readAt(this.#bytes.subarray(0, frames * frameBytes), offset) < frames * frameBytes) {
      throw this.#wrong('became shorter while it was read');
    }
    const view = new DataView(this.#bytes.buffer);
    for (let c = 0; c < this.numChannels; c++) {
      const channel = channels[c]!;
      for (let i = 0, at = c * bytes; i < frames; i++, at += frameBytes) channel[i] = read(view, at);
    }
    this.#position += frames;
    return frames;
  }

  /** The whole sound as the file holds it. */
  readBytes(): Uint8Array {
    const bytes = new Uint8Array(this.numFrames * this.numChannels * codecs[this.encoding].bytes);
    if (this.#readAt(bytes, this.#dataOffset) < bytes.length) throw this.#wrong('became shorter while it was read');
    return bytes;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #readHeader(): { format: WavFormat; dataOffset: number; dataBytes: number } {
    const stat = fstatSync(this.#fd);
    if (stat.isDirectory()) throw fileError('read', this.path, Object.assign(new Error(), { code: 'EISDIR' }));
    const { size } = stat;
    if (size === 0) throw this.#wrong('is empty');
    const head = this.#view(0, 12);
    const riff = head.byteLength >= 4 ? fourCc(head, 0) : '';
    if (riff === 'RF64' || riff === 'RIFX') throw this.#wrong(`is a ${riff} file; convert it to RIFF/WAVE first`);
    if (head.byteLength < 12 || riff !== 'RIFF' || fourCc(head, 8) !== 'WAVE') throw this.#wrong('is not a WAV file');
    const streamed = head.getUint32(4, true) === UNKNOWN_SIZE;

    let format: WavFormat | undefined;
    for (let offset = 12, chunks = 0; chunks < MAX_CHUNKS; chunks++) {
      const header = this.#view(offset, 8);
      if (header.byteLength < 8) throw this.#wrong(format ? 'is truncated: it has no data chunk' : 'is truncated: it has no fmt chunk');
      const id = fourCc(header, 0);
      const bytes = header.getUint32(4, true);
      if (id === 'fmt ') format = this.#readFormat(offset + 8, bytes);
      if (id === 'data') {
        if (!format) throw this.#wrong('has no fmt chunk before its data');
        const present = size - offset - 8;
        if (streamed && bytes === UNKNOWN_SIZE) return { format, dataOffset: offset + 8, dataBytes: present };
        if (bytes > present) throw this.#wrong(`is truncated: its header promises ${bytes} bytes of sound, ${present} are there`);
        return { format, dataOffset: offset + 8, dataBytes: bytes };
      }
      offset += 8 + bytes + (bytes & 1);
    }
    throw this.#wrong('has no data chunk among its first thousand chunks');
  }

  #readFormat(offset: number, bytes: number): WavFormat {
    const fmt = this.#view(offset, Math.min(bytes, MAX_FMT_BYTES));
    if (fmt.byteLength < 16) throw this.#wrong('has a fmt chunk that is too short');
    let tag = fmt.getUint16(0, true);
    const numChannels = fmt.getUint16(2, true);
    const sampleRate = fmt.getUint32(4, true);
    const blockAlign = fmt.getUint16(12, true);
    const bits = fmt.getUint16(14, true);
    if (tag === WAVE_FORMAT_EXTENSIBLE) {
      if (fmt.byteLength < 40) throw this.#wrong('has an extensible fmt chunk that is too short');
      tag = fmt.getUint16(24, true); // the first field of the SubFormat GUID
    }
    if (numChannels === 0) throw this.#wrong('has a header that claims 0 channels');
    if (sampleRate === 0) throw this.#wrong('has a header that claims a sample rate of 0 Hz');
    const encoding = encodingOf(tag, bits);
    if (!encoding) {
      throw this.#wrong(`holds format ${tag} with ${bits} bits; use 16-, 24- or 32-bit PCM, or 32-bit float`);
    }
    if (blockAlign !== numChannels * codecs[encoding].bytes) throw this.#wrong(`has a header whose block size ${blockAlign} contradicts its format`);
    return { sampleRate, numChannels, encoding };
  }

  #view(offset: number, bytes: number): DataView {
    const buffer = new Uint8Array(bytes);
    return new DataView(buffer.buffer, 0, this.#readAt(buffer, offset));
  }

  #readAt(into: Uint8Array, offset: number): number {
    let done = 0;
    try {
      while (done < into.length) {
        const count = readSync(this.#fd, into, done, into.length - done, offset + done);
        if (count === 0) break;
        done += count;
      }
    } catch (error) {
      throw fileError('read', this.path, error);
    }
    return done;
  }

  #wrong(what: string): InputError {
    return new InputError(`${this.path} ${what}`);
  }
}

/** Opens `path`, hands it to `use`, and closes it whatever happens. */
export function readWav<T>(path: string, use: (wav: WavReader) => T): T {
  const wav = new WavReader(path);
  try {
    return use(wav);
  } finally {
    wav.close();
  }
}
