import { InputError } from './input-error.js';
import type { FrameRate } from './ivf.js';
import type { OutputFile } from './output-file.js';
import { Y4mWriter } from './y4m.js';

/** For streams that name none. */
export const USUAL_RATE: FrameRate = { num: 30, den: 1 };

/** Writes decoded pictures as a Y4M file of the size of the first one. */
export class PictureWriter {
  readonly #output: OutputFile;
  readonly #frameRate: FrameRate;
  readonly #path: string;
  #writer: Y4mWriter | undefined;
  #width = 0;
  #height = 0;

  /** @param path of what is decoded, for messages */
  constructor(output: OutputFile, frameRate: FrameRate, path: string) {
    this.#output = output;
    this.#frameRate = frameRate;
    this.#path = path;
  }

  write({ width, height, bytes }: { readonly width: number; readonly height: number; readonly bytes: Uint8Array }): void {
    if (!this.#writer) {
      this.#writer = new Y4mWriter(this.#output, { width, height, frameRate: this.#frameRate });
      this.#width = width;
      this.#height = height;
    }
    if (width !== this.#width || height !== this.#height) {
      throw new InputError(`${this.#path} changes from ${this.#width}×${this.#height} to ${width}×${height}, and a Y4M file has one size; decode it with --md5 alone`);
    }
    this.#writer.write(bytes);
  }
}
