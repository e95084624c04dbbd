import { InputError } from './input-error.js';
import type { OutputFile } from './output-file.js';
import { codecs, type WavFormat } from './wav-format.js';

const HEADER_BYTES = 44;

/** The header of a file of `numFrames` at `path`. */
export function wavHeader(format: WavFormat, numFrames: number, path: string): Uint8Array {
  const { bytes, formatTag } = codecs[format.encoding];
  const dataBytes = numFrames * format.numChannels * bytes;
  if (dataBytes > 0xffffffff - HEADER_BYTES) throw new InputError(`${path} would be over 4 GiB, more than a WAV file can hold`);
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  const text = (offset: number, word: string) => [...word].forEach((c, i) => view.setUint8(offset + i, c.charCodeAt(0)));
  text(0, 'RIFF');
  view.setUint32(4, HEADER_BYTES - 8 + dataBytes + (dataBytes & 1), true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, formatTag, true);
  view.setUint16(22, format.numChannels, true);
  view.setUint32(24, format.sampleRate, true);
  view.setUint32(28, format.sampleRate * format.numChannels * bytes, true);
  view.setUint16(32, format.numChannels * bytes, true);
  view.setUint16(34, bytes * 8, true);
  text(36, 'data');
  view.setUint32(40, dataBytes, true);
  return new Uint8Array(view.buffer);
}

/** Appends sound to a file as RIFF/WAVE. The number of frames is known from the start, so that pipes work too. */
export class WavWriter {
  readonly #file: OutputFile;
  readonly #format: WavFormat;
  #bytes = new Uint8Array(0);

  constructor(file: OutputFile, format: WavFormat, numFrames: number) {
    this.#file = file;
    this.#format = format;
    const header = wavHeader(format, numFrames, file.path);
    this.#padding = (numFrames * format.numChannels * codecs[format.encoding].bytes) & 1;
    file.write(header);
  }

  readonly #padding: number;

  /** Appends samples `from` … `to` of every channel. */
  write(channels: readonly Float32Array[], from: number, to: number): void {
    const { bytes, write } = codecs[this.#format.encoding];
    const frameBytes = bytes * this.#format.numChannels;
    const length = (to - from) * frameBytes;
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(length);
    const view = new DataView(this.#bytes.buffer);
    channels.forEach((channel, c) => {
      for (let i = from, at = c * bytes; i < to; i++, at += frameBytes) write(view, at, channel[i]!);
    });
    this.#file.write(this.#bytes.subarray(0, length));
  }

  /** RIFF chunks have even lengths. */
  end(): void {
    if (this.#padding) this.#file.write(new Uint8Array(1));
  }
}
