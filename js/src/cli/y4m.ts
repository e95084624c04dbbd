/** YUV4MPEG2, uncompressed video: a line of text with the format, then a line "FRAME" and an I420 picture for each frame. */
import { InputError } from './input-error.js';
import type { FrameRate } from './ivf.js';
import type { OutputFile } from './output-file.js';
import type { SequentialInput } from './sequential-input.js';

const MAGIC = 'YUV4MPEG2';
/** Lines that real writers make are a tenth of this. */
const MAX_LINE_BYTES = 1024;
/** The kinds of 4:2:0 with 8 bits, which differ in where chroma lies; the codec does not tell them apart. */
const CHROMA = ['420', '420jpeg', '420mpeg2', '420paldv'];
const MAX_SIDE = 16383;
/** Of the terms of a frame rate, and of the rate. */
const MAX_RATE_TERM = 1e9;
const MAX_RATE = 1000;

export interface Y4mFormat {
  readonly width: number;
  readonly height: number;
  readonly frameRate: FrameRate;
}

/** Reads pictures one by one. What is wrong with the file is thrown as an InputError. */
export class Y4mReader implements Y4mFormat {
  readonly width: number;
  readonly height: number;
  readonly frameRate: FrameRate;
  readonly #input: SequentialInput;
  #frames = 0;

  constructor(input: SequentialInput) {
    this.#input = input;
    const line = input.readLine(MAX_LINE_BYTES);
    if (line === undefined) throw this.#wrong('is empty');
    const [magic, ...parameters] = line.split(' ');
    if (magic !== MAGIC) throw this.#wrong('is not a Y4M file');
    const value = (tag: string) => parameters.find((parameter) => parameter.startsWith(tag))?.slice(1);
    this.width = this.#side('width', value('W'));
    this.height = this.#side('height', value('H'));
    this.frameRate = this.#rate(value('F'));
    const chroma = value('C') ?? '420';
    if (!CHROMA.includes(chroma)) throw this.#wrong(`has pictures of the kind ${chroma}; give 4:2:0 with 8 bits`);
    const interlacing = value('I') ?? 'p';
    if (!['p', '?'].includes(interlacing)) throw this.#wrong('is interlaced; give progressive pictures');
  }

  /** Reads the next picture into `picture`, of the right size; false at the end of the file. */
  read(picture: Uint8Array): boolean {
    const line = this.#input.readLine(MAX_LINE_BYTES);
    if (line === undefined) return false;
    if (line !== 'FRAME' && !line.startsWith('FRAME ')) throw this.#wrong(`has no FRAME where frame ${this.#frames} begins`);
    const count = this.#input.read(picture);
    if (count < picture.length) throw this.#wrong(`is truncated: of frame ${this.#frames} it has ${count} of ${picture.length} bytes`);
    this.#frames++;
    return true;
  }

  #side(name: string, text: string | undefined): number {
    const value = Number(text);
    if (!/^\d+$/.test(text ?? '') || value < 1 || value > MAX_SIDE) throw this.#wrong(`has ${text === undefined ? `no ${name}` : `a ${name} of ${text}`}; 1 to ${MAX_SIDE} pixels are possible`);
    return value;
  }

  #rate(text: string | undefined): FrameRate {
    const [, num, den] = /^(\d+):(\d+)$/.exec(text ?? '')?.map(Number) ?? [];
    if (!num || !den || num > MAX_RATE_TERM || den > MAX_RATE_TERM || num > den * MAX_RATE) throw this.#wrong(`has ${text === undefined ? 'no frame rate' : `a frame rate of ${text}`}; it must be a fraction such as 30:1, up to ${MAX_RATE} a second`);
    return { num, den };
  }

  #wrong(what: string): InputError {
    return new InputError(`${this.#input.path} ${what}`);
  }
}

/** Writes pictures of one size. */
export class Y4mWriter {
  readonly #file: OutputFile;

  constructor(file: OutputFile, { width, height, frameRate }: Y4mFormat) {
    this.#file = file;
    file.write(Buffer.from(`${MAGIC} W${width} H${height} F${frameRate.num}:${frameRate.den} Ip C420jpeg\n`));
  }

  write(picture: Uint8Array): void {
    this.#file.write(Buffer.from('FRAME\n'));
    this.#file.write(picture);
  }
}
